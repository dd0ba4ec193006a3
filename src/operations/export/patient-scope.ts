/**
 * Whether a resource belongs to patients who are exported: it is the Patient, or in the compartment of one
 * (https://hl7.org/fhir/R4/compartmentdefinition-patient.html), whether or not that Patient is there. A Patient is in no other's: links
 * between patients bring nobody along. A Provenance also belongs where one of its targets does
 * (https://hl7.org/fhir/uv/bulkdata/export.html).
 */
import { isObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { compartmentParameters, compartmentTypes } from '../../fhir/search/compartments.ts';
import { extractParameter } from '../../fhir/search/extract.ts';
import { searchParameter } from '../../fhir/search/parameters.ts';
import type { SearchParameter } from '../../fhir/search/values.ts';
import { localKey } from '../../store/joined-matching.ts';
import type { ResourceKey } from '../../store/version-reader.ts';
import type { ExportedPatients } from './export-patients.ts';

/** `newcomer`: of a patient whose data the one who asked has not had before. */
export type Membership = 'none' | 'member' | 'newcomer';

const patientTypes: ReadonlySet<string> = new Set(compartmentTypes('Patient'));

export function isOfPatients(type: string): boolean {
  return patientTypes.has(type);
}

export interface PatientScope {
  readonly hasNewcomers: boolean;
  /** Told from the resource alone. */
  membership(resource: Resource): Membership;
  /** Ids of the patients who are exported and to whom it belongs, each once, told from the resource alone. */
  patientsOf(resource: Resource): readonly string[];
  /** False where the text of a resource shows that it belongs to nobody who is exported: it need not be parsed. */
  mayBelong(type: string, text: string): boolean;
}

/** @param patients absent: all */
export function patientScope(baseUrl: string, patients: ExportedPatients | undefined): PatientScope {
  const listed = patients && new Set(patients.patients);
  const newcomers = new Set(patients?.newcomers);
  const isListed = (id: string): boolean => listed === undefined || listed.has(id);
  return {
    hasNewcomers: newcomers.size > 0,
    membership(resource) {
      const ids = patientsOf(resource, baseUrl).filter(isListed);
      if (ids.some((id) => newcomers.has(id))) return 'newcomer';
      return ids.length > 0 ? 'member' : 'none';
    },
    patientsOf: (resource) => [...new Set(patientsOf(resource, baseUrl))].filter(isListed),
    mayBelong: (type, text) => type === 'Patient' || type === 'Provenance' || text.includes('\\') || namesPatient(text, isListed),
  };
}

const reference = 'Patient/';
const idCharacters = /[A-Za-z0-9\-.]{1,64}/y;

function namesPatient(text: string, isListed: (id: string) => boolean): boolean {
  for (let at = text.indexOf(reference); at !== -1; at = text.indexOf(reference, at + reference.length)) {
    idCharacters.lastIndex = at + reference.length;
    const [id] = idCharacters.exec(text) ?? [];
    if (id !== undefined && isListed(id)) return true;
  }
  return false;
}

const parametersByType = new Map<string, readonly SearchParameter[]>();

function parametersOf(type: string): readonly SearchParameter[] {
  let known = parametersByType.get(type);
  if (known === undefined) parametersByType.set(type, known = compartmentParameters('Patient', type).map((code) => searchParameter(type, code)!));
  return known;
}

function patientsOf(resource: Resource, baseUrl: string): readonly string[] {
  if (resource.resourceType === 'Patient') return resource.id === undefined ? [] : [resource.id];
  return parametersOf(resource.resourceType).flatMap((parameter) => localKeys(resource, parameter, baseUrl)).flatMap(({ type, id }) => (type === 'Patient' ? [id] : []));
}

function localKeys(resource: Resource, parameter: SearchParameter, baseUrl: string): readonly ResourceKey[] {
  return extractParameter(resource, parameter).flatMap((value) => (value.kind === 'reference' ? localKey(value, baseUrl) ?? [] : []));
}

const target = searchParameter('Provenance', 'target')!;

/** The resources of this store that a Provenance is about, but for other Provenances; each once. */
export function targetsOf(provenance: Resource, baseUrl: string): readonly ResourceKey[] {
  if (!isObject(provenance)) return [];
  const keys = localKeys(provenance, target, baseUrl).filter(({ type }) => type !== 'Provenance');
  return [...new Map(keys.map((key) => [`${key.type}/${key.id}`, key])).values()];
}
