/**
 * How the items of a data store are spelled. `resources` holds, under `{Type}/{id}`: `@` the current version,
 * `v{10 digits}` a past one, `i#{bundle}` the new body of an intent; and under `bundles/{shard}` the records of
 * transactions, under `placed/{shard}` notes of what attempts have in the object store, under `claims/{hash}` the claims
 * of conditional creates, under `rules` the index rules. `index` holds entries whose sort key ends in `#{id}#{write id}{type code}`.
 */
import type { Key } from '../ports/ordered-table.ts';
import { typeCode, typeOfCode } from './type-code.ts';

export const currentKey = '@';
export const versionKeyPrefix = 'v';
export const intentKeyPrefix = 'i#';

export function resourcePartition(type: string, id: string): string {
  return `${type}/${id}`;
}

export function versionKey(versionId: number): string {
  return `${versionKeyPrefix}${String(versionId).padStart(10, '0')}`;
}

export function intentKey(bundleId: string): string {
  return `${intentKeyPrefix}${bundleId}`;
}

/** Records are spread so that no partition takes every transaction of a store. */
export const bundleShards = 8;

export function bundleRecordKey(bundleId: string): Key {
  return { pk: `bundles/${shardOf(bundleId)}`, sk: bundleId };
}

function shardOf(text: string): number {
  let hash = 0;
  for (let position = 0; position < text.length; position += 1) hash = (hash * 31 + text.charCodeAt(position)) >>> 0;
  return hash % bundleShards;
}

/** The note that an attempt has placed an object. Notes sort by the attempts' instants. */
export function placedObjectKey(writeId: string, object: string): Key {
  return { pk: `placed/${shardOf(writeId)}`, sk: `${writeId}#${object}` };
}

export const placedObjectPartitions: readonly string[] = Array.from({ length: bundleShards }, (_, shard) => `placed/${shard}`);

/** The claim of normalised criteria, which stand in the key as a keyed hash only. */
export function claimKey(criteriaHash: string): Key {
  return { pk: `claims/${criteriaHash}`, sk: currentKey };
}

/** The index rules of the store. */
export const rulesKey: Key = { pk: 'rules', sk: currentKey };

const writeIdLength = 22;
const typeCodeLength = 2;

/** The end of an index entry's sort key. `#` sorts before every character of an id and of a sort value. */
export function entrySuffix(type: string, id: string, writeId: string): string {
  return `#${id}#${writeId}${typeCode(type)}`;
}

export interface EntryTarget {
  /** The part of the sort key that orders. */
  readonly position: string;
  readonly type: string;
  readonly id: string;
  readonly writeId: string;
}

export function entryTarget(sk: string): EntryTarget {
  const writeIdAt = sk.length - typeCodeLength - writeIdLength;
  const idAt = sk.lastIndexOf('#', writeIdAt - 2);
  return {
    position: sk.slice(0, idAt),
    id: sk.slice(idAt + 1, writeIdAt - 1),
    writeId: sk.slice(writeIdAt, writeIdAt + writeIdLength),
    type: typeOfCode(sk.slice(-typeCodeLength)),
  };
}
