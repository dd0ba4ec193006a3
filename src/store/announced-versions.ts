/**
 * Versions as the lake takes them out of the store: those that the change feed has announced, and a whole store, item by
 * item.
 *
 * With what was announced of a resource comes its newest version, announced or not: so whatever is read later, in whatever
 * order announcements come and however often, ends with what is at least as new as everything that was read before.
 */
import type { ObjectStore } from '../ports/object-store.ts';
import type { Item, Key, OrderedTable } from '../ports/ordered-table.ts';
import { exportVersion, type ExportVersion } from './export-version.ts';
import { currentKey, resourcePartition, versionKey, versionKeyPrefix } from './keys.ts';
import { versionOfItem, type StoredVersion } from './version-item.ts';
import { versionReader, type ResourceKey, type View } from './version-reader.ts';

/** Versions of one resource that were announced. */
export interface AnnouncedResource extends ResourceKey {
  readonly versionIds: readonly number[];
}

export interface ScannedVersions {
  readonly versions: readonly ScannedVersion[];
  /** Present when there may be more, behind this key. */
  readonly next?: Key;
}

/** `isCurrent` when it was the newest as it was read. */
export type ScannedVersion = ExportVersion & { readonly isCurrent: boolean };

export interface ScannedPart {
  /** As in `Scan`. */
  readonly segment: number;
  readonly segments: number;
  readonly after?: Key;
}

export interface LakeVersions {
  /** Each version once, the newest of each resource among them. What was erased, or never was, is left out. */
  announced(resources: readonly AnnouncedResource[]): Promise<readonly ExportVersion[]>;
  /** Of every resource all versions, as they are when they are read: what is committed meanwhile is announced. */
  scan(part: ScannedPart): Promise<ScannedVersions>;
}

/** Items that are read together; a page has 1 MB at most. */
const rows = 1000;

export function lakeVersions({ resources, objects }: { readonly resources: OrderedTable; readonly objects: ObjectStore }): LakeVersions {
  const exported = (version: StoredVersion): ExportVersion => exportVersion({ objects }, version);
  return {
    async announced(keys) {
      const views = await versionReader(resources).views(keys);
      const past = keys.flatMap((key, position) => missing(key, views[position]).map((versionId) => ({
        pk: resourcePartition(key.type, key.id), sk: versionKey(versionId),
      })));
      const items = past.length === 0 ? [] : await resources.batchGet(past, { strong: true });
      const heads = views.flatMap((view) => (view?.version === undefined ? [] : [view.version, ...baseOf(view)]));
      return [...items.flatMap((item) => (item === undefined ? [] : [versionOfItem(item)])), ...heads].map(exported);
    },
    async scan(part) {
      const page = await resources.scan({ ...part, limit: rows, strong: true });
      const versions = page.items.filter(isVersion).map((item) => ({ ...exported(versionOfItem(item)), isCurrent: item.sk === currentKey }));
      return { versions, ...(page.next === undefined ? {} : { next: page.next }) };
    },
  };
}

/** What lies under the intent of a transaction that is committed and not applied: read anyway, and past already. */
function baseOf({ current, version }: View): readonly StoredVersion[] {
  return current.version === undefined || current.version === version ? [] : [current.version];
}

/** The announced versions that are past, each once. */
function missing({ versionIds }: AnnouncedResource, view: View | undefined): readonly number[] {
  if (view?.version === undefined) return [];
  const heads = [view.version, ...baseOf(view)].map(({ versionId }) => versionId);
  return [...new Set(versionIds)].filter((versionId) => versionId < view.version!.versionId && !heads.includes(versionId));
}

/** Resources have versions under `@` and under numbers; claims and rules have an `@` too, and intents are not decided. */
function isVersion({ pk, sk, attributes }: Item): boolean {
  return (sk === currentKey || sk.startsWith(versionKeyPrefix)) && resourcePattern.test(pk) && attributes?.version !== undefined;
}

const resourcePattern = /^[A-Z][A-Za-z]+\//;
