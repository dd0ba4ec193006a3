/**
 * How many resources match (https://hl7.org/fhir/R4/search.html#total): an accurate total looks at every candidate as a
 * search does, an estimate counts entries of the index.
 */
import { tooCostly } from '../fhir/outcome.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { Range } from './index-walk.ts';
import { entryTarget } from './keys.ts';
import { matchesOf, maxWalks, type Steps, type WalkStart } from './search-matches.ts';
import type { Driver } from './search-plan.ts';
import type { StoreContext } from './store-context.ts';

/** The names of those counted are held, to count each once: some 40 MB. */
export const maxCounted = 500_000;

/** An estimate that takes longer is worth less than the page that waits for it. */
export const estimateTimeBudgetMs = 3000;

/** Entries read at a time to be counted: a page of a table has little more. */
const countedRows = 1000;
/** Ranges read side by side. */
const countedRanges = 8;

/**
 * The matches of a whole walk.
 *
 * @param deadline ms
 * @throws FhirError 403 when it is past before the walk has ended, or there are more than `maxCounted`
 */
export async function countAll(context: StoreContext, start: WalkStart, deadline: number): Promise<number> {
  for (let walks = 1; ; walks += 1) {
    const steps = matchesOf(context, { ...start, begun: walks === 1 ? start.begun : undefined });
    const counted = await countRest(context, { steps, counted: 0 }, deadline);
    if (!steps.passedOver() || walks >= maxWalks) return counted;
  }
}

/** A walk that was left before its end, and what it had counted. */
export interface Counting {
  readonly steps: Steps;
  readonly counted: number;
}

/** Counts on from where the walk was left. @throws as `countAll` */
export async function countRest({ clock }: StoreContext, { steps, counted }: Counting, deadline: number): Promise<number> {
  let count = counted;
  for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
    if ('match' in step) count += 1;
    else if (clock.now() >= deadline) throw uncounted();
    if (count > maxCounted) throw uncounted();
  }
  return count;
}

function uncounted(): Error {
  return tooCostly(
    'There are too many candidates to count in the time that a request has. Narrow the search, ask for _total=estimate, or leave the total out.',
  );
}

/** Entries that the driver's walk would meet; `undefined` when they are too many to count in a moment. */
export async function estimate(context: StoreContext, { ids, walk }: Driver): Promise<number | undefined> {
  if (ids !== undefined) return ids.length;
  const deadline = context.clock.now() + estimateTimeBudgetMs;
  const isLate = (): boolean => context.clock.now() >= deadline;
  const ranges = walk.stages.flat();
  let count = 0;
  for (let from = 0; from < ranges.length; from += countedRanges) {
    const counts = await Promise.all(ranges.slice(from, from + countedRanges).map((range) =>
      countEntries(context.index, { range, keep: walk.keep ?? (() => true), isLate })));
    if (isLate()) return undefined;
    count += counts.reduce((sum, each) => sum + each, 0);
  }
  return count;
}

interface CountedRange {
  readonly range: Range;
  readonly keep: (position: string) => boolean;
  readonly isLate: () => boolean;
}

async function countEntries(index: OrderedTable, { range: { pk, dateClass, from, to }, keep, isLate }: CountedRange): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await index.query({ pk, from: dateClass + from, to: dateClass + to, limit: countedRows, after, strong: false });
    count += page.items.filter(({ sk }) => keep(entryTarget(sk).position)).length;
    after = page.next;
  } while (after !== undefined && !isLate());
  return count;
}
