/**
 * Walks ranges of the index side by side, in the order of their positions: what a search reads before it looks at
 * any resource.
 */
import type { Item, OrderedTable } from '../ports/ordered-table.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import { entryTarget, type EntryTarget } from './keys.ts';
import { afterAllKeys } from './order-preserving.ts';

/** A part of one partition. Its positions begin with `dateClass` where the family has classes. */
export interface Range {
  readonly pk: string;
  /** What stands before the part of the position that orders; '' where there is nothing. */
  readonly dateClass: string;
  /** Bounds of the rest of the position: inclusive, exclusive. */
  readonly from: string;
  readonly to: string;
}

/** Ranges that are merged. Stages follow one another. */
export type Stage = readonly Range[];

export interface Walk {
  readonly stages: readonly Stage[];
  readonly descending: boolean;
}

/** A point in a walk: what came before it has been seen. */
export interface Place {
  readonly stage: number;
  readonly order: string;
  readonly id: string;
}

export interface Candidate extends EntryTarget {
  readonly pk: string;
  readonly sk: string;
  readonly place: Place;
  /** The `attributes.version` of a history entry. */
  readonly versionId?: number;
}

export interface IndexWalk {
  /** The next candidates in order, at most `limit`; none when the walk has ended. */
  next(limit: number): Promise<readonly Candidate[]>;
}

/** Of each of several ranges at least so many rows are read: the next candidates may all lie in one of them. */
const minimumPageRows = 16;

interface Source {
  readonly range: Range;
  buffered: readonly Candidate[];
  after?: string;
  ended: boolean;
}

export function comparePlaces(one: Place, other: Place, descending: boolean): number {
  if (one.stage !== other.stage) return one.stage - other.stage;
  const order = compareUtf8(one.order, other.order) || compareUtf8(one.id, other.id);
  return descending ? -order : order;
}

/** @param after resume behind this place. */
export function walkIndex(index: OrderedTable, { stages, descending }: Walk, after?: Place): IndexWalk {
  let stage = after?.stage ?? 0;
  let sources = open(stage, after);
  let ready: readonly Candidate[] = [];

  function open(number: number, behind?: Place): Source[] {
    return (stages[number] ?? []).map((range) => ({
      range,
      buffered: [],
      ended: false,
      // A resumed range goes on behind every entry of the last resource at that position.
      after: behind === undefined ? undefined : `${range.dateClass}${behind.order}#${behind.id}#${descending ? '' : afterAllKeys}`,
    }));
  }

  async function fill(source: Source, limit: number): Promise<void> {
    const { pk, dateClass, from, to } = source.range;
    while (!source.ended && source.buffered.length === 0) {
      const page = await index.query({
        pk, from: dateClass + from, to: dateClass + to, limit, descending, after: source.after, strong: true,
      });
      source.buffered = page.items.map((item) => candidateOf(item, dateClass.length, stage));
      source.after = page.next;
      source.ended = page.next === undefined;
    }
  }

  /** Reads on until there are candidates, or the walk has ended. */
  async function read(limit: number): Promise<readonly Candidate[]> {
    while (stage < stages.length) {
      const pageRows = sources.length === 1 ? limit : Math.max(minimumPageRows, Math.ceil(limit / sources.length));
      await Promise.all(sources.map((source) => fill(source, pageRows)));
      const merged = merge(sources, descending);
      if (merged.length > 0) return merged;
      if (sources.every(({ ended }) => ended)) {
        stage += 1;
        sources = open(stage);
      }
    }
    return [];
  }

  return {
    async next(limit) {
      if (ready.length === 0) ready = await read(limit);
      const some = ready.slice(0, limit);
      ready = ready.slice(limit);
      return some;
    },
  };
}

/** The walk with its first rows already read. */
export function continued(rows: readonly Candidate[], walk: IndexWalk): IndexWalk {
  let ahead = rows;
  return {
    async next(limit) {
      if (ahead.length === 0) return walk.next(limit);
      const some = ahead.slice(0, limit);
      ahead = ahead.slice(limit);
      return some;
    },
  };
}

function candidateOf(item: Item, classLength: number, stage: number): Candidate {
  const target = entryTarget(item.sk);
  const versionId = item.attributes?.version as number | undefined;
  return { ...target, pk: item.pk, sk: item.sk, place: { stage, order: target.position.slice(classLength), id: target.id }, versionId };
}

/** Takes what is certain to come next: everything up to the earliest end of a buffer that has more behind it. */
function merge(sources: readonly Source[], descending: boolean): Candidate[] {
  const compare = (one: Candidate, other: Candidate): number => comparePlaces(one.place, other.place, descending);
  if (sources.length === 1) {
    const all = [...sources[0]!.buffered];
    sources[0]!.buffered = [];
    return all;
  }
  let horizon: Candidate | undefined;
  for (const { ended, buffered } of sources) {
    const last = buffered.at(-1);
    if (ended || last === undefined) continue;
    if (horizon === undefined || compare(last, horizon) < 0) horizon = last;
  }
  const taken: Candidate[] = [];
  for (const source of sources) {
    const certain = horizon === undefined ? source.buffered.length : firstBeyond(source.buffered, horizon, compare);
    taken.push(...source.buffered.slice(0, certain));
    source.buffered = source.buffered.slice(certain);
  }
  return taken.sort(compare);
}

function firstBeyond(buffered: readonly Candidate[], horizon: Candidate, compare: (one: Candidate, other: Candidate) => number): number {
  const beyond = buffered.findIndex((candidate) => compare(candidate, horizon) > 0);
  return beyond === -1 ? buffered.length : beyond;
}
