/**
 * Search: candidates from the index, hydrated by strong reads, accepted where the current version matches.
 *
 * A candidate is accepted where the current version's first entry of the walk stands, so a resource with several
 * satisfying values comes once, without memory between pages. Write ids are not compared: a resource that was updated
 * in mid-search is not lost.
 */
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import { extractParameter } from '../fhir/search/extract.ts';
import { match } from '../fhir/search/match.ts';
import type { SearchQuery } from '../fhir/search/values.ts';
import { openCursor, sealCursor } from './cursor.ts';
import type { SearchPage, Sealer, ResourceVersion } from './data-store.ts';
import { dateHull, searchEntries } from './entries.ts';
import { comparePlaces, walkIndex, type Candidate, type IndexWalk, type Place, type Walk } from './index-walk.ts';
import { isDeleted } from './next-version.ts';
import { instantKey } from './order-preserving.ts';
import { drivers, sortedDriver, type Driver } from './search-plan.ts';
import type { StoreContext } from './store-context.ts';
import { versionJson, type StoredVersion } from './version-item.ts';
import { versionReader, type VersionReader } from './version-reader.ts';

/** After this a search answers with what it has and a link to go on: a page may be short, nothing else may be. */
export const searchTimeBudgetMs = 10_000;
/** A page closes at this size: API Gateway and Lambda carry 6 MB, headroom for the Bundle around it. */
export const maxPageBytes = 4 * 1024 * 1024;
/** A driver that ends within so many entries is selective enough to need no comparison. */
const probeRows = 100;
/** Candidates hydrated at a time. */
const maxBatch = 500;
/** To sort what the index does not keep in that order, so many matches are gathered; beyond it the sorted walk is read. */
export const maxGathered = 2000;

interface Match {
  readonly place: Place;
  readonly version: ResourceVersion & { readonly json: string };
}

/** The walk over the whole type in the order of the sort key. */
const sortedWalk = -1;

export async function search(context: StoreContext, sealer: Sealer, query: SearchQuery, sealed?: string): Promise<SearchPage> {
  const cursor = sealed === undefined ? undefined : openCursor(sealer, query.applied, sealed);
  const instant = cursor?.instant ?? context.clock.now();
  const request = new Request(context, query, instant);
  const possible = drivers(query, context.rules, instant);
  const number = cursor?.driver ?? (await chooseDriver(context, possible));
  const driver = number === sortedWalk ? sortedDriver(query, context.rules, instant) : possible[number]!;
  if (driver.sorted) return request.page(driver, number, sealer, cursor?.place);
  const gathered = await request.gather(driver);
  if (gathered !== undefined) return request.pageOf(gathered, number, sealer, cursor?.place);
  return request.page(sortedDriver(query, context.rules, instant), sortedWalk, sealer, undefined);
}

/** The driver that ends within its first page; else the presumably most selective. */
async function chooseDriver({ index }: StoreContext, possible: readonly Driver[]): Promise<number> {
  const indexed = possible.filter(({ kind }) => kind !== 'type');
  if (indexed.length < 2 || indexed[0]!.kind === 'ids' || indexed[0]!.kind === 'patient-code') return 0;
  const sizes = await Promise.all(indexed.map(async ({ walk }) => {
    const rows = await walkIndex(index, walk).next(probeRows);
    return rows.length < probeRows ? rows.length : Infinity;
  }));
  const smallest = Math.min(...sizes);
  return smallest === Infinity ? 0 : sizes.indexOf(smallest);
}

class Request {
  readonly #context: StoreContext;
  readonly #query: SearchQuery;
  readonly #instant: number;
  readonly #reader: VersionReader;
  readonly #deadline: number;
  readonly #answered = new Set<string>();

  constructor(context: StoreContext, query: SearchQuery, instant: number) {
    this.#context = context;
    this.#query = query;
    this.#instant = instant;
    this.#reader = versionReader(context.resources);
    this.#deadline = context.clock.now() + searchTimeBudgetMs;
  }

  /** Matches in the walk's order until the page is full, the budget spent or the walk at its end. */
  async page(driver: Driver, number: number, sealer: Sealer, after: Place | undefined): Promise<SearchPage> {
    const { count } = this.#query;
    const walk = this.#open(driver, after);
    const matches: Match[] = [];
    let seen: Place;
    let bytes = 0;
    do {
      const candidates = await walk.next(Math.min(maxBatch, count + 1 - matches.length));
      if (candidates.length === 0) return { matches: matches.map(({ version }) => version) };
      for (const found of await this.#accept(driver, candidates)) {
        const last = matches.at(-1);
        bytes += found.version.json.length;
        if (last !== undefined && (matches.length === count || bytes > maxPageBytes)) return this.#cut(matches, last.place, number, sealer);
        matches.push(found);
      }
      seen = candidates.at(-1)!.place;
    } while (this.#context.clock.now() < this.#deadline);
    return this.#cut(matches, seen, number, sealer);
  }

  /** All matches, sorted by the query's key; `undefined` when there are too many. */
  async gather(driver: Driver): Promise<readonly Match[] | undefined> {
    const walk = this.#open(driver, undefined);
    const all: Match[] = [];
    while (this.#context.clock.now() < this.#deadline) {
      const candidates = await walk.next(maxBatch);
      if (candidates.length === 0) return all.sort((one, other) => comparePlaces(one.place, other.place, this.#query.sort[0]!.descending));
      for (const found of await this.#accept(driver, candidates)) all.push({ ...found, place: this.#sortPlace(found.version) });
      if (all.length > maxGathered) return undefined;
    }
    return undefined;
  }

  pageOf(sorted: readonly Match[], number: number, sealer: Sealer, after: Place | undefined): SearchPage {
    const { count, sort } = this.#query;
    const rest = after === undefined ? sorted : sorted.filter(({ place }) => comparePlaces(place, after, sort[0]!.descending) > 0);
    let bytes = 0;
    const fits = rest.slice(0, count).filter(({ version }, position) => (bytes += version.json.length) <= maxPageBytes || position === 0);
    if (fits.length === rest.length) return { matches: fits.map(({ version }) => version) };
    return this.#cut(fits, fits.at(-1)!.place, number, sealer);
  }

  #cut(matches: readonly Match[], place: Place, driver: number, sealer: Sealer): SearchPage {
    const next = sealCursor(sealer, this.#query.applied, { instant: this.#instant, place, driver });
    return { matches: matches.map(({ version }) => version), next };
  }

  #open(driver: Driver, after: Place | undefined): IndexWalk {
    return driver.ids === undefined ? walkIndex(this.#context.index, driver.walk, after) : walkIds(this.#query.type, driver.ids, after);
  }

  async #accept(driver: Driver, candidates: readonly Candidate[]): Promise<readonly Match[]> {
    const unique = [...new Map(candidates.map(({ type, id }) => [id, { type, id }])).values()];
    const views = await this.#reader.views(unique);
    const versions = new Map(unique.map(({ id }, position) => [id, views[position]?.version]));
    const hydrated = new Map<string, Promise<Hydrated | undefined>>();
    const matches: Match[] = [];
    for (const candidate of candidates) {
      const { id, type } = candidate;
      const version = versions.get(id);
      if (driver.ids === undefined && version?.writeId !== candidate.writeId) this.#context.reportStale(candidate);
      if (version === undefined || version.type !== type || isDeleted(version) || this.#answered.has(id)) continue;
      const known = hydrated.get(id) ?? this.#hydrate(version);
      hydrated.set(id, known);
      const found = await known;
      if (found === undefined || !this.#standsHere(driver, candidate, version, found.resource)) continue;
      this.#answered.add(id);
      matches.push({ place: candidate.place, version: found.version });
    }
    return matches;
  }

  /** The version with its content, if it matches. */
  async #hydrate(version: StoredVersion): Promise<Hydrated | undefined> {
    const json = (await versionJson(this.#context.objects, version))!;
    const resource = parseJson(json) as Resource;
    const { type, id, versionId, lastUpdated, interaction } = version;
    const matchContext = { now: this.#instant, baseUrl: this.#query.baseUrl, lastUpdated };
    if (!this.#query.clauses.every((clause) => match(resource, clause, matchContext))) return undefined;
    return { resource, version: { type, id, versionId, lastUpdated, interaction, json } };
  }

  /** Whether this is the place at which the current version is to be answered. */
  #standsHere(driver: Driver, candidate: Candidate, version: StoredVersion, resource: Resource): boolean {
    if (driver.ids !== undefined) return true;
    // Changed since the first page: wherever it comes first, once a page.
    if (version.lastUpdated > this.#instant) return true;
    if (driver.singlePlace && version.writeId === candidate.writeId) return true;
    const { rules } = this.#context;
    const first = firstPlace(driver.walk, resource, version, { ...rules, generation: version.generation });
    return first !== undefined && comparePlaces(first, candidate.place, false) === 0;
  }

  #sortPlace({ id, json, lastUpdated }: Match['version']): Place {
    const { parameter } = this.#query.sort[0]!;
    if (parameter.code === '_lastUpdated') return { stage: 0, order: instantKey(lastUpdated), id };
    const hull = dateHull(extractParameter(parseJson(json) as Resource, parameter));
    return hull === undefined ? { stage: 1, order: '', id } : { stage: 0, order: instantKey(hull.low), id };
  }
}

interface Hydrated {
  readonly resource: Resource;
  readonly version: ResourceVersion & { readonly json: string };
}

/** The first place of the walk at which one of the version's entries stands. */
function firstPlace({ stages, descending }: Walk, resource: Resource, version: StoredVersion, rules: StoreContext['rules']): Place | undefined {
  const entries = searchEntries(resource, version, rules);
  const places = stages.flatMap((stage, number) => stage.flatMap(({ pk, dateClass, from, to }) =>
    entries
      .filter((entry) => entry.pk === pk && entry.position >= dateClass + from && entry.position < dateClass + to)
      .map(({ position }): Place => ({ stage: number, order: position.slice(dateClass.length), id: version.id })),
  ));
  return places.sort((one, other) => comparePlaces(one, other, descending))[0];
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
