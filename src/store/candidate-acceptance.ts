/**
 * Decides which candidates of a walk are matches: hydrates them by strong reads, and accepts each where the current
 * version's first entry of the walk stands.
 *
 * So a resource with several satisfying values comes once, without memory between pages. Write ids are not compared: a
 * resource that was updated in mid-search is not lost.
 */
import type { Resource } from '../fhir/resource.ts';
import { withInsideReferences } from '../fhir/search/contained-references.ts';
import { containedResources } from '../fhir/search/extract.ts';
import { matchesQuery } from '../fhir/search/match.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import { heldContents, type Content } from './content-cache.ts';
import type { SearchMatch } from './data-store.ts';
import { familyEntries, type Entry } from './entries.ts';
import { comparePlaces, type Candidate, type Place, type Range, type Walk } from './index-walk.ts';
import { isDeleted } from './next-version.ts';
import type { Driver } from './search-plan.ts';
import type { StoreContext } from './store-context.ts';
import type { StoredVersion } from './version-item.ts';
import { versionReader, type ResourceKey } from './version-reader.ts';

export interface Match {
  readonly place: Place;
  readonly version: SearchMatch & { readonly json: string };
  /** What matched: the resource, or the first that it contains. Parsed when it is first asked for. */
  readonly resource: Resource;
}

/** One request's acceptance: ids are answered once. */
export interface Acceptance {
  /** The matches among the candidates, one by one: their bodies may be large. */
  accept(candidates: readonly Candidate[]): AsyncGenerator<Match, void, undefined>;
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
  /** Of a query that asks something of other resources. */
  readonly joined?: JoinedMatching;
  /** Of a walk across types: whether a resource matches. The query then says how a page is made, and no more. */
  readonly across?: (met: Met) => boolean;
}

/** A current version, and the entry by which it was met. */
export interface Met {
  readonly candidate: Candidate;
  readonly version: StoredVersion;
  readonly content: Content;
}

/** A resource that is held against a query. */
export interface Subject {
  readonly resource: Resource;
  /** Absent for a contained resource, which is known by its container alone. */
  readonly key?: ResourceKey | undefined;
  readonly lastUpdated?: number;
  /** For a contained resource, with its inside references written out, as those of the resource. */
  readonly container?: Resource;
}

/** Decides on queries that ask something of other resources. */
export interface JoinedMatching {
  /** True when all that the query asks of the resource and of others holds. */
  matches(subject: Subject, query: SearchQuery): Promise<boolean>;
}

/**
 * A version stamped so little after the first page may be older than it by another machine's clock. It is answered where
 * it stands: one that did not change comes exactly once, one that did may move.
 */
const maxClockSkewMs = 5000;

/** Resources read at a time: their bodies lie in memory together, and one may have 350 KB. */
const maxReadTogether = 100;
/** Of a query that asks something of others: so many resources are held against it side by side, each with reads of its own. */
const maxJoinedTogether = 16;

interface Found {
  readonly version: Match['version'];
  readonly content: Content;
  /** The first contained resource that matches, where the resource itself does not. */
  readonly inside?: Resource | undefined;
}

/** @param after where the request's walk begins. */
export function acceptance(context: StoreContext, request: SearchRequest, after: Place | undefined): Acceptance {
  const { instant, driver } = request;
  const reader = versionReader(context.resources);
  /** Of the candidates that are looked at together. */
  let held = heldContents(context);
  const answered = new Set<string>();
  /** Resources that match, met only through entries of other versions, and where the current one stands. */
  const elsewhere = new Map<string, Place>();
  const firstPlaceOf = firstPlaces(context, driver);

  /** The version with its content, if it matches. */
  async function hydrate(version: StoredVersion, candidate?: Candidate): Promise<Found | undefined> {
    const contentOfVersion = await held.contentOf(version);
    const found = await matchedIn(request, { version, candidate, content: contentOfVersion });
    if (found === undefined) return undefined;
    const { type, id, versionId, lastUpdated, interaction, content } = version;
    const { inside, contained, itself } = found;
    const { json } = contentOfVersion;
    return {
      content: contentOfVersion,
      inside,
      version: { type, id, versionId, lastUpdated, interaction, json, ...(content && { content }), ...(contained && { contained }), ...(itself && { itself }) },
    };
  }

  /** Whether this is the place at which the current version is to be answered. */
  function standsHere({ candidate, version, content }: Met): boolean {
    if (isNamed(candidate)) return true;
    // Changed since the first page: wherever it comes first, once a page. On the first page nothing has been passed yet.
    if (after !== undefined && version.lastUpdated > instant + maxClockSkewMs) return true;
    if (driver.singlePlace && version.writeId === candidate.writeId) return true;
    const first = firstPlaceOf(candidate, version, content.resource);
    if (first === undefined) return false;
    if (candidate.writeId !== version.writeId) elsewhere.set(nameOf(version), first);
    return comparePlaces(first, candidate.place, false) === 0;
  }

  async function hydrateAll(versions: readonly (StoredVersion | undefined)[]): Promise<ReadonlyMap<StoredVersion, Found | undefined>> {
    const current = versions.filter((version) => version !== undefined && !isDeleted(version) && !answered.has(nameOf(version))) as StoredVersion[];
    const hydrated = new Map<StoredVersion, Found | undefined>();
    for (let from = 0; from < current.length; from += maxJoinedTogether) {
      await context.letOthers();
      const some = current.slice(from, from + maxJoinedTogether);
      const found = await Promise.all(some.map((version) => hydrate(version)));
      for (const [position, version] of some.entries()) hydrated.set(version, found[position]);
    }
    return hydrated;
  }

  async function* acceptTogether(candidates: readonly Candidate[]): AsyncGenerator<Match, void, undefined> {
    const unique = [...new Map(candidates.map(({ type, id }) => [nameOf({ type, id }), { type, id }])).values()];
    held = heldContents(context);
    const views = await reader.views(unique, held.isKnown);
    const versions = new Map(unique.map((key, position) => [nameOf(key), views[position]?.version]));
    const refused = new Set<string>();
    const ahead = request.joined === undefined ? undefined : await hydrateAll([...versions.values()]);
    for (const candidate of candidates) {
      const name = nameOf(candidate);
      const version = versions.get(name);
      if (!isNamed(candidate) && version?.writeId !== candidate.writeId) context.reportStale(candidate);
      if (version === undefined || isDeleted(version) || answered.has(name)) continue;
      await context.letOthers();
      const found = refused.has(name) ? undefined : ahead === undefined ? await hydrate(version, candidate) : ahead.get(version);
      if (found === undefined) refused.add(name);
      if (found === undefined || !standsHere({ candidate, version, content: found.content })) continue;
      answered.add(name);
      yield { place: candidate.place, version: found.version, get resource() { return found.inside ?? found.content.resource; } };
    }
  }

  const { descending } = driver.walk;
  const isWithin = (place: Place, end: Place | undefined): boolean =>
    (after === undefined || comparePlaces(place, after, descending) > 0) && (end === undefined || comparePlaces(place, end, descending) <= 0);
  return {
    async* accept(candidates) {
      for (let from = 0; from < candidates.length; from += maxReadTogether) yield* acceptTogether(candidates.slice(from, from + maxReadTogether));
    },
    passedOver: (end) => [...elsewhere].some(([name, place]) => !answered.has(name) && isWithin(place, end)),
  };
}

/** Whether it stands in no index: it was asked for by its id. */
function isNamed({ sk }: Candidate): boolean {
  return sk === '';
}

function nameOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}/${id}`;
}

interface Matched {
  /** The first contained resource that matches, where the resource itself does not. */
  readonly inside?: Resource;
  /** The ids of the contained resources that match and are answered themselves, or whose container is and does not match itself. */
  readonly contained?: readonly string[];
  /** True where the resource itself matches beside what it contains. */
  readonly itself?: true;
}

/** A container that matches is answered whatever it contains; what it contains is answered beside it where it is asked for. */
function matchedOf(itself: boolean, within: readonly Resource[]): Matched | undefined {
  const [first] = within;
  if (first === undefined) return itself ? {} : undefined;
  const contained = within.map(({ id }) => id as string);
  return itself ? { contained, itself } : { inside: first, contained };
}

/** @param met the candidate is of no account but in a walk across types, and may be absent otherwise */
function matchedIn(
  request: SearchRequest, { version, candidate, content }: Omit<Met, 'candidate'> & { readonly candidate: Candidate | undefined },
): Matched | undefined | Promise<Matched | undefined> {
  const { joined, across } = request;
  if (across !== undefined) return across({ version, candidate: candidate!, content }) ? {} : undefined;
  return joined === undefined ? matchIn(content.resource, request, version) : joinedMatchIn(content.resource, { ...request, joined }, version);
}

/** What of a resource matches: itself, or what it contains (https://hl7.org/fhir/R4/search.html#contained). */
function matchIn(resource: Resource, { query, instant }: SearchRequest, version: StoredVersion): Matched | undefined {
  const { type, lastUpdated } = version;
  const { baseUrl, contained } = query;
  const isSearched = type === query.type && contained?.of !== 'contained';
  const itself = isSearched && matchesQuery(resource, query, { now: instant, baseUrl, lastUpdated });
  if (contained === undefined || (itself && contained.answer === 'container')) return matchedOf(itself, []);
  // A contained resource has no time of its own.
  const within = containedResources(resource).filter((one) =>
    one.resourceType === query.type && matchesQuery(one, query, { now: instant, baseUrl }));
  return matchedOf(itself, within);
}

/** As `matchIn`, where something is asked of other resources. */
async function joinedMatchIn(
  resource: Resource, { query, joined }: SearchRequest & { readonly joined: JoinedMatching }, { type, id, lastUpdated }: StoredVersion,
): Promise<Matched | undefined> {
  const { contained } = query;
  const isSearched = type === query.type && contained?.of !== 'contained';
  const itself = isSearched && (await joined.matches({ resource, key: { type, id }, lastUpdated }, query));
  if (contained === undefined || (itself && contained.answer === 'container')) return matchedOf(itself, []);
  const container = withInsideReferences(resource);
  const within: Resource[] = [];
  for (const one of containedResources(container)) {
    if (one.resourceType === query.type && (await joined.matches({ resource: one, container }, query))) within.push(one);
  }
  return matchedOf(itself, within);
}

/** Where the versions stand in the driver's walk, each found once: a resource may be met at a thousand of its entries. */
function firstPlaces({ rules }: StoreContext, driver: Driver): (candidate: Candidate, version: StoredVersion, resource: Resource) => Place | undefined {
  const firstPlace = firstPlaceIn(driver.walk);
  const known = new Map<StoredVersion, Place | undefined>();
  return (candidate, version, resource) => {
    if (!known.has(version)) {
      const filing = { subject: version, rules: { ...rules, generation: version.generation } };
      known.set(version, firstPlace(candidate, familyEntries(resource, driver.families, filing)));
    }
    return known.get(version);
  };
}

/** Finds the first place of the walk at which one of a candidate's entries stands. */
function firstPlaceIn({ stages, descending, keep = () => true }: Walk): (candidate: Candidate, entries: readonly Entry[]) => Place | undefined {
  const ranges = new Map<string, { readonly stage: number; readonly range: Range }[]>();
  for (const [stage, all] of stages.entries()) {
    for (const range of all) {
      const known = ranges.get(range.pk);
      if (known === undefined) ranges.set(range.pk, [{ stage, range }]);
      else known.push({ stage, range });
    }
  }
  const holds = ({ dateClass, from, to }: Range, position: string): boolean =>
    compareUtf8(position, dateClass + from) >= 0 && compareUtf8(position, dateClass + to) < 0;
  return (candidate, entries) => {
    let first: Place | undefined;
    for (const { pk, position } of entries) {
      for (const { stage, range } of ranges.get(pk) ?? []) {
        if (!holds(range, position) || !keep(position)) continue;
        const place = { stage, order: position.slice(range.dateClass.length), id: candidate.place.id };
        if (first === undefined || comparePlaces(place, first, descending) < 0) first = place;
      }
    }
    return first;
  };
}
