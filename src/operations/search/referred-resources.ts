/**
 * What the resources of a compartment refer to, of which compartments have no part: who gave the care and where, what was
 * given and with what. Data of other patients is never among it.
 */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import { tooCostly } from '../../fhir/outcome.ts';
import { compartmentTypes } from '../../fhir/search/compartments.ts';
import { fromReference } from '../../fhir/search/kinds/reference.ts';
import type { ReferenceValue } from '../../fhir/search/values.ts';
import type { DataStore, ResourceVersion } from '../../store/data-store.ts';
import { localKey } from '../../store/joined-matching.ts';
import { maxSearchPageBytes } from '../../store/store-context.ts';

/** Resources that come along with one page: as many as the page may have itself. */
export const maxReferred = 1000;
/** Of these, what is read at a time: a batch of the table. */
const maxReadTogether = 100;

/** What is in a patient's compartment belongs to that patient: it comes with its own compartment or not at all. */
const ofPatients: ReadonlySet<string> = new Set(compartmentTypes('Patient'));

export interface Referring {
  readonly baseUrl: string;
  /** The types that were asked for; absent: all. */
  readonly types?: ReadonlySet<string>;
  /** Whose data it is, where that is known. */
  readonly patient?: string;
  /** True where the patient is not in the compartment, and comes along. */
  readonly bringsPatient: boolean;
}

type Key = Pick<ResourceVersion, 'type' | 'id'>;

/** @returns what the matches refer to directly, each once; `undefined` when it does not fit on one page with them */
export async function referredResources(
  store: Pick<DataStore, 'readMany'>, matches: readonly ResourceVersion[], referring: Referring,
): Promise<readonly ResourceVersion[] | undefined> {
  const keys = followed(matches, referring);
  if (keys.length > maxReferred) return undefined;
  let bytes = matches.reduce((sum, { json = '' }) => sum + json.length, 0);
  const found: ResourceVersion[] = [];
  for (let from = 0; from < keys.length; from += maxReadTogether) {
    for (const version of await store.readMany(keys.slice(from, from + maxReadTogether))) {
      if (version?.json === undefined || isOfAnother(version.json, referring)) continue;
      found.push(version);
      bytes += version.json.length;
      if (bytes > maxSearchPageBytes) return undefined;
    }
  }
  return found;
}

export function tooMuchReferred(): Error {
  return tooCostly(
    `What one resource of the compartment refers to is more than ${maxReferred} resources or ${maxSearchPageBytes / 1024 / 1024} MB. ` +
      'Name the types that you need in _type.',
  );
}

function followed(matches: readonly ResourceVersion[], { baseUrl, types, patient, bringsPatient }: Referring): readonly Key[] {
  const isFollowed = ({ type, id }: Key): boolean =>
    (types?.has(type) ?? true) && (ofPatients.has(type) ? bringsPatient && type === 'Patient' && id === patient : true);
  const keys = new Map<string, Key>();
  for (const { json } of matches) {
    for (const key of json === undefined ? [] : references(json, baseUrl)) if (isFollowed(key)) keys.set(`${key.type}/${key.id}`, key);
  }
  return [...keys.values()];
}

/** Whether it tells of a patient, and not of this one: a device may be another's. */
function isOfAnother(json: string, { baseUrl, patient }: Referring): boolean {
  return references(json, baseUrl).some(({ type, id }) => type === 'Patient' && id !== patient);
}

/** A key with its text; in a string that a resource holds, the quotes around it would stand behind backslashes. */
const referenceElement = /"reference"\s*:\s*("(?:[^"\\]|\\.)*")/g;

/**
 * Where the references in a resource lead, those that stand in what it contains and in extensions among them. They are
 * found in its text: to parse a whole record once more costs as much as to answer it.
 */
function references(json: string, baseUrl: string): readonly Key[] {
  const written = mayHideKeys(json) ? referencesIn(parseJson(json)) : Array.from(json.matchAll(referenceElement), ([, text]) => JSON.parse(text!) as string);
  const values: ReferenceValue[] = [];
  for (const reference of new Set(written)) fromReference(values, { reference });
  return values.flatMap((value) => localKey(value, baseUrl) ?? []);
}

/** A letter of a key may be written as an escape. */
function mayHideKeys(json: string): boolean {
  return json.includes('\\u');
}

function referencesIn(resource: Json): readonly string[] {
  const found: string[] = [];
  const open: Json[] = [resource];
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    if (Array.isArray(element)) open.push(...element);
    if (!isObject(element)) continue;
    if (typeof element['reference'] === 'string') found.push(element['reference']);
    open.push(...Object.values(element).filter((value) => typeof value === 'object' && value !== null));
  }
  return found;
}
