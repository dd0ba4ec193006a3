/**
 * Search: candidates from the index in the order of a walk, matches by acceptance, pages by count, size and time.
 *
 * A page may be short, nothing else may be: what is missing follows behind the `next` link.
 */
import { extractParameter } from '../fhir/search/extract.ts';
import type { SearchQuery } from '../fhir/search/values.ts';
import { acceptance, type Match, type SearchRequest } from './candidate-acceptance.ts';
import { openCursor, sealCursor } from './cursor.ts';
import type { SearchPage, Sealer } from './data-store.ts';
import { dateHull } from './entries.ts';
import { comparePlaces, continued, walkIndex, type Candidate, type IndexWalk, type Place } from './index-walk.ts';
import { instantKey } from './order-preserving.ts';
import { drivers, sortedDriver, type Driver } from './search-plan.ts';
import { maxSearchPageBytes, searchTimeBudgetMs, type StoreContext } from './store-context.ts';

/** To sort what the index does not keep in that order, so many matches are gathered; beyond it the sorted walk is read. */
export const maxGathered = 2000;
/** A driver that ends within so many entries is selective enough to need no comparison. */
const probeRows = 100;
/** Candidates hydrated at a time. */
const maxBatch = 500;
/** In a cursor: the walk over the whole type in the order of the sort key. */
const sortedWalk = -1;

/** @throws FhirError 400 for a cursor that is not of this query. */
export async function search(
  parts: { readonly context: StoreContext; readonly sealer: Sealer },
  query: SearchQuery,
  sealed?: string,
): Promise<SearchPage> {
  const { context } = parts;
  const cursor = sealed === undefined ? undefined : openCursor(parts.sealer, paged(query), sealed);
  const instant = cursor?.instant ?? context.clock.now();
  const possible = drivers(query, context.rules, instant);
  const { chosen, begun } = cursor === undefined ? await chooseDriver(context, possible) : { chosen: cursor.driver };
  const wholeType = (): SearchRequest => ({ query, instant, driver: sortedDriver(query, context.rules, instant) });
  const page = (request: SearchRequest, number: number, after?: Place): Promise<SearchPage> =>
    walkedPage(context, { request, after, begun: number === chosen ? begun : undefined, cut: (place) => sealCursor(parts.sealer, paged(query), { instant, place, driver: number }) });

  if (chosen === sortedWalk) return page(wholeType(), sortedWalk, cursor?.place);
  const request = { query, instant, driver: possible[chosen]! };
  if (request.driver.sorted) return page(request, chosen, cursor?.place);
  const gathered = await gather(context, request, begun);
  if (gathered === undefined) return page(wholeType(), sortedWalk, cursor?.place);
  const cut = (place: Place): string => sealCursor(parts.sealer, paged(query), { instant, place, driver: chosen });
  return gatheredPage(query, gathered, { after: cursor?.place, cut });
}

/** What a cursor belongs to. */
function paged({ type, applied }: SearchQuery): unknown {
  return [type, applied];
}

interface Choice {
  /** Its place among the possible drivers. */
  readonly chosen: number;
  /** Its walk, with the rows that probing has read. */
  readonly begun?: IndexWalk;
}

/** The driver that ends within its first page; else the presumably most selective. */
async function chooseDriver({ index }: StoreContext, possible: readonly Driver[]): Promise<Choice> {
  const indexed = possible.filter(({ kind }) => kind !== 'type');
  if (indexed.length < 2 || indexed[0]!.kind === 'ids' || indexed[0]!.kind === 'patient-code') return { chosen: 0 };
  const probes = await Promise.all(indexed.map(async (driver) => {
    const walk = walkIndex(index, driver.walk);
    const rows = await firstRows(walk);
    return { begun: continued(rows, walk), size: rows.length < probeRows ? rows.length : Infinity };
  }));
  const smallest = Math.min(...probes.map(({ size }) => size));
  const chosen = smallest === Infinity ? 0 : probes.findIndex(({ size }) => size === smallest);
  return { chosen, begun: probes[chosen]!.begun };
}

/** At least `probeRows`, unless the walk ends before. */
async function firstRows(walk: IndexWalk): Promise<readonly Candidate[]> {
  const rows: Candidate[] = [];
  while (rows.length < probeRows) {
    const more = await walk.next(probeRows - rows.length);
    if (more.length === 0) return rows;
    rows.push(...more);
  }
  return rows;
}

interface Continuation {
  readonly after: Place | undefined;
  /** Seals the place behind which the next page begins. */
  readonly cut: (place: Place) => string;
}

/** How often a walk is repeated because versions were committed behind its back; more would mean a flood of writes. */
const maxWalks = 5;

/** Matches in the walk's order until the page is full, the budget spent or the walk at its end. */
async function walkedPage(context: StoreContext, parts: Continuation & WalkStart): Promise<SearchPage> {
  const deadline = context.clock.now() + searchTimeBudgetMs;
  for (let walks = 1; ; walks += 1) {
    const begun = walks === 1 ? parts.begun : undefined;
    const { matches, end, passedOver } = await walkPage(context, { ...parts, begun }, deadline);
    if (passedOver && walks < maxWalks && context.clock.now() < deadline) continue;
    return { matches: matches.map(({ version }) => version), ...(end === undefined ? {} : { next: parts.cut(end) }) };
  }
}

interface WalkStart {
  readonly request: SearchRequest;
  readonly after: Place | undefined;
  /** The walk, where it has begun already. */
  readonly begun?: IndexWalk;
}

interface WalkedPage {
  readonly matches: readonly Match[];
  /** Behind which the next page begins; absent when the walk has ended. */
  readonly end?: Place;
  readonly passedOver: boolean;
}

async function walkPage(context: StoreContext, { request, after, begun }: WalkStart, deadline: number): Promise<WalkedPage> {
  const { count } = request.query;
  const walk = begun ?? openWalk(context, request, after);
  const { accept, passedOver } = acceptance(context, request, after);
  const matches: Match[] = [];
  const ending = (end?: Place): WalkedPage => ({ matches, ...(end === undefined ? {} : { end }), passedOver: passedOver(end) });
  let bytes = 0;
  let batch = 0;
  let seen: Place;
  do {
    // One more than asked for tells whether there is a next page. Where few candidates match, batches grow.
    batch = Math.min(maxBatch, Math.max(count + 1 - matches.length, batch * 2));
    const candidates = await walk.next(batch);
    if (candidates.length === 0) return ending();
    for (const found of await accept(candidates)) {
      const last = matches.at(-1);
      bytes += found.version.json.length;
      if (last !== undefined && (matches.length === count || bytes > maxSearchPageBytes)) return ending(last.place);
      matches.push(found);
    }
    seen = candidates.at(-1)!.place;
  } while (context.clock.now() < deadline);
  return ending(seen);
}

/** All matches in the order of the sort key; `undefined` when there are too many to hold. */
async function gather(context: StoreContext, request: SearchRequest, begun?: IndexWalk): Promise<readonly Match[] | undefined> {
  const { sort } = request.query;
  const deadline = context.clock.now() + searchTimeBudgetMs;
  for (let walks = 1; ; walks += 1) {
    const found = await gatherOnce(context, { request, after: undefined, begun: walks === 1 ? begun : undefined }, deadline);
    if (found === undefined) return undefined;
    if (found.passedOver && walks < maxWalks) continue;
    return found.matches.sort((one, other) => comparePlaces(one.place, other.place, sort[0]!.descending));
  }
}

async function gatherOnce(
  context: StoreContext, { request, after, begun }: WalkStart, deadline: number,
): Promise<{ readonly matches: Match[]; readonly passedOver: boolean } | undefined> {
  const walk = begun ?? openWalk(context, request, after);
  const { accept, passedOver } = acceptance(context, request, after);
  const matches: Match[] = [];
  do {
    const candidates = await walk.next(maxBatch);
    if (candidates.length === 0) return { matches, passedOver: passedOver(undefined) };
    for (const found of await accept(candidates)) matches.push({ ...found, place: sortPlace(request.query, found) });
  } while (matches.length <= maxGathered && context.clock.now() < deadline);
  return undefined;
}

/** Where the sort key puts a match, as in the sorted walk; those without the value follow the others. */
function sortPlace({ sort }: SearchQuery, { resource, version: { id, lastUpdated } }: Match): Place {
  const { parameter } = sort[0]!;
  if (parameter.code === '_lastUpdated') return { stage: 0, order: instantKey(lastUpdated), id };
  const hull = dateHull(extractParameter(resource, parameter));
  return hull === undefined ? { stage: 1, order: instantKey(lastUpdated), id } : { stage: 0, order: instantKey(hull.low), id };
}

function gatheredPage({ count, sort }: SearchQuery, sorted: readonly Match[], { after, cut }: Continuation): SearchPage {
  const rest = after === undefined ? sorted : sorted.filter(({ place }) => comparePlaces(place, after, sort[0]!.descending) > 0);
  const page: Match[] = [];
  let bytes = 0;
  for (const found of rest) {
    bytes += found.version.json.length;
    if (page.length === count || (bytes > maxSearchPageBytes && page.length > 0)) {
      return { matches: page.map(({ version }) => version), next: cut(page.at(-1)!.place) };
    }
    page.push(found);
  }
  return { matches: page.map(({ version }) => version) };
}

function openWalk({ index }: StoreContext, { driver, query }: SearchRequest, after: Place | undefined): IndexWalk {
  return driver.ids === undefined ? walkIndex(index, driver.walk, after) : walkIds(query.type, driver.ids, after);
}

function walkIds(type: string, ids: readonly string[], after: Place | undefined): IndexWalk {
  let rest = after === undefined ? ids : ids.filter((id) => id > after.id);
  return {
    next(limit) {
      const some = rest.slice(0, limit);
      rest = rest.slice(limit);
      return Promise.resolve(some.map((id) => ({ type, id, position: '', writeId: '', pk: '', sk: '', place: { stage: 0, order: '', id } })));
    },
  };
}
