/**
 * Search (https://hl7.org/fhir/R4/search.html): candidates from the index in the order of a walk, matches by acceptance,
 * in the walk's order or gathered and sorted, with their total where it is asked for.
 *
 * A page may be short, nothing else may be: what is missing follows behind the `next` link.
 */
import { tooCostly } from '../fhir/outcome.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import { foreignCursor, openCursor, sealCursor, type Cursor, type SortPlace } from './cursor.ts';
import type { SearchExplanation, SearchMatch, SearchPage, Sealer } from './data-store.ts';
import { intersectionWith } from './index-intersection.ts';
import type { Place } from './index-walk.ts';
import { planJoins } from './joined-plan.ts';
import { meteredReads } from './read-meter.ts';
import { chooseDriver } from './search-driver-choice.ts';
import { maxBatch, type WalkStart } from './search-matches.ts';
import { byDate, byValues, isByDate } from './search-order.ts';
import { gatheredPage, walkedPage } from './search-pages.ts';
import { drivers, sortedDriver, type Driver } from './search-plan.ts';
import { countAll, countRest, estimate, type Counting } from './search-totals.ts';
import { searchTimeBudgetMs, wholeTimeBudgetMs, type StoreContext } from './store-context.ts';

/**
 * Matches that are looked at for one page in an order that the index does not keep: each costs a read, on every page
 * anew, and a function on AWS reads about this many in the time it has.
 */
export const maxGathered = 50_000;
/** With more matches than this a date's order is that of the whole type's index, which is read and filtered. */
export const maxGatheredByDate = 2000;
/** In a cursor: the walk over the whole type in the order of the sort key. */
const sortedWalk = -1;

/**
 * @param query resolved: without value sets, lists and hierarchies
 * @throws FhirError 400 for a cursor that is not of this query; 403 for a total or an order that takes too long
 */
export async function search(
  parts: { readonly context: StoreContext; readonly sealer: Sealer },
  query: SearchQuery,
  sealed?: string,
): Promise<SearchPage> {
  const { context, sealer } = parts;
  const cursor = sealed === undefined ? undefined : openCursor<Place | SortPlace>(sealer, paged(query), sealed);
  const instant = cursor?.instant ?? context.clock.now();
  const meters = query.explain ? { index: meteredReads(context.index), resources: meteredReads(context.resources) } : undefined;
  const metered = meters === undefined ? context : { ...context, index: meters.index.table, resources: meters.resources.table };
  const { matches, end, total, driver, joins, ...how } = await answer({ context: metered, query, cursor, instant });
  return {
    matches,
    ...(end === undefined ? {} : { next: sealCursor(sealer, paged(query), { instant, place: end, driver, joins, ...(total === undefined ? {} : { total }) }) }),
    ...(total === undefined ? {} : { total }),
    ...(meters === undefined ? {} : { explanation: explanationOf({ ...how, matches: matches.length }, meters.index.cost, meters.resources.cost) }),
  };
}

/**
 * What a cursor belongs to. Code sets may change between pages: then resources move, as when they change themselves. A
 * parameter of the store's own that is defined otherwise meanwhile makes it another query.
 */
function paged({ type, applied, conditions, clauses, sort }: SearchQuery): unknown {
  const families = [...clauses, ...sort].flatMap(({ parameter: { custom } }) => custom?.family ?? []);
  const print = [type, applied, JSON.stringify(conditions, (name, value: unknown) => (name === 'codes' ? undefined : value))];
  return families.length === 0 ? print : [...print, families];
}

interface Asked {
  readonly context: StoreContext;
  readonly query: SearchQuery;
  readonly cursor: Cursor<Place | SortPlace> | undefined;
  readonly instant: number;
}

interface Answer {
  readonly matches: readonly SearchMatch[];
  readonly end?: Place | SortPlace;
  readonly total?: number;
  /** The number of the driver whose walk goes on. */
  readonly driver: number;
  /** Those that the drivers build on. */
  readonly joins: readonly number[];
  /** The one that answered first. */
  readonly drivers: readonly Driver[];
  readonly order: SearchExplanation['order'];
}

async function answer(asked: Asked): Promise<Answer> {
  const { context, query, cursor, instant } = asked;
  const dated = isByDate(query);
  // A walk in no order needs fewer ranges.
  const { planned, joins, matching, choice } = await planJoins(context, dated ? query : { ...query, sort: [] }, {
    instant, ...(cursor && { joins: cursor.joins ?? [] }),
  });
  const possible = drivers(planned, context.rules, instant);
  const { chosen, begun } = cursor === undefined ? choice ?? (await chooseDriver(context.index, possible, { first: firstBatch(query) })) : { chosen: cursor.driver };
  const whole = dated ? sortedDriver(planned, context.rules, instant) : undefined;
  const driver = chosen === sortedWalk ? whole : possible[chosen];
  if (driver === undefined) throw foreignCursor();
  const how = { joins, driver: chosen, drivers: [driver, ...possible.filter((one) => one !== driver)] };
  const deadline = context.clock.now() + wholeTimeBudgetMs;
  const start: WalkStart = { request: { query, instant, driver, ...(matching && { joined: matching }) }, begun, intersection: intersectionWith(context.index, driver, possible) };
  if (query.count === 0) return { ...how, matches: [], total: await totalAlone(context, start, deadline), order: 'walk' };
  const after = cursor?.place as Place | undefined;
  if (query.sort.length === 0 || (whole !== undefined && (driver.sorted || chosen === sortedWalk))) {
    return { ...how, ...(await pageByWalk(asked, { ...start, after }, { deadline })) };
  }
  if (whole === undefined) return { ...how, ...(await pageByValues(asked, start, deadline)) };
  const gathered = await gatheredPage(context, start, byDate(query, { after, most: maxGatheredByDate, deadline: context.clock.now() + searchTimeBudgetMs }));
  if (gathered !== undefined) return { ...how, ...gathered, total: reported(query, gathered.total), order: 'gathered' };
  const page = await pageByWalk(asked, { request: { ...start.request, driver: whole }, after }, { deadline, counted: start });
  return { ...page, joins, driver: sortedWalk, drivers: [whole, ...possible] };
}

/** Candidates that a walk is asked for first. */
function firstBatch({ count, sort }: SearchQuery): number {
  return count === 0 || sort.length > 0 ? maxBatch : Math.min(maxBatch, count + 1);
}

async function totalAlone(context: StoreContext, start: WalkStart, deadline: number): Promise<number> {
  const { query: { total }, driver } = start.request;
  const estimated = total === 'estimate' ? await estimate(context, driver) : undefined;
  return estimated ?? countAll(context, start, deadline);
}

type PageOfAnswer = Pick<Answer, 'matches' | 'end' | 'total' | 'order'>;

async function pageByValues({ context, query, cursor, instant }: Asked, start: WalkStart, deadline: number): Promise<PageOfAnswer> {
  const ordering = byValues(query, { now: instant, after: cursor?.place as SortPlace | undefined, most: maxGathered, deadline });
  const page = await gatheredPage(context, start, ordering);
  if (page === undefined) {
    throw tooCostly(
      `Too many resources match to be sorted so: at most ${maxGathered}, in the time that a request has. ` +
        'Narrow the search, or sort by one parameter of the kind date.',
    );
  }
  return { ...page, total: cursor?.total ?? reported(query, page.total), order: 'gathered' };
}

/** @param bounds the walk by which a total is counted, where it is not the page's own */
async function pageByWalk(
  { context, query, cursor }: Asked, start: WalkStart, bounds: { readonly deadline: number; readonly counted?: WalkStart },
): Promise<PageOfAnswer> {
  const { rest, ...page } = await walkedPage(context, start);
  if (cursor !== undefined || query.total === 'none') return { ...page, total: cursor?.total, order: 'walk' };
  const total = page.end === undefined ? page.matches.length : await totalBeyond(context, { rest, start, ...bounds });
  // Entries may be fewer than the matches that were just found: they are counted by weaker reads.
  return { ...page, total: total === undefined ? undefined : Math.max(total, page.matches.length), order: 'walk' };
}

interface Beyond {
  readonly rest: Counting;
  readonly start: WalkStart;
  readonly counted?: WalkStart;
  readonly deadline: number;
}

/** The total of a search whose first page is not its last. */
async function totalBeyond(context: StoreContext, { rest, start, counted, deadline }: Beyond): Promise<number | undefined> {
  const { query: { total }, driver } = (counted ?? start).request;
  if (total === 'estimate') return estimate(context, driver);
  if (counted !== undefined) return countAll(context, counted, deadline);
  const count = await countRest(context, rest, deadline);
  return rest.steps.passedOver() ? countAll(context, { ...start, begun: undefined }, deadline) : count;
}

function reported({ total }: SearchQuery, counted: number): number | undefined {
  return total === 'none' ? undefined : counted;
}

function explanationOf(
  { drivers: possible, order, matches }: Pick<Answer, 'drivers' | 'order'> & { readonly matches: number },
  index: { readonly units: number; readonly items: number },
  resources: { readonly units: number; readonly items: number },
): SearchExplanation {
  return {
    drivers: possible.map(({ kind, family, ranges }) => ({ kind, family, ranges })),
    order,
    candidates: index.items,
    hydrations: resources.items,
    matches,
    readUnits: index.units + resources.units,
  };
}
