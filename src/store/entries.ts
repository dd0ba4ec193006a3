/**
 * The index entries of one version: every place under which searches look for it.
 *
 * An entry is a partition of a family, a position that orders within it, and the suffix that names the resource
 * and the attempt to write. Entries are hints; `match` decides. See docs/store.md for the families.
 */
import { unprocessable } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { clinicalDateParameter } from '../fhir/search/clinical-date.ts';
import { extract, extractParameter } from '../fhir/search/extract.ts';
import { referenceKey } from '../fhir/search/kinds/reference.ts';
import { wordStarts } from '../fhir/search/kinds/string.ts';
import { searchParameter } from '../fhir/search/parameters.ts';
import type { DateValue, ExtractedParameter, SearchValue } from '../fhir/search/values.ts';
import type { Item, Key } from '../ports/ordered-table.ts';
import { entrySuffix } from './keys.ts';
import { instantKey } from './order-preserving.ts';
import type { PartitionHash } from './partition-hash.ts';
import { familyParameter } from './shared-families.ts';

/** The rules that compute entries. They change together, under a new generation. */
export interface EntryRules {
  readonly generation: number;
  /** Over how many partitions each family that would be one hot partition is spread. */
  readonly shards: number;
  readonly hash: PartitionHash;
}

export interface Entry {
  readonly pk: string;
  readonly position: string;
}

/** What entries say of a version beside its content. */
export interface EntrySubject {
  readonly type: string;
  readonly id: string;
  readonly lastUpdated: number;
  readonly created: number;
}

/** DynamoDB writes 25 a call and a create awaits them all; a resource with more values is a list, not a record. */
export const maxEntriesPerResource = 2000;

/** Longer words and names are told apart by `match`. */
export const stringPositionLength = 32;

/** Spans up to this long stand in class `S`, where a lower bound can be pushed by this much. */
export const shortSpanMs = 24 * 60 * 60 * 1000;

/** Classes of a clinical date: short spans, long ones, and resources that have none, by creation. */
export const dateClasses = { short: 'S', long: 'L', none: 'N' } as const;
/** In the date family, long spans stand under their end as well. */
export const endClass = 'E';

/** Answered by a read, and by the family that every resource stands in. */
const withOwnFamily: ReadonlySet<string> = new Set(['_id', '_lastUpdated']);

export function shardOf(id: string, shards: number): number {
  if (shards === 1) return 0;
  let hash = 0;
  for (let position = 0; position < id.length; position += 1) hash = (hash * 31 + id.charCodeAt(position)) >>> 0;
  return hash % shards;
}

/** The partitions of each family. */
export function partitions({ generation, hash }: EntryRules) {
  return {
    token: (type: string, parameter: string, code: string) =>
      hash(generation, 'token', type, familyParameter(type, parameter), code.toLowerCase()),
    reference: (type: string, parameter: string, target: string) =>
      hash(generation, 'reference', type, familyParameter(type, parameter), target),
    patientCode: (type: string, patient: string, code: string) =>
      hash(generation, 'patient-code', type, patient, code.toLowerCase()),
    date: (type: string, parameter: string, shard: number) => hash(generation, 'date', type, familyParameter(type, parameter), shard),
    string: (type: string, parameter: string, word: string) =>
      hash(generation, 'string', type, familyParameter(type, parameter), bucketOf(word)),
    lastUpdated: (type: string, shard: number) => hash(generation, 'last-updated', type, shard),
    history: (type: string, shard: number) => hash(generation, 'history', type, shard),
  };
}

/** The first character, whole even outside the basic plane. */
function bucketOf(word: string): string {
  return String.fromCodePoint(word.codePointAt(0) ?? 0);
}

/** A space would sort before the `#` that ends a position, so that `ann b` came before `ann` in one order of two. */
const wordSeparator = '$';

/** Cut to `stringPositionLength` without splitting a character. */
export function stringPosition(text: string): string {
  const position = text.replaceAll(' ', wordSeparator);
  if (position.length <= stringPositionLength) return position;
  const cut = position.slice(0, stringPositionLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/**
 * The span from the first start to the last end of the values: what overlaps one of them overlaps it, so that bounds
 * of several clauses can be pushed together even where different values satisfy them.
 */
export function dateHull(values: readonly SearchValue[]): DateValue | undefined {
  let hull: DateValue | undefined;
  for (const value of values) {
    if (value.kind !== 'date') continue;
    const { low, high } = value;
    hull = hull === undefined ? value : { kind: 'date', low: Math.min(hull.low, low), high: Math.max(hull.high, high) };
  }
  return hull;
}

/** Spans that are short and of one value stand in class `S`; hulls of several values count as long. */
function datePosition(hull: DateValue, valueCount: number): string {
  const short = valueCount === 1 && hull.high - hull.low <= shortSpanMs;
  return (short ? dateClasses.short : dateClasses.long) + instantKey(hull.low);
}

/** Where a resource stands in the partitions that are ordered by clinical date. */
function clinicalPosition(type: string, extracted: readonly ExtractedParameter[], created: number): string {
  const clinical = clinicalDateParameter(type);
  const values = extracted.find(({ parameter }) => parameter.code === clinical)?.values ?? [];
  const hull = dateHull(values);
  return hull === undefined ? dateClasses.none + instantKey(created) : datePosition(hull, values.length);
}

/**
 * Every entry of a version, none twice.
 *
 * @throws FhirError 422 when there are more than `maxEntriesPerResource`.
 */
export function searchEntries(resource: Resource, subject: EntrySubject, rules: EntryRules): readonly Entry[] {
  const { type, id } = subject;
  const family = partitions(rules);
  const shard = shardOf(id, rules.shards);
  const extracted = extract(resource);
  const clinical = clinicalPosition(type, extracted, subject.created);
  const entries = new Map<string, Entry>();
  const add = (entry: Entry): void => {
    entries.set(entry.pk + entry.position, entry);
  };

  for (const { parameter, values } of extracted) {
    const { code } = parameter;
    // What another family holds as well is found there.
    if (withOwnFamily.has(code) || familyParameter(type, code) !== code) continue;
    if (parameter.type === 'date') dateEntries(values, code, { subject, rules }).forEach(add);
    else if (parameter.type === 'string') stringEntries(values, code, { subject, rules }).forEach(add);
    else for (const value of values) addValue(value, code);
  }
  for (const [patient, code] of patientCodes(extracted)) add({ pk: family.patientCode(type, patient, code), position: clinical });
  add({ pk: family.lastUpdated(type, shard), position: instantKey(subject.lastUpdated) });
  if (entries.size > maxEntriesPerResource) {
    throw unprocessable(
      `This ${type} has ${entries.size} searchable values, more than the ${maxEntriesPerResource} that one resource may have. Split it.`,
      type,
    );
  }
  return [...entries.values()];

  function addValue(value: SearchValue, parameter: string): void {
    if (value.kind === 'token' && value.code !== undefined) add({ pk: family.token(type, parameter, value.code), position: clinical });
    const target = value.kind === 'reference' ? referenceKey(value) : undefined;
    if (target !== undefined) add({ pk: family.reference(type, parameter, target), position: clinical });
  }
}

/**
 * The entries of one parameter's family, as `searchEntries` has them: what a walk of that family can meet.
 *
 * @param code a parameter of the string or date kind, by whose name its family goes
 */
export function parameterEntries(resource: Resource, code: string, filing: Filing): readonly Entry[] {
  const parameter = searchParameter(filing.subject.type, familyParameter(filing.subject.type, code));
  if (parameter === undefined) return [];
  const values = extractParameter(resource, parameter);
  return parameter.type === 'date' ? dateEntries(values, parameter.code, filing) : stringEntries(values, parameter.code, filing);
}

interface Filing {
  readonly subject: EntrySubject;
  readonly rules: EntryRules;
}

function stringEntries(values: readonly SearchValue[], code: string, { subject, rules }: Filing): readonly Entry[] {
  const { string } = partitions(rules);
  return values.flatMap((value) => (value.kind !== 'string' ? [] : wordStarts(value.text).map((word) => ({
    pk: string(subject.type, code, word), position: stringPosition(word),
  }))));
}

function dateEntries(values: readonly SearchValue[], code: string, { subject, rules }: Filing): readonly Entry[] {
  const hull = dateHull(values);
  if (hull === undefined) return [];
  const pk = partitions(rules).date(subject.type, code, shardOf(subject.id, rules.shards));
  const position = datePosition(hull, values.length);
  return position.startsWith(dateClasses.short) ? [{ pk, position }] : [{ pk, position }, { pk, position: endClass + instantKey(hull.high) }];
}

/** Each patient with each code, for the commonest clinical question. */
function patientCodes(extracted: readonly ExtractedParameter[]): readonly (readonly [patient: string, code: string])[] {
  const valuesOf = (code: string): readonly SearchValue[] => extracted.find(({ parameter }) => parameter.code === code)?.values ?? [];
  return valuesOf('patient').flatMap((patient) =>
    patient.kind !== 'reference' || patient.id === undefined
      ? []
      : valuesOf('code').flatMap((code) => (code.kind === 'token' && code.code !== undefined ? [[patient.id!, code.code] as const] : [])),
  );
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
