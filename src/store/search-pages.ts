/**
 * Pages of matches: in the order of a walk, or in one that the index does not keep, for which all matches are looked
 * at and those of the page are held. Pages end by count, size and time.
 */
import type { Match } from './candidate-acceptance.ts';
import type { SearchMatch } from './data-store.ts';
import type { Place } from './index-walk.ts';
import { matchesOf, maxBatch, maxWalks, type WalkStart } from './search-matches.ts';
import type { Counting } from './search-totals.ts';
import { maxSearchPageBytes, searchTimeBudgetMs, type StoreContext } from './store-context.ts';

export interface Page<Key> {
  readonly matches: readonly SearchMatch[];
  /** Behind which the next page begins; absent on the last. */
  readonly end?: Key;
}

export interface WalkedPage extends Page<Place> {
  /** The walk that has not ended. */
  readonly rest: Counting;
}

/** Every walk begins behind it. */
const beforeAll: Place = { stage: -1, order: '', id: '' };

/** Matches in the walk's order until the page is full, the budget spent or the walk at its end. */
export async function walkedPage(context: StoreContext, start: WalkStart): Promise<WalkedPage> {
  const deadline = context.clock.now() + searchTimeBudgetMs;
  for (let walks = 1; ; walks += 1) {
    const page = await walkPage(context, { ...start, begun: walks === 1 ? start.begun : undefined }, deadline);
    const isMissing = page.rest.steps.passedOver(page.end);
    if (!isMissing || walks >= maxWalks) return page;
    // No time is left to walk again: the next page begins where this one did.
    if (context.clock.now() >= deadline) return { matches: [], end: start.after ?? beforeAll, rest: page.rest };
  }
}

async function walkPage(context: StoreContext, start: WalkStart, deadline: number): Promise<WalkedPage> {
  const { count } = start.request.query;
  // One more than asked for tells whether there is a next page.
  const steps = matchesOf(context, start, count + 1);
  const matches: Match[] = [];
  const ending = (counted: number, end?: Place): WalkedPage => ({ matches: versionsOf(matches), rest: { steps, counted }, ...(end && { end }) });
  let bytes = 0;
  for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
    if ('seen' in step) {
      if (step.seen !== undefined && context.clock.now() >= deadline) return ending(matches.length, step.seen);
      continue;
    }
    const last = matches.at(-1);
    bytes += step.match.version.json.length;
    if (last !== undefined && (matches.length === count || bytes > maxSearchPageBytes)) return ending(matches.length + 1, last.place);
    matches.push(step.match);
  }
  return ending(matches.length);
}

/** An order that the index does not keep. */
export interface Ordering<Key> {
  keyOf(match: Match): Key;
  compare(one: Key, other: Key): number;
  /** Where the page before ended. */
  readonly after?: Key;
  /** Matches that are looked at. */
  readonly most: number;
  readonly deadline: number;
}

export interface GatheredPage<Key> extends Page<Key> {
  /** Of all pages. */
  readonly total: number;
}

/** Of all matches those of one page, in order; `undefined` when there are too many to look at, or no time is left. */
export async function gatheredPage<Key>(context: StoreContext, start: WalkStart, ordering: Ordering<Key>): Promise<GatheredPage<Key> | undefined> {
  for (let walks = 1; ; walks += 1) {
    const steps = matchesOf(context, { ...start, after: undefined, begun: walks === 1 ? start.begun : undefined }, maxBatch);
    const page = firstInOrder(start.request.query.count, ordering);
    let total = 0;
    for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
      if ('match' in step) {
        page.add(step.match);
        total += 1;
      }
      if (total > ordering.most || ('seen' in step && context.clock.now() >= ordering.deadline)) return undefined;
    }
    if (!steps.passedOver() || walks >= maxWalks) return { ...page.close(), total };
  }
}

interface Keyed<Key> {
  readonly key: Key;
  readonly match: Match;
}

/** Holds no more than the page needs: the first matches behind the page before, and one more. */
function firstInOrder<Key>(count: number, { keyOf, compare, after }: Ordering<Key>) {
  let held: Keyed<Key>[] = [];
  let bytes = 0;

  /** Lets go of what lies behind the first that is not on the page. @returns whether there is one */
  function trim(): boolean {
    held.sort((one, other) => compare(one.key, other.key));
    const beyond = firstBeyond(held, count);
    if (beyond !== undefined) held = held.slice(0, beyond + 1);
    bytes = held.reduce((sum, { match }) => sum + match.version.json.length, 0);
    return beyond !== undefined;
  }

  return {
    add(match: Match): void {
      const key = keyOf(match);
      if (after !== undefined && compare(key, after) <= 0) return;
      held.push({ key, match });
      bytes += match.version.json.length;
      if (held.length > 2 * (count + 1) || bytes > 2 * maxSearchPageBytes) trim();
    },
    close(): Page<Key> {
      const page = trim() ? held.slice(0, -1) : held;
      const end = page.length < held.length ? page.at(-1)!.key : undefined;
      return { matches: versionsOf(page.map(({ match }) => match)), ...(end === undefined ? {} : { end }) };
    },
  };
}

/** Which of the matches is the first that does not fit on the page. */
function firstBeyond(held: readonly Keyed<unknown>[], count: number): number | undefined {
  let bytes = 0;
  for (const [position, { match }] of held.entries()) {
    bytes += match.version.json.length;
    if (position === count || (position > 0 && bytes > maxSearchPageBytes)) return position;
  }
  return undefined;
}

function versionsOf(matches: readonly Match[]): readonly SearchMatch[] {
  return matches.map(({ version }) => version);
}
