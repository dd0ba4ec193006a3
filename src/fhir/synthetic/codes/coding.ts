/** Code systems and the shape of a coded concept (https://hl7.org/fhir/R4/datatypes.html#CodeableConcept). */

import type { JsonObject, RawNumber } from '../../json.ts';

export interface Coding extends JsonObject {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

export interface Concept extends JsonObject {
  readonly coding?: Coding[];
  readonly text?: string;
}

export const systems = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  ucum: 'http://unitsofmeasure.org',
  npi: 'http://hl7.org/fhir/sid/us-npi',
  ssn: 'urn:oid:2.16.840.1.113883.4.1',
  dicom: 'http://dicom.nema.org/resources/ontology/DCM',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  actReason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  dataAbsentReason: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
} as const;

export function coding(system: string, code: string, display: string): Coding {
  return Object.freeze({ system, code, display });
}

/** A concept of one or several codings; frozen, because all resources of a population share it. */
export function concept(text: string, ...codings: Coding[]): Concept {
  return Object.freeze({ coding: Object.freeze(codings) as Coding[], text });
}

function single(system: string): (code: string, display: string) => Concept {
  return (code, display) => concept(display, coding(system, code, display));
}

export const loinc = single(systems.loinc);
export const snomed = single(systems.snomed);
export const rxnorm = single(systems.rxnorm);
export const cvx = single(systems.cvx);

/** A quantity in a UCUM unit (https://ucum.org), shown as its code unless said otherwise. */
export function ucum(value: number | RawNumber, code: string, unit: string = code): JsonObject {
  return { value, unit, system: systems.ucum, code };
}

/** A concept of one of HL7's own code systems, by the last part of its address. */
export function hl7(name: string, code: string, display: string): Concept {
  return concept(display, coding(`http://terminology.hl7.org/CodeSystem/${name}`, code, display));
}
