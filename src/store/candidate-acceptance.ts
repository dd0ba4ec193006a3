/**
 * Decides which candidates of a walk are matches: hydrates them by strong reads, and accepts each where the current
 * version's first entry of the walk stands.
 *
 * So a resource with several satisfying values comes once, without memory between pages. Write ids are not compared: a
 * resource that was updated in mid-search is not lost.
 */
import type { Resource } from '../fhir/resource.ts';
import { match } from '../fhir/search/match.ts';
import type { SearchQuery } from '../fhir/search/values.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import type { Content } from './content-cache.ts';
import type { ResourceVersion } from './data-store.ts';
import { parameterEntries, searchEntries } from './entries.ts';
import { comparePlaces, type Candidate, type Place, type Walk } from './index-walk.ts';
import { isDeleted } from './next-version.ts';
import type { Driver } from './search-plan.ts';
import type { StoreContext } from './store-context.ts';
import { versionJson, type StoredVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';

export interface Match {
  readonly place: Place;
  readonly version: ResourceVersion & { readonly json: string };
  readonly resource: Resource;
}

/** One request's acceptance: ids are answered once. */
export interface Acceptance {
  accept(candidates: readonly Candidate[]): Promise<readonly Match[]>;
  /**
   * True when a version was committed at a place before `end` that the walk had passed by then: what it replaced was
   * met elsewhere and refused, so without another walk the resource would be missing.
   */
  passedOver(end: Place | undefined): boolean;
}

export interface SearchRequest {
  readonly query: SearchQuery;
  /** The instant of the first page, ms. */
  readonly instant: number;
  readonly driver: Driver;
}

/**
 * A version stamped so little after the first page may be older than it by another machine's clock. It is answered where
 * it stands: one that did not change comes exactly once, one that did may move.
 */
const maxClockSkewMs = 5000;

/** @param after where the request's walk begins. */
export function acceptance(context: StoreContext, { query, instant, driver }: SearchRequest, after: Place | undefined): Acceptance {
  const reader = versionReader(context.resources);
  const answered = new Set<string>();
  /** Resources that match, met only through entries of other versions, and where the current one stands. */
  const elsewhere = new Map<string, Place>();

  /** The version with its content, if it matches. */
  async function hydrate(version: StoredVersion): Promise<Omit<Match, 'place'> | undefined> {
    const { json, resource } = await contentOf(context, version);
    const { type, id, versionId, lastUpdated, interaction } = version;
    const matchContext = { now: instant, baseUrl: query.baseUrl, lastUpdated };
    if (!query.clauses.every((clause) => match(resource, clause, matchContext))) return undefined;
    return { resource, version: { type, id, versionId, lastUpdated, interaction, json } };
  }

  /** Whether this is the place at which the current version is to be answered. */
  function standsHere(candidate: Candidate, version: StoredVersion, resource: Resource): boolean {
    if (driver.ids !== undefined) return true;
    // Changed since the first page: wherever it comes first, once a page. On the first page nothing has been passed yet.
    if (after !== undefined && version.lastUpdated > instant + maxClockSkewMs) return true;
    if (driver.singlePlace && version.writeId === candidate.writeId) return true;
    const rules = { ...context.rules, generation: version.generation };
    const entries = driver.parameter === undefined
      ? searchEntries(resource, version, rules)
      : parameterEntries(resource, driver.parameter, { subject: version, rules });
    const first = firstPlace(driver.walk, version.id, entries);
    if (first === undefined) return false;
    if (candidate.writeId !== version.writeId) elsewhere.set(version.id, first);
    return comparePlaces(first, candidate.place, false) === 0;
  }

  async function accept(candidates: readonly Candidate[]): Promise<readonly Match[]> {
    const unique = [...new Map(candidates.map(({ type, id }) => [id, { type, id }])).values()];
    const views = await reader.views(unique);
    const versions = new Map(unique.map(({ id }, position) => [id, views[position]?.version]));
    const hydrated = new Map<string, ReturnType<typeof hydrate>>();
    const matches: Match[] = [];
    for (const candidate of candidates) {
      const { id } = candidate;
      const version = versions.get(id);
      if (driver.ids === undefined && version?.writeId !== candidate.writeId) context.reportStale(candidate);
      if (version === undefined || isDeleted(version) || answered.has(id)) continue;
      const known = hydrated.get(id) ?? hydrate(version);
      hydrated.set(id, known);
      const found = await known;
      if (found === undefined || !standsHere(candidate, version, found.resource)) continue;
      answered.add(id);
      matches.push({ place: candidate.place, ...found });
    }
    return matches;
  }

  const { descending } = driver.walk;
  const isWithin = (place: Place, end: Place | undefined): boolean =>
    (after === undefined || comparePlaces(place, after, descending) > 0) && (end === undefined || comparePlaces(place, end, descending) <= 0);
  return {
    accept,
    passedOver: (end) => [...elsewhere].some(([id, place]) => !answered.has(id) && isWithin(place, end)),
  };
}

async function contentOf({ contents, objects }: StoreContext, version: StoredVersion): Promise<Content> {
  const known = contents.get(version);
  if (known !== undefined) return known;
  const json = (await versionJson(objects, version))!;
  // Doubles will do: only text leaves the store.
  const content = { json, resource: JSON.parse(json) as Resource };
  contents.put(version, content);
  return content;
}

/** The first place of the walk at which one of the entries stands. */
function firstPlace({ stages, descending }: Walk, id: string, entries: ReturnType<typeof searchEntries>): Place | undefined {
  const places = stages.flatMap((stage, number) => stage.flatMap(({ pk, dateClass, from, to }) =>
    entries
      .filter((entry) => entry.pk === pk && compareUtf8(entry.position, dateClass + from) >= 0 && compareUtf8(entry.position, dateClass + to) < 0)
      .map(({ position }): Place => ({ stage: number, order: position.slice(dateClass.length), id })),
  ));
  return places.sort((one, other) => comparePlaces(one, other, descending))[0];
}
