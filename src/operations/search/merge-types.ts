/**
 * A search across types in one order (https://hl7.org/fhir/R4/search.html#sort): the matches of all of them are read and
 * held against the sort keys; those of one page are kept.
 */
import { parseJson } from '../../fhir/json.ts';
import { badRequest, notSupported, tooCostly } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { compareSortValues, sortValue } from '../../fhir/search/sort-values.ts';
import type { SortValue } from '../../fhir/search/sort-values.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { ResourceVersion, SearchMatch } from '../../store/data-store.ts';
import { maxSearchPageBytes, searchTimeBudgetMs } from '../../store/store-context.ts';
import { runQuery } from './run-query.ts';
import type { TypeExplanation } from './search-issues.ts';
import type { MergePlace } from './system-cursor.ts';
import { maxTypesAtOnce } from './walk-types.ts';
import type { SearchParts, TypesPage } from './walk-types.ts';

/** Every page reads them all anew: about a second's work. */
export const maxMerged = 2000;
/** Matches of a type that are held at a time; all types of a round together stay far below a function's memory. */
const chunk = 100;

interface Ranked {
  readonly version: ResourceVersion;
  readonly values: readonly SortValue[];
  /** Of its type among those searched. */
  readonly position: number;
}

interface Merging {
  readonly queries: readonly SearchQuery[];
  /** The request's instant and the one at which it gives up, ms. */
  readonly now: number;
  readonly deadline: number;
  /** Behind which the page begins. */
  readonly after?: Ranked;
  /** The first matches behind it, in order. */
  readonly best: (Ranked & { readonly version: SearchMatch })[];
  /** The first that found no room on the page. */
  cut?: Ranked;
  bytes: number;
  merged: number;
  readonly explanations: TypeExplanation[];
}

/** @throws FhirError 403 when more than {@link maxMerged} match, 400 when what the page begins behind is no more */
export async function mergeTypes(parts: SearchParts, queries: readonly SearchQuery[], from?: MergePlace): Promise<TypesPage<MergePlace>> {
  checkMergeable(queries);
  const now = parts.clock.now();
  const after = from === undefined ? undefined : await readAgain(parts, { queries, now }, from);
  const merging: Merging = { queries, now, deadline: now + searchTimeBudgetMs, after, best: [], bytes: 0, merged: 0, explanations: [] };
  for (let begin = 0; begin < queries.length; begin += maxTypesAtOnce) {
    const positions = queries.slice(begin, begin + maxTypesAtOnce).map((_query, i) => begin + i);
    await Promise.all(positions.map((position) => gather(parts, merging, position)));
  }
  const { best, cut, explanations } = merging;
  const matches = best.map(({ version }) => version);
  const last = matches.at(-1);
  if (cut === undefined || last === undefined) return { matches, explanations };
  return { matches, explanations, next: { type: last.type, id: last.id, versionId: last.versionId } };
}

function checkMergeable(queries: readonly SearchQuery[]): void {
  const [first, ...others] = queries;
  if (first?.contained !== undefined) throw notSupported('_sort across types and _contained are not offered together: search each type by itself.');
  for (const [place, { parameter }] of first!.sort.entries()) {
    if (others.some(({ sort }) => sort[place]?.parameter.type !== parameter.type)) {
      throw badRequest(`${parameter.code} is not of one kind in all the types that are searched, so there is no order across them. Name fewer types in _type.`);
    }
  }
}

/** The version that ended the page before: past versions do not change, so it stands where it stood. */
async function readAgain({ store }: SearchParts, { queries, now }: Pick<Merging, 'queries' | 'now'>, place: MergePlace): Promise<Ranked> {
  const version = await store.vread(place.type, place.id, place.versionId);
  const position = queries.findIndex(({ type }) => type === place.type);
  if (version?.json !== undefined && position !== -1) return ranked(version, { queries, now }, position);
  throw badRequest('The resource that this page begins behind is no longer kept. Start again without _cursor.');
}

async function gather({ store, clock }: SearchParts, merging: Merging, position: number): Promise<void> {
  const query = merging.queries[position]!;
  let cursor: string | undefined;
  do {
    const page = await runQuery(store, { ...query, sort: [], count: chunk, total: 'none' }, cursor);
    merging.merged += page.matches.length;
    if (merging.merged > maxMerged || clock.now() >= merging.deadline) throw tooManyToSort();
    for (const match of page.matches) if (match.json !== undefined) offer(merging, ranked(match, merging, position));
    if (page.explanation !== undefined) merging.explanations.push({ type: query.type, explanation: { ...page.explanation, order: 'gathered' } });
    cursor = page.next;
  } while (cursor !== undefined);
}

function tooManyToSort() {
  return tooCostly(
    `A search across types sorts up to ${maxMerged} matches, in ${searchTimeBudgetMs / 1000} s. ` +
      'Name fewer types in _type, narrow the search by further parameters, or leave out _sort.',
  );
}

function ranked<Version extends ResourceVersion>(version: Version, { queries, now }: Pick<Merging, 'queries' | 'now'>, position: number) {
  const { sort, baseUrl } = queries[position]!;
  const resource = parseJson(version.json ?? '{}') as Resource;
  const context = { now, baseUrl, lastUpdated: version.lastUpdated };
  return { version, values: sort.map((key) => sortValue(resource, key, context)), position };
}

/** Keeps the match if it is among the first, to a page's count and size. */
function offer(merging: Merging, one: Merging['best'][number]): void {
  const { after, best, queries } = merging;
  const { sort, count } = queries[0]!;
  const isBehind = (other: Ranked): boolean => compare(sort, one, other) > 0;
  if ((after !== undefined && !isBehind(after)) || (merging.cut !== undefined && isBehind(merging.cut))) return;
  const place = best.findLastIndex(isBehind) + 1;
  best.splice(place, 0, one);
  merging.bytes += sizeOf(one);
  while (best.length > count || (best.length > 1 && merging.bytes > maxSearchPageBytes)) {
    const last = best.pop()!;
    merging.bytes -= sizeOf(last);
    merging.cut = last;
  }
}

function sizeOf({ version }: Ranked): number {
  return version.json?.length ?? 0;
}

/** Of what is equal by its values, types follow each other as they were asked for. */
function compare(sort: SearchQuery['sort'], one: Ranked, other: Ranked): number {
  const order = compareSortValues(sort, one.values, other.values) || one.position - other.position;
  if (order !== 0 || one.version.id === other.version.id) return order;
  return one.version.id < other.version.id ? -1 : 1;
}
