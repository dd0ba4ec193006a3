/**
 * The rules that compute index entries, and the partition of each family (docs/store.md, Families). Partition keys are
 * keyed hashes: they tell nobody whom or what they are of.
 */
import type { SearchParameter } from '../fhir/search/values.ts';
import { KnownHashes, partSeparator, type HashGroup, type PartitionHash } from './partition-hash.ts';
import { familyParameter } from './shared-families.ts';

/** They change together, under a new generation. */
export interface EntryRules {
  readonly generation: number;
  /** Over how many partitions each family that would be one hot partition is spread. */
  readonly shards: number;
  /** `Type.parameter` of the families in which nothing is filed (omitted-families.ts). Of one store always the same. */
  readonly omitted: ReadonlySet<string>;
  readonly hash: PartitionHash;
  /** The parameters beyond R4's that are filed at the moment; none when absent. Each has families of its own. */
  readonly custom?: CustomParameters;
}

/** Search parameters of the store's own, by resource type. */
export type CustomParameters = (type: string) => readonly SearchParameter[];

/** Where a family is filed: a resource type, or `#Type` for what other resources contain of the type. */
export type PartitionType = string;

const containedMark = '#';

/** The partition type of the resources of a type that lie in others (https://hl7.org/fhir/R4/references.html#contained). */
export function containedPartitionType(type: string): PartitionType {
  return containedMark + type;
}

export function isContainedPartition(type: PartitionType): boolean {
  return type.startsWith(containedMark);
}

/** The resource type, whether it stands alone or is contained. */
export function typeOfPartition(type: PartitionType): string {
  return isContainedPartition(type) ? type.slice(containedMark.length) : type;
}

/** The family of patient and code together; no search parameter has this name. */
export const patientCodeFamily = 'patient-code';
/** The family of everything in a patient's compartment, of whatever type; no search parameter has this name. */
export const patientCompartmentFamily = 'patient-compartment';

/** Under so much of a geohash, some 156 km of the earth, positions share a partition. */
export const geohashPartitionLength = 3;

export function shardOf(id: string, shards: number): number {
  if (shards === 1) return 0;
  let hash = 0;
  for (let position = 0; position < id.length; position += 1) hash = (hash * 31 + id.charCodeAt(position)) >>> 0;
  return hash % shards;
}

/** Of words that begin with neither a letter nor a digit of ASCII. */
const otherBucket = '_';

/** By the first character of a word: few enough that `:contains` can walk them all. */
export const stringBuckets: readonly string[] = [...'abcdefghijklmnopqrstuvwxyz0123456789', otherBucket];
const knownBuckets = new Set(stringBuckets);

/** @param word normalised */
export function bucketOf(word: string): string {
  const first = word[0] ?? '';
  return knownBuckets.has(first) ? first : otherBucket;
}

/** Whether the parameter's family is kept; searches that would walk it take another way when not. */
export function isFiled(type: PartitionType, parameter: string, { omitted }: EntryRules): boolean {
  if (omitted.size === 0) return true;
  const plain = typeOfPartition(type);
  return !omitted.has(`${plain}.${familyParameter(plain, parameter)}`);
}

/** The partitions of each family. A `unit` is a canonical one, or '' for numbers as they are written. */
export interface Partitions {
  token(type: PartitionType, parameter: string, code: string): string;
  reference(type: PartitionType, parameter: string, target: string): string;
  identifier(type: PartitionType, parameter: string, value: string): string;
  patientCode(type: PartitionType, patient: string, code: string): string;
  patientCompartment(patient: string): string;
  date(type: PartitionType, parameter: string, shard: number): string;
  string(type: PartitionType, parameter: string, bucket: string): string;
  number(type: PartitionType, parameter: string, numbers: { readonly unit: string; readonly shard: number }): string;
  uri(type: PartitionType, parameter: string, shard: number): string;
  composite(type: PartitionType, parameter: string, pair: { readonly code: string; readonly unit: string }): string;
  position(type: PartitionType, parameter: string, cell: string): string;
  lastUpdated(type: PartitionType, shard: number): string;
  history(type: string, shard: number): string;
}

/** Of each store, by its hash: what is known of its partitions serves every write. */
const made = new WeakMap<PartitionHash, Map<number, Partitions>>();

export function partitions({ generation, hash }: Pick<EntryRules, 'generation' | 'hash'>): Partitions {
  const byGeneration = made.get(hash) ?? new Map<number, Partitions>();
  if (byGeneration.size === 0) made.set(hash, byGeneration);
  let found = byGeneration.get(generation);
  if (found === undefined) {
    found = partitionsOf(generation, hash);
    byGeneration.set(generation, found);
  }
  return found;
}

function partitionsOf(generation: number, hash: PartitionHash): Partitions {
  const known = new KnownHashes();
  const hashed = (group: HashGroup, rest: string, parts: readonly string[]): string => {
    const key = hash(generation, ...parts, rest);
    known.add(group, rest, key);
    return key;
  };
  const of = (family: string) => (type: PartitionType, parameter: string, rest: string): string => {
    const group = { family, type, parameter };
    return known.find(group, rest) ?? hashed(group, rest, [family, type, familyParameter(typeOfPartition(type), parameter)]);
  };
  const plain = (family: string, type: PartitionType, rest: string): string => {
    const group = { family, type, parameter: '' };
    return known.find(group, rest) ?? hashed(group, rest, [family, type]);
  };
  const ofPatient = { family: patientCompartmentFamily, type: '', parameter: '' };
  const [token, identifier, date, number, uri, composite] = [of('token'), of('identifier'), of('date'), of('number'), of('uri'), of('composite')];
  return {
    token: (type, parameter, code) => token(type, parameter, code.toLowerCase()),
    reference: of('reference'),
    identifier: (type, parameter, value) => identifier(type, parameter, value.toLowerCase()),
    patientCode: (type, patient, code) => plain(patientCodeFamily, type, patient + partSeparator + code.toLowerCase()),
    patientCompartment: (patient) => known.find(ofPatient, patient) ?? hashed(ofPatient, patient, [patientCompartmentFamily]),
    date: (type, parameter, shard) => date(type, parameter, String(shard)),
    string: of('string'),
    number: (type, parameter, { unit, shard }) => number(type, parameter, unit + partSeparator + shard),
    uri: (type, parameter, shard) => uri(type, parameter, String(shard)),
    composite: (type, parameter, { code, unit }) => composite(type, parameter, code.toLowerCase() + partSeparator + unit),
    position: of('position'),
    lastUpdated: (type, shard) => plain('last-updated', type, String(shard)),
    history: (type, shard) => plain('history', type, String(shard)),
  };
}
