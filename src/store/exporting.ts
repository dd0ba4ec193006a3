/**
 * The store as it was at one instant, for bulk exports (docs/store.md): of each resource the version that was the newest,
 * whatever is written meanwhile. Read in the order in which items lie, in parts that can be read side by side and gone on
 * with from any resource.
 *
 * A version is stamped before it is committed, so an instant has to be settled first: from then on nothing is added to
 * what was there. What was there stays, under `@` or as a past version, which is laid down before `@` is put anew.
 */
import type { Resource } from '../fhir/resource.ts';
import { matchesQuery } from '../fhir/search/match.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { Item, Key } from '../ports/ordered-table.ts';
import { exportVersion as exported, type ExportVersion } from './export-version.ts';
import { joinedMatching } from './joined-matching.ts';
import { currentKey, resourcePartition, versionKey, versionKeyPrefix } from './keys.ts';
import { isFirst } from './next-version.ts';
import type { StoreContext } from './store-context.ts';
import { inOrder } from './transaction-settlement.ts';
import { versionOfItem } from './version-item.ts';
import { versionReader, type ResourceKey, type VersionReader, type View } from './version-reader.ts';

export type { ExportVersion } from './export-version.ts';

/** `gone`: there was a version, and it has been erased since. */
export type AtInstant = ExportVersion | 'gone' | undefined;

export interface FoundAtInstant {
  /** To go on behind. */
  readonly key: Key;
  readonly type: string;
  /** Deletions are told too. */
  readonly version: ExportVersion | 'gone';
}

export interface ExportPart {
  /** As in `Scan`. */
  readonly segment: number;
  readonly segments: number;
  readonly after?: Key;
  readonly instant: number;
  readonly isWanted: (type: string) => boolean;
}

export interface ExportPage {
  readonly found: readonly FoundAtInstant[];
  /** Present when there may be more, behind this key. */
  readonly next?: Key;
}

export interface Exporting {
  /**
   * The moment from which on no version of the instant or before is committed any more, ms; `undefined` when that has been
   * waited for: a store that one process has alone waits for the writes that it has begun, any other for the longest that a
   * write may take.
   */
  settledAt(instant: number): Promise<number | undefined>;
  /** One page of a part, of an instant that is settled. */
  page(part: ExportPart): Promise<ExportPage>;
  /** Of an instant that is settled, in the order of `keys`. */
  at(keys: readonly ResourceKey[], instant: number): Promise<readonly AtInstant[]>;
  /** What was there before a version, at the same resource; `undefined` for the first one. */
  before(version: ExportVersion): Promise<AtInstant>;
  /**
   * Tells whether a resource is what a search asks for, of other resources too: those as they are now. Each question is asked
   * once, so one of these serves for a slice of work.
   */
  matching(): Matches;
}

/** @param query resolved */
export type Matches = (resource: Resource, version: Pick<ExportVersion, 'type' | 'id' | 'lastUpdated'>, query: SearchQuery) => boolean | Promise<boolean>;

/** Items that are read together, past versions included; a page has 1 MB at most. */
const rows = 1000;
/** Past versions that are looked at together: most resources have not changed more often since the instant. */
const pastRows = 5;
/** What a search asks of others is found in far less, unless something is wrong. */
const matchingTimeMs = 10 * 60 * 1000;

export function exporting(context: StoreContext): Exporting {
  const { resources, indexRules, clock } = context;
  return {
    settledAt: (instant) => indexRules.commitsEndedAt(instant),
    async page({ instant, isWanted, ...part }) {
      const page = await resources.scan({ ...part, limit: rows, strong: true });
      const reader = versionReader(resources);
      const wanted = page.items.filter((item) => item.sk === currentKey && isWanted(typeOf(item)) && isResource(item));
      const versions = wanted.map((item) => standing(context, item, instant));
      const unsettled = wanted.filter((_, position) => versions[position] === undefined);
      const read = await inOrder(unsettled, (item) => atInstant(context, reader, { key: keyOf(item), instant }));
      let next = 0;
      const found = wanted.flatMap((item, position) => {
        const version = versions[position] ?? read[next++];
        return version === undefined ? [] : [{ key: { pk: item.pk, sk: item.sk }, type: typeOf(item), version }];
      });
      return { found, ...(page.next === undefined ? {} : { next: page.next }) };
    },
    async at(keys, instant) {
      const views = await versionReader(resources).views(keys);
      return inOrder(keys.map((key, position) => ({ key, view: views[position] })), ({ key, view }) => ofView(context, view, { key, instant }));
    },
    before: (version) => newestPast(context, { key: version, before: version, instant: Infinity }),
    matching() {
      const instant = clock.now();
      const joined = joinedMatching(context, { instant, deadline: instant + matchingTimeMs, known: new Map() });
      return (resource, { type, id, lastUpdated }, query) => (query.joins === undefined
        ? matchesQuery(resource, query, { now: instant, baseUrl: query.baseUrl, lastUpdated })
        : joined.matches({ resource, key: { type, id }, lastUpdated }, query));
    },
  };
}

function typeOf({ pk }: Item): string {
  return pk.slice(0, pk.indexOf('/'));
}

function keyOf({ pk }: Item): ResourceKey {
  const slash = pk.indexOf('/');
  return { type: pk.slice(0, slash), id: pk.slice(slash + 1) };
}

/** Versions and intents only: other items may lie under keys of the kind. */
function isResource({ attributes }: Item): boolean {
  return attributes?.version !== undefined || attributes?.bundle !== undefined;
}

/** What the item alone tells: the version of nearly every resource. */
function standing(context: StoreContext, item: Item, instant: number): ExportVersion | undefined {
  const { bundle, updated } = item.attributes!;
  return bundle === undefined && (updated as number) <= instant ? exported(context, versionOfItem(item)) : undefined;
}

interface Asked {
  readonly key: ResourceKey;
  readonly instant: number;
}

async function atInstant(context: StoreContext, reader: VersionReader, asked: Asked): Promise<AtInstant> {
  return ofView(context, await reader.view(asked.key), asked);
}

async function ofView(context: StoreContext, view: View | undefined, { key, instant }: Asked): Promise<AtInstant> {
  if (view?.version === undefined) return undefined;
  // An intent that is committed but not applied leaves its base under `@`.
  const head = [view.version, view.current.version].find((version) => version !== undefined && version.lastUpdated <= instant);
  if (head !== undefined) return exported(context, head);
  const before = view.current.version ?? view.version;
  return newestPast(context, { key, before: { versionId: before.versionId, isFirst: isFirst(before) }, instant });
}

interface AskedBefore extends Asked {
  readonly before: Pick<ExportVersion, 'versionId' | 'isFirst'>;
}

/** From the first version on, whatever its number, numbers have no gaps: where one is missing it was erased. */
async function newestPast(context: StoreContext, { key, before, instant }: AskedBefore): Promise<AtInstant> {
  if (before.isFirst) return undefined;
  const pk = resourcePartition(key.type, key.id);
  let [expected, after]: [number, string | undefined] = [before.versionId - 1, versionKey(before.versionId)];
  while (after !== undefined) {
    const page = await context.resources.query({ pk, from: versionKeyPrefix, descending: true, limit: pastRows, after, strong: true });
    for (const item of page.items) {
      const version = versionOfItem(item);
      if (version.versionId !== expected) return 'gone';
      if (version.lastUpdated <= instant) return exported(context, version);
      if (isFirst(version)) return undefined;
      expected -= 1;
    }
    after = page.next;
  }
  return 'gone';
}
