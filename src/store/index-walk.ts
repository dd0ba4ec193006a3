/**
 * Walks ranges of the index side by side, in the order of their positions: what a search reads before it looks at
 * any resource.
 */
import type { Item, OrderedTable } from '../ports/ordered-table.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import { entryTarget, type EntryTarget } from './keys.ts';
import { afterAllKeys } from './order-preserving.ts';
import { typeCode } from './type-code.ts';

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
  /** Tells by its position alone that an entry cannot lead to a match; then the resource is not read. */
  readonly keep?: (position: string) => boolean;
  /** True where entries of several resource types stand side by side, so that an id alone names no resource. */
  readonly mixed?: boolean;
  /** True where whoever asks for candidates waits for all of them: of each range as many are read. */
  readonly ahead?: boolean;
}

/** A point in a walk: what came before it has been seen. */
export interface Place {
  readonly stage: number;
  readonly order: string;
  /** In a mixed walk the type's code follows, behind a `#`. */
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
  /** The next candidates in order, at most `limit`. None at the end; in a walk with `keep`, now and then none before it. */
  next(limit: number): Promise<readonly Candidate[]>;
  /** Every candidate up to here has been given; `undefined` before the first. */
  seen(): Place | undefined;
  /** True when none is left. */
  ended(): boolean;
}

/**
 * Of each of several ranges at least so many rows are read: the next candidates may all lie in one of them, and so many
 * entries of some hundred bytes cost what one costs.
 */
const minimumPageRows = 40;
/** Rows of a mixed walk that are read and not given yet: the last id's, and the one that it goes on behind. */
const setAside = 2;

interface Source {
  readonly range: Range;
  buffered: readonly Candidate[];
  /** In a mixed walk: entries of the last id that was read, of which there may be more. */
  held: readonly Candidate[];
  after?: string;
  /** How far the range was read. */
  frontier?: Place;
  ended: boolean;
}

type Compare = (one: Place, other: Place) => number;

export function comparePlaces(one: Place, other: Place, descending: boolean): number {
  if (one.stage !== other.stage) return one.stage - other.stage;
  const order = compareUtf8(one.order, other.order) || compareUtf8(one.id, other.id);
  return descending ? -order : order;
}

/** @param after resume behind this place. */
export function walkIndex(index: OrderedTable, walk: Walk, after?: Place): IndexWalk {
  const { stages, keep, mixed = false, ahead = false, descending } = walk;
  const compare: Compare = (one, other) => comparePlaces(one, other, descending);
  let stage = after?.stage ?? 0;
  let sources = open(after);
  let ready: readonly Candidate[] = [];
  let given = after;
  let readTo = after;
  passEnded();

  function open(behind?: Place): Source[] {
    return (stages[stage] ?? []).map((range) => ({
      range, buffered: [], held: [], ended: false, after: behind && range.dateClass + resumption(behind, { mixed, descending }),
    }));
  }

  function passEnded(): void {
    while (stage < stages.length && sources.every(({ ended, buffered }) => ended && buffered.length === 0)) {
      stage += 1;
      sources = open();
    }
  }

  async function fill(source: Source, limit: number): Promise<void> {
    const { pk, dateClass, from, to } = source.range;
    const page = await index.query({ pk, from: dateClass + from, to: dateClass + to, limit, descending, after: source.after, strong: true });
    const rows = page.items.map((item) => candidateOf(item, { stage, classLength: dateClass.length, mixed }));
    source.after = page.next;
    source.ended = page.next === undefined;
    const { whole, held } = mixed ? wholeIds([...source.held, ...rows], source.ended, compare) : { whole: rows, held: [] };
    source.held = held;
    source.frontier = whole.at(-1)?.place ?? source.frontier;
    source.buffered = whole.filter(({ position, place }) =>
      (keep === undefined || keep(position)) && (!mixed || after === undefined || compare(place, after) > 0));
  }

  async function read(limit: number): Promise<readonly Candidate[]> {
    const pageRows = ahead ? limit + setAside : sources.length === 1 ? limit : Math.max(minimumPageRows, Math.ceil(limit / sources.length));
    await Promise.all(sources.filter((source) => isBehind(source, readTo, compare)).map((source) => fill(source, pageRows)));
    const unread = sources.filter(({ ended }) => !ended);
    const frontiers = unread.flatMap(({ frontier }) => frontier ?? []);
    // A range of which no whole id was read yet may hold anything.
    if (frontiers.length < unread.length) return [];
    const horizon = frontiers.length === 0 ? undefined : frontiers.reduce((least, frontier) => (compare(frontier, least) < 0 ? frontier : least));
    const taken = take(sources, horizon, compare);
    readTo = horizon ?? taken.at(-1)?.place ?? readTo;
    passEnded();
    return taken;
  }

  return {
    async next(limit) {
      while (ready.length === 0 && stage < stages.length) {
        ready = await read(limit);
        // Where entries are passed over, each page is answered, so that whoever asks can look at the clock.
        if (keep !== undefined) break;
      }
      const some = ready.slice(0, limit);
      ready = ready.slice(limit);
      given = some.at(-1)?.place ?? given;
      return some;
    },
    seen: () => (ready.length > 0 ? given : readTo),
    ended: () => ready.length === 0 && stage >= stages.length,
  };
}

/** The walk with its first rows already read. */
export function continued(rows: readonly Candidate[], walk: IndexWalk): IndexWalk {
  let ahead = rows;
  let given: Place | undefined;
  return {
    async next(limit) {
      if (ahead.length === 0) return walk.next(limit);
      const some = ahead.slice(0, limit);
      ahead = ahead.slice(limit);
      given = some.at(-1)!.place;
      return some;
    },
    seen: () => (ahead.length > 0 ? given : walk.seen()),
    ended: () => ahead.length === 0 && walk.ended(),
  };
}

/** The sort key, without its class, behind which a range goes on: behind every entry of the last resource at that position. */
function resumption({ order, id }: Place, { mixed, descending }: { readonly mixed: boolean; readonly descending: boolean }): string {
  if (!mixed) return `${order}#${id}#${descending ? '' : afterAllKeys}`;
  // Another type's resource of the same id may stand there as well: that position is read again.
  return `${order}#${id.slice(0, id.lastIndexOf('#'))}#${descending ? afterAllKeys : ''}`;
}

function candidateOf(item: Item, { stage, classLength, mixed }: { stage: number; classLength: number; mixed: boolean }): Candidate {
  const target = entryTarget(item.sk);
  const versionId = item.attributes?.version as number | undefined;
  const id = mixed ? `${target.id}#${typeCode(target.type)}` : target.id;
  return { ...target, pk: item.pk, sk: item.sk, place: { stage, order: target.position.slice(classLength), id }, versionId };
}

/** The index orders the entries of one id by write id, a mixed walk by type: so ids are only taken whole. */
function wholeIds(rows: readonly Candidate[], ended: boolean, compare: Compare): { whole: readonly Candidate[]; held: readonly Candidate[] } {
  const last = rows.at(-1);
  const isLast = ({ id, position }: Candidate): boolean => id === last!.id && position === last!.position;
  const cut = ended || last === undefined ? rows.length : rows.findIndex(isLast);
  return { whole: rows.slice(0, cut).sort((one, other) => compare(one.place, other.place)), held: rows.slice(cut) };
}

/** Whether the next candidate may be one that the source has not read yet. */
function isBehind({ ended, buffered, frontier }: Source, readTo: Place | undefined, compare: Compare): boolean {
  if (ended || buffered.length > 0) return false;
  return frontier === undefined || readTo === undefined || compare(frontier, readTo) <= 0;
}

/** Takes what is certain to come next: everything up to the least frontier of the ranges that have more. */
function take(sources: readonly Source[], horizon: Place | undefined, compare: Compare): readonly Candidate[] {
  if (sources.length === 1) {
    const all = sources[0]!.buffered;
    sources[0]!.buffered = [];
    return all;
  }
  const taken: Candidate[] = [];
  for (const source of sources) {
    const beyond = horizon === undefined ? -1 : source.buffered.findIndex(({ place }) => compare(place, horizon) > 0);
    const certain = beyond === -1 ? source.buffered.length : beyond;
    taken.push(...source.buffered.slice(0, certain));
    source.buffered = source.buffered.slice(certain);
  }
  return taken.sort((one, other) => compare(one.place, other.place));
}
