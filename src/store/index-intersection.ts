/**
 * Two large sets of resources, each in the order of the clinical date, intersected by id before any resource is read.
 *
 * All entries of a version in such partitions stand at one position. So what the one walk meets between two positions
 * can only be in the other set between the same two, and paging by places stays as it is.
 */
import { searchParameter } from '../fhir/search/parameters.ts';
import type { OrderedTable, QueryPage } from '../ports/ordered-table.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import { typeOfPartition } from './entry-partitions.ts';
import type { Candidate } from './index-walk.ts';
import { entryTarget } from './keys.ts';
import { afterAllKeys } from './order-preserving.ts';
import type { Driver } from './search-plan.ts';

/**
 * Entries of the other set that are read for each candidate: forty fit in the unit that reading its resource costs, and
 * a set so much denser rules out too few.
 */
const entriesPerCandidate = 8;
/** Beyond so many ranges of the other set, each of which costs a unit at least, reading the resources is cheaper. */
const maxRanges = 8;
/** Sets that are intersected with the driver's; the next ones would rule out what little is left. */
const maxOthers = 3;
/** A set that holds more than this share of the candidates is not asked again. */
const uselessShare = 0.9;

/** Rules out candidates that cannot match; none, once finding out costs more than it saves. */
export type Intersection = (candidates: readonly Candidate[]) => Promise<readonly Candidate[]>;

/** @returns `undefined` where there is no other set in the same order */
export function intersectionWith(index: OrderedTable, driver: Driver, possible: readonly Driver[]): Intersection | undefined {
  const isOther = (one: Driver): boolean => one.family !== driver.family && isInClinicalOrder(one) && one.ranges <= maxRanges;
  let others = isInClinicalOrder(driver) ? possible.filter(isOther).slice(0, maxOthers) : [];
  if (others.length === 0) return undefined;
  return async (candidates) => {
    let left = candidates;
    for (const other of others) {
      const ids = left.length === 0 ? undefined : await idsIn(index, other, left);
      const common = ids === undefined ? left : left.filter(({ id }) => ids.has(id));
      if (left.length > 0 && common.length > left.length * uselessShare) others = others.filter((one) => one !== other);
      left = common;
    }
    return left;
  };
}

/** The ids of the other set where the candidates stand; `undefined` where it is too dense. */
async function idsIn(index: OrderedTable, { walk }: Driver, candidates: readonly Candidate[]): Promise<ReadonlySet<string> | undefined> {
  const limit = candidates.length * entriesPerCandidate;
  const reads = spans(candidates).flatMap(({ first, last }) => walk.stages.flat().map(async ({ pk, dateClass, from, to }): Promise<QueryPage> => {
    const lower = greater(dateClass + from, first);
    const upper = lesser(dateClass + to, last + afterAllKeys);
    return compareUtf8(lower, upper) < 0 ? index.query({ pk, from: lower, to: upper, limit, strong: true }) : { items: [] };
  }));
  const pages = await Promise.all(reads);
  if (pages.some(({ next }) => next !== undefined)) return undefined;
  return new Set(pages.flatMap(({ items }) => items.map(({ sk }) => entryTarget(sk).id)));
}

/** Whether all entries of the driver's families stand at the clinical date. Patient and code together is a subset of what either has. */
function isInClinicalOrder({ kind, families, walk, ids }: Driver): boolean {
  if (ids !== undefined || kind === 'patient-code' || walk.keep !== undefined) return false;
  return families.every(({ type, parameter, custom }) => {
    const kindOf = (custom ?? searchParameter(typeOfPartition(type), parameter))?.type;
    return kindOf === 'token' || kindOf === 'reference';
  });
}

interface Span {
  readonly first: string;
  readonly last: string;
}

/** From the first to the last position of the candidates of each date class. */
function spans(candidates: readonly Candidate[]): readonly Span[] {
  const byClass = new Map<string, Span>();
  for (const { position } of candidates) {
    const known = byClass.get(position[0]!) ?? { first: position, last: position };
    byClass.set(position[0]!, { first: lesser(known.first, position), last: greater(known.last, position) });
  }
  return [...byClass.values()];
}

function lesser(one: string, other: string): string {
  return compareUtf8(one, other) <= 0 ? one : other;
}

function greater(one: string, other: string): string {
  return compareUtf8(one, other) >= 0 ? one : other;
}
