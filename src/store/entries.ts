/**
 * The index entries of one version: every place under which searches look for it.
 *
 * An entry is a partition of a family, a position that orders within it, and the suffix that names the resource
 * and the attempt to write. Entries are hints; `match` decides. See docs/store.md for the families.
 *
 * What a resource contains is filed apart, under `#Type`, and leads to the container.
 */
import { FhirError, unprocessable } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { clinicalDateParameter } from '../fhir/search/clinical-date.ts';
import { compartmentParameters } from '../fhir/search/compartments.ts';
import { containedResources, extract, extractParameter } from '../fhir/search/extract.ts';
import { searchParameter } from '../fhir/search/parameters.ts';
import type { ExtractedParameter, SearchParameter, SearchValue } from '../fhir/search/values.ts';
import type { Item, Key } from '../ports/ordered-table.ts';
import {
  containedPartitionType, isContainedPartition, isFiled, partitions, patientCodeFamily, patientCompartmentFamily, shardOf,
  typeOfPartition, type EntryRules, type PartitionType,
} from './entry-partitions.ts';
import { clinicalPosition } from './entry-positions.ts';
import { EntrySet, type Entry } from './entry-set.ts';
import { addValues, type AddEntry, type Filed, type Filings } from './entry-values.ts';
import { entrySuffix } from './keys.ts';
import { instantKey } from './order-preserving.ts';
import { filedParameters } from './filed-parameters.ts';
import { familyName, familyParameter } from './shared-families.ts';

export type { Entry } from './entry-set.ts';

/** What entries say of a version beside its content. */
export interface EntrySubject {
  readonly type: string;
  readonly id: string;
  readonly lastUpdated: number;
  readonly created: number;
}

export interface Filing {
  readonly subject: EntrySubject;
  readonly rules: EntryRules;
}

/** The family of a parameter, `_lastUpdated` included, or one of `patientCodeFamily` and `patientCompartmentFamily`. */
export interface Family {
  readonly type: PartitionType;
  /** As `familyName` has it. */
  readonly parameter: string;
  /** The parameter itself, where it is not R4's. */
  readonly custom?: SearchParameter;
}

/** DynamoDB writes 25 a call and a create awaits them all; a resource with more values is a list, not a record. */
export const maxEntriesPerResource = 2000;
/**
 * Values of a resource for all parameters, and their entries, those that are there twice included: each is held against
 * each value of a search. Room for a code system of 2,000 concepts in twenty languages.
 */
export const maxValuesPerResource = 100_000;

/**
 * Every entry of a version, none twice.
 *
 * @throws FhirError 422 when there are more than `maxEntriesPerResource`, more values than `maxValuesPerResource`, or a
 *   parameter beyond R4's would look at too many elements.
 */
export function searchEntries(resource: Resource, subject: EntrySubject, rules: EntryRules): readonly Entry[] {
  try {
    return boundedEntries(resource, { subject, rules }, mostValues);
  } catch (error) {
    // Looked at closely it may be within its bounds.
    if (error instanceof FhirError) return boundedEntries(resource, { subject, rules }, exactValues);
    throw error;
  }
}

interface Extracted {
  /** Of R4's parameters, those that have a family of their own or are looked at beside. */
  readonly known: readonly ExtractedParameter[];
  /** Of the store's own parameters. */
  readonly ofStore: readonly ExtractedParameter[];
  /** How many parameters of R4's the resource's type has. */
  readonly parameters: number;
}

/** How many values a resource has for all R4's parameters. */
type CountValues = (resource: Resource, extracted: Extracted) => number;

/** At most: a parameter in another's family has no more values than that one, and `_id` and `_lastUpdated` have one. */
function mostValues(_resource: Resource, { known, parameters }: Extracted): number {
  return (sumOfValues(known) + 1) * parameters;
}

function exactValues(resource: Resource): number {
  return sumOfValues(extract(resource));
}

function sumOfValues(extracted: readonly ExtractedParameter[]): number {
  let sum = 0;
  for (const { values } of extracted) sum += values.length;
  return sum;
}

function boundedEntries(resource: Resource, filing: Filing, countValues: CountValues): readonly Entry[] {
  const { type } = filing.subject;
  const found = new EntrySet();
  let values = 0;
  const count = (more: number): void => {
    values += more;
    if (values > maxValuesPerResource) throw tooMany(type, maxValuesPerResource, 'values');
  };
  const add = (pk: string, position: string): void => {
    count(1);
    found.add(pk, position);
    requireBounded(found, type);
  };
  const look = (one: Resource, extracted: Extracted): void => count(countValues(one, extracted) + sumOfValues(extracted.ofStore));
  addEvery(resource, filing, { add, look });
  return found.entries;
}

/** @throws FhirError 422 when there are more than `maxEntriesPerResource` */
function requireBounded(found: EntrySet, type: string): void {
  if (found.entries.length > maxEntriesPerResource) throw tooMany(type, maxEntriesPerResource, 'different searchable values');
}

/** The entries of a version that is stored, and so was within the bounds of its time: it has to be replaceable whatever they are now. */
export function storedEntries(resource: Resource, subject: EntrySubject, rules: EntryRules): readonly Entry[] {
  const { custom: _custom, ...plain } = rules;
  const found = new EntrySet();
  addEvery(resource, { subject, rules: plain }, { add: (pk, position) => found.add(pk, position) });
  found.addAll(customEntries(resource, { subject, rules }));
  return found.entries;
}

/**
 * The entries of a stored version for the parameters beyond R4's in the rules, none twice. What has more than
 * `maxEntriesPerResource` for one of them, itself or one that it contains, or more to look at than a write may have, has
 * none for it.
 *
 * @param unfit is told of such parameters
 */
export function customEntries(resource: Resource, filing: Filing, unfit: (parameter: SearchParameter) => void = () => {}): readonly Entry[] {
  const { custom } = filing.rules;
  if (custom === undefined) return [];
  const found = new EntrySet();
  for (const { one, type } of filedResources(resource, filing.subject.type)) {
    for (const parameter of custom(one.resourceType)) {
      const own = fittingEntries(one, parameter, () => filedUnder(type, clinicalDates(one), filing));
      if (own === undefined) unfit(parameter);
      else found.addAll(own);
    }
  }
  return found.entries;
}

function clinicalDates(resource: Resource): readonly SearchValue[] {
  const code = clinicalDateParameter(resource.resourceType);
  const parameter = code === undefined ? undefined : searchParameter(resource.resourceType, code);
  return parameter === undefined ? [] : extractParameter(resource, parameter);
}

/** `undefined` where a write of the resource would be refused for what the parameter looks at, or finds. */
function fittingEntries(resource: Resource, parameter: SearchParameter, filed: () => Filed): readonly Entry[] | undefined {
  const found = new EntrySet();
  const add = (pk: string, position: string): void => {
    found.add(pk, position);
    requireBounded(found, resource.resourceType);
  };
  try {
    addValues(parameter, extractParameter(resource, parameter), { ...filed(), add });
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
  return found.entries;
}

/** The resource and what it contains, each with where it is filed. */
function filedResources(resource: Resource, type: string): readonly { readonly one: Resource; readonly type: PartitionType }[] {
  const inside = containedResources(resource).map((one) => ({ one, type: containedPartitionType(one.resourceType) }));
  return [{ one: resource, type }, ...inside];
}

interface Taker {
  readonly add: AddEntry;
  /** Told of the values of each resource before their entries come. */
  readonly look?: (resource: Resource, extracted: Extracted) => void;
}

function addEvery(resource: Resource, filing: Filing, { add, look }: Taker): void {
  const { subject, rules } = filing;
  for (const { one, type } of filedResources(resource, subject.type)) {
    const parameters = filedParameters(type, rules);
    const known = parameters.extract(one);
    const ofStore = (rules.custom?.(one.resourceType) ?? []).map((parameter) => ({ parameter, values: extractParameter(one, parameter) }));
    look?.(one, { known, ofStore, parameters: parameters.count });
    const filings = { ...filedUnder(type, valuesOf(known, parameters.clinicalDate), filing), add };
    addLastUpdated(subject, filings);
    for (const { parameter, values } of known) if (parameters.filed.has(parameter)) addValues(parameter, values, filings);
    for (const { parameter, values } of ofStore) if (isFiled(type, familyName(parameter), rules)) addValues(parameter, values, filings);
    addPatientCodes(valuesOf(known, 'patient'), valuesOf(known, 'code'), filings);
    // What a resource contains is in a compartment with it, and not by itself.
    if (!isContainedPartition(type)) addPatientCompartments(parameters.patientCompartment.map((code) => valuesOf(known, code)), filings);
  }
}

function tooMany(type: string, most: number, what: string): Error {
  return unprocessable(`This ${type} has more than ${most} ${what}, which is the most that one resource may have. Split it.`, type);
}

/** The entries of some families, none twice in one of them, as `searchEntries` has them: what a walk of those families can meet. */
export function familyEntries(resource: Resource, families: readonly Family[], filing: Filing): readonly Entry[] {
  return families.flatMap((family) => {
    if (!isContainedPartition(family.type)) return resource.resourceType === family.type ? oneFamily(resource, family, filing) : [];
    const type = typeOfPartition(family.type);
    const contained = containedResources(resource).filter(({ resourceType }) => resourceType === type);
    return contained.flatMap((one) => oneFamily(one, family, filing));
  });
}

function oneFamily(resource: Resource, { type, parameter, custom }: Family, filing: Filing): readonly Entry[] {
  const read = (code: string | undefined): readonly SearchValue[] => {
    const definition = code === undefined ? undefined : searchParameter(resource.resourceType, code);
    return definition === undefined ? [] : extractParameter(resource, definition);
  };
  const found = new EntrySet();
  const filings: Filings = { ...filedUnder(type, clinicalDates(resource), filing), add: (pk, position) => found.add(pk, position) };
  if (parameter === '_lastUpdated') addLastUpdated(filing.subject, filings);
  else if (parameter === patientCodeFamily) addPatientCodes(read('patient'), read('code'), filings);
  else if (parameter === patientCompartmentFamily) addPatientCompartments(compartmentParameters('Patient', resource.resourceType).map(read), filings);
  else {
    const definition = custom ?? searchParameter(resource.resourceType, familyParameter(resource.resourceType, parameter));
    if (definition !== undefined && isFiled(type, parameter, filing.rules)) addValues(definition, extractParameter(resource, definition), filings);
  }
  return found.entries;
}

function filedUnder(type: PartitionType, dates: readonly SearchValue[], { subject, rules }: Filing): Filed {
  return {
    type,
    shard: shardOf(subject.id, rules.shards),
    clinical: clinicalPosition(dates, subject.created),
    family: partitions(rules),
  };
}

const noValues: readonly SearchValue[] = [];

function valuesOf(extracted: readonly ExtractedParameter[], code: string | undefined): readonly SearchValue[] {
  return extracted.find(({ parameter }) => parameter.code === code)?.values ?? noValues;
}

/** In this family every resource stands: it is what a search reads that has nothing better. */
function addLastUpdated({ lastUpdated }: EntrySubject, { type, shard, family, add }: Filings): void {
  add(family.lastUpdated(type, shard), instantKey(lastUpdated));
}

/** Each patient with each code, for the commonest clinical question. */
function addPatientCodes(patients: readonly SearchValue[], codes: readonly SearchValue[], { type, clinical, family, add }: Filings): void {
  for (const patient of patients) {
    if (patient.kind !== 'reference' || patient.id === undefined) continue;
    for (const code of codes) {
      if (code.kind === 'token' && code.code !== undefined) add(family.patientCode(type, patient.id, code.code), clinical);
    }
  }
}

/** Each patient in whose compartment the resource is, so that a whole record is one range in the order of the clinical date. */
function addPatientCompartments(references: readonly (readonly SearchValue[])[], { clinical, family, add }: Filings): void {
  for (const values of references) {
    for (const value of values) {
      if (value.kind === 'reference' && value.type === 'Patient' && value.id !== undefined) add(family.patientCompartment(value.id), clinical);
    }
  }
}

/** The items of an entry set, every key ending in the resource and the attempt. */
export function entryKeys(entries: readonly Entry[], subject: EntrySubject, writeId: string): readonly Key[] {
  const suffix = entrySuffix(subject.type, subject.id, writeId);
  return entries.map(({ pk, position }) => ({ pk, sk: position + suffix }));
}

/** The entry under which history finds this version. It is not part of the set: it stays when the version is replaced. */
export function historyEntry(subject: EntrySubject & { versionId: number; writeId: string }, rules: EntryRules): Item {
  const pk = partitions(rules).history(subject.type, shardOf(subject.id, rules.shards));
  const sk = instantKey(subject.lastUpdated) + entrySuffix(subject.type, subject.id, subject.writeId);
  return { pk, sk, attributes: { version: subject.versionId } };
}
