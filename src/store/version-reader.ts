/**
 * Reads versions as they are decided: a current version that a transaction has claimed is read as its base or as
 * its intent, by the state of the transaction's record. Readers never write.
 */
import type { Item, OrderedTable } from '../ports/ordered-table.ts';
import { readBundleRecord, type BundleRecord } from './bundle-record.ts';
import { currentKey, intentKey, resourcePartition, versionKey } from './keys.ts';
import { currentOfItem, versionOfItem, type Current, type StoredVersion } from './version-item.ts';

/** `@` as it stands, and the version that readers shall see. */
export interface View {
  readonly current: Current;
  /** Absent when there never was a committed version. */
  readonly version?: StoredVersion;
  /** The record that decides the intent on `@`, where there is both. */
  readonly record?: BundleRecord;
}

export interface ResourceKey {
  readonly type: string;
  readonly id: string;
}

/** One request's view: each transaction's record is asked once. */
export interface VersionReader {
  view(key: ResourceKey): Promise<View | undefined>;
  /**
   * In the order of `keys`, which may be many.
   *
   * @param isKnown of current versions whose content is at hand: they may come without their bodies
   */
  views(keys: readonly ResourceKey[], isKnown?: (version: StoredVersion) => boolean): Promise<readonly (View | undefined)[]>;
  /** The version of that number, current or past; `undefined` when it was never committed. */
  version(key: ResourceKey, versionId: number): Promise<StoredVersion | undefined>;
}

/** A resource that changes hands this often while it is read is being fought over; each turn is a commit elsewhere. */
const maxTurns = 50;

export function versionReader(resources: OrderedTable): VersionReader {
  const records = new Map<string, Promise<BundleRecord | undefined>>();

  function record(bundleId: string): Promise<BundleRecord | undefined> {
    let known = records.get(bundleId);
    if (known === undefined) {
      known = readBundleRecord(resources, bundleId);
      records.set(bundleId, known);
    }
    return known;
  }

  async function decide(key: ResourceKey, found: Item | undefined): Promise<View | undefined> {
    const pk = resourcePartition(key.type, key.id);
    let item = found;
    for (let turn = 0; turn < maxTurns; turn += 1) {
      if (item === undefined) return undefined;
      const current = currentOfItem(item);
      if (current.intent === undefined) return { current, version: current.version };
      const { bundleId } = current.intent;
      const decision = await record(bundleId);
      if (decision !== undefined && decision.state !== 'committed') return { current, version: current.version, record: decision };
      if (decision !== undefined) {
        const intended = await resources.get({ pk, sk: intentKey(bundleId) }, { strong: true });
        if (intended !== undefined) return { current, version: versionOfItem(intended), record: decision };
      }
      // Either the record is gone or the intent is: if `@` has moved on, both were settled since it was read.
      const again: Item | undefined = await resources.get({ pk, sk: currentKey }, { strong: true });
      if (decision === undefined && again?.attributes?.rev === current.rev) return { current, version: current.version };
      records.delete(bundleId);
      item = again;
    }
    throw new Error('a resource changed too often to be read');
  }

  const currentOf = ({ type, id }: ResourceKey) => ({ pk: resourcePartition(type, id), sk: currentKey });
  const view = async (key: ResourceKey) => decide(key, await resources.get(currentOf(key), { strong: true }));

  return {
    view,
    async views(keys, isKnown) {
      const known = isKnown === undefined ? {} : { isKnown: (item: Item) => item.attributes?.version !== undefined && isKnown(versionOfItem(item)) };
      const items = await resources.batchGet(keys.map(currentOf), { strong: true, ...known });
      return Promise.all(keys.map((key, position) => decide(key, items[position])));
    },
    async version(key, versionId) {
      const seen = await view(key);
      if (seen?.version === undefined || versionId > seen.version.versionId) return undefined;
      if (seen.version.versionId === versionId) return seen.version;
      // An intent that is committed but not applied leaves its base under `@`.
      if (seen.current.version?.versionId === versionId) return seen.current.version;
      const pk = resourcePartition(key.type, key.id);
      const past = await resources.get({ pk, sk: versionKey(versionId) }, { strong: true });
      return past === undefined ? undefined : versionOfItem(past);
    },
  };
}
