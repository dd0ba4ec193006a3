/**
 * Patients for the population ladder: small records, made from their number alone, so that 16,000 of them load in
 * minutes and every step of the ladder holds the one below it.
 */
import type { Resource } from '../src/fhir/resource.ts';

/** One transaction holds this many patients: large enough to load fast, small enough for twenty at a time. */
export const patientsPerBundle = 20;
export const resourcesPerPatient = 12;

export const families = ['Abbott', 'Baker', 'Castro', 'Dubois', 'Eriksen', 'Fischer', 'García', 'Haddad', 'Ivanova', 'Jensen', 'Kowalski', 'López', 'Møller', 'Nguyen', 'O’Brien', 'Petrov'];
export const givens = ['Amelia', 'Bruno', 'Clara', 'Diego', 'Elin', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Karin', 'Liam', 'Mira', 'Noah'];
export const cities = ['Springfield', 'Riverton', 'Lakewood', 'Hillcrest', 'Fairview', 'Greenville', 'Marion'];
/** LOINC codes with a unit and the range of their values. */
export const measurements = [
  { code: '8867-4', unit: '/min', low: 50, span: 70 },
  { code: '29463-7', unit: 'kg', low: 45, span: 75 },
  { code: '2339-0', unit: 'mg/dL', low: 60, span: 200 },
  { code: '8310-5', unit: 'Cel', low: 36, span: 4 },
  { code: '2093-3', unit: 'mg/dL', low: 120, span: 180 },
  { code: '718-7', unit: 'g/dL', low: 9, span: 9 },
] as const;
/** SNOMED CT codes of conditions, the first far more common than the last. */
export const conditions = ['38341003', '44054006', '195967001', '73211009', '13645005'];

/** Spreads numbers over a range as a die would, the same for the same number. */
export function spread(number: number, salt: number, size: number): number {
  const mixed = Math.imul(number ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % size;
}

export const patientIdentifier = (number: number): string => `L-${number}`;

export function birthDate(number: number): string {
  return new Date(Date.UTC(1930, 0, 1) + spread(number, 3, 30_000) * 86_400_000).toISOString().slice(0, 10);
}

/** A transaction of `patientsPerBundle` patients, from number `first` on. */
export function ladderBundle(first: number): string {
  const entry = Array.from({ length: patientsPerBundle }, (_, offset) => record(first + offset)).flat();
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
}

function record(number: number): unknown[] {
  const patient = `urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const others = [
    ...measurements.map((_, index) => observation(number, index, patient)),
    ...[0, 1].map((index) => encounter(number, index, patient)),
    condition(number, patient),
    medicationRequest(number, patient),
    procedure(number, patient),
  ];
  return [
    { fullUrl: patient, resource: patientResource(number), request: { method: 'POST', url: 'Patient' } },
    ...others.map((resource) => ({ resource, request: { method: 'POST', url: resource.resourceType } })),
  ];
}

function patientResource(number: number): Resource {
  return {
    resourceType: 'Patient',
    identifier: [{ system: 'http://example.org/ladder', value: patientIdentifier(number) }],
    name: [{ family: families[spread(number, 1, families.length)]!, given: [givens[spread(number, 2, givens.length)]!] }],
    gender: spread(number, 4, 2) === 0 ? 'female' : 'male',
    birthDate: birthDate(number),
    address: [{ city: cities[spread(number, 5, cities.length)]!, postalCode: String(10_000 + spread(number, 6, 500)) }],
  };
}

/** Between 2015 and 2024. */
function day(number: number, salt: number): string {
  return new Date(Date.UTC(2015, 0, 1) + spread(number, salt, 3650) * 86_400_000).toISOString();
}

function observation(number: number, index: number, patient: string): Resource {
  const { code, unit, low, span } = measurements[index]!;
  const value = Math.round((low + (spread(number, 20 + index, 1000) / 1000) * span) * 10) / 10;
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: index < 4 ? 'vital-signs' : 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code }] },
    subject: { reference: patient },
    effectiveDateTime: day(number, 30 + index),
    valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
  };
}

function encounter(number: number, index: number, patient: string): Resource {
  const start = day(number, 40 + index);
  return {
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: index === 0 ? 'AMB' : 'IMP' },
    subject: { reference: patient },
    period: { start, end: new Date(Date.parse(start) + 3_600_000 * (1 + index * 71)).toISOString() },
  };
}

function condition(number: number, patient: string): Resource {
  const [code] = conditions.slice(Math.min(conditions.length - 1, Math.floor(Math.log2(1 + spread(number, 50, 31)))));
  return {
    resourceType: 'Condition',
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: { coding: [{ system: 'http://snomed.info/sct', code: code! }] },
    subject: { reference: patient },
    onsetDateTime: day(number, 51),
  };
}

function medicationRequest(number: number, patient: string): Resource {
  return {
    resourceType: 'MedicationRequest',
    status: spread(number, 60, 4) === 0 ? 'stopped' : 'active',
    intent: 'order',
    medicationCodeableConcept: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: String(310_000 + spread(number, 61, 40)) }] },
    subject: { reference: patient },
    authoredOn: day(number, 62),
  };
}

function procedure(number: number, patient: string): Resource {
  return {
    resourceType: 'Procedure',
    status: 'completed',
    code: { coding: [{ system: 'http://snomed.info/sct', code: String(430_000 + spread(number, 70, 25)) }] },
    subject: { reference: patient },
    performedDateTime: day(number, 71),
  };
}
