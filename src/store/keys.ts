/**
 * How the items of a data store are spelled. `resources` holds, under `{Type}/{id}`: `@` the current version,
 * `v{10 digits}` a past one, `i#{bundle}` the new body of an intent; and under `bundles/{shard}` the records of
 * transactions, under `claims/{hash}` the claims of conditional creates. `index` holds entries whose sort key ends in `#{id}#{write id}{type code}`.
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
  let hash = 0;
  for (let position = 0; position < bundleId.length; position += 1) hash = (hash * 31 + bundleId.charCodeAt(position)) >>> 0;
  return { pk: `bundles/${hash % bundleShards}`, sk: bundleId };
}

/** The claim of normalised criteria, which stand in the key as a keyed hash only. */
export function claimKey(criteriaHash: string): Key {
  return { pk: `claims/${criteriaHash}`, sk: currentKey };
}

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
