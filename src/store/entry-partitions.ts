/**
 * The rules that compute index entries, and the partition of each family (docs/store.md, Families). Partition keys are
 * keyed hashes: they tell nobody whom or what they are of.
 */
import type { SearchParameter } from '../fhir/search/values.ts';
import type { PartitionHash } from './partition-hash.ts';
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
export function partitions({ generation, hash }: Pick<EntryRules, 'generation' | 'hash'>) {
  const of = (...[family, type, parameter, ...rest]: readonly [string, PartitionType, string, ...(string | number)[]]): string =>
    hash(generation, family, type, familyParameter(typeOfPartition(type), parameter), ...rest);
  return {
    token: (type: PartitionType, parameter: string, code: string) => of('token', type, parameter, code.toLowerCase()),
    reference: (type: PartitionType, parameter: string, target: string) => of('reference', type, parameter, target),
    identifier: (type: PartitionType, parameter: string, value: string) => of('identifier', type, parameter, value.toLowerCase()),
    patientCode: (type: PartitionType, patient: string, code: string) =>
      hash(generation, patientCodeFamily, type, patient, code.toLowerCase()),
    patientCompartment: (patient: string) => hash(generation, patientCompartmentFamily, patient),
    date: (type: PartitionType, parameter: string, shard: number) => of('date', type, parameter, shard),
    string: (type: PartitionType, parameter: string, bucket: string) => of('string', type, parameter, bucket),
    number: (type: PartitionType, parameter: string, { unit, shard }: { readonly unit: string; readonly shard: number }) =>
      of('number', type, parameter, unit, shard),
    uri: (type: PartitionType, parameter: string, shard: number) => of('uri', type, parameter, shard),
    composite: (type: PartitionType, parameter: string, { code, unit }: { readonly code: string; readonly unit: string }) =>
      of('composite', type, parameter, code.toLowerCase(), unit),
    position: (type: PartitionType, parameter: string, cell: string) => of('position', type, parameter, cell),
    lastUpdated: (type: PartitionType, shard: number) => hash(generation, 'last-updated', type, shard),
    history: (type: string, shard: number) => hash(generation, 'history', type, shard),
  };
}
