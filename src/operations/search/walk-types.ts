/** A search across types without an order of its own: the matches of the first type, then those of the next. */
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SearchMatch, SearchPage } from '../../store/data-store.ts';
import { maxSearchPageBytes, searchTimeBudgetMs } from '../../store/store-context.ts';
import type { SearchStore } from './found-page.ts';
import { runQuery } from './run-query.ts';
import type { TypeExplanation } from './search-issues.ts';
import type { WalkPlace } from './system-cursor.ts';

/** Types that are searched side by side: most of them have no match, and one after another they would be waited for. */
export const maxTypesAtOnce = 16;

export interface SearchParts {
  readonly store: SearchStore;
  readonly clock: Pick<Clock, 'now'>;
}

export interface TypesPage<Place> {
  readonly matches: readonly SearchMatch[];
  /** Absent behind the last match. */
  readonly next?: Place;
  readonly explanations: readonly TypeExplanation[];
}

/** A page may be short, as that of one type: what is missing follows behind its link, and that may be nothing. */
export async function walkTypes({ store, clock }: SearchParts, queries: readonly SearchQuery[], from: WalkPlace): Promise<TypesPage<WalkPlace>> {
  const deadline = clock.now() + searchTimeBudgetMs;
  const page: FilledPage = { matches: [], explanations: [], room: queries[0]!.count, bytes: 0 };
  let place = from;
  let atOnce = 1;
  while (place.position < queries.length) {
    const { position, inner } = place;
    const some = queries.slice(position, position + atOnce);
    const count = page.room;
    const found = await Promise.all(some.map((query, i) => runQuery(store, { ...query, count, total: 'none' }, i === 0 ? inner : undefined)));
    const taken = take(page, found, { from: place, types: some.map(({ type }) => type) });
    place = taken.place;
    if (taken.isFull || page.room === 0 || clock.now() >= deadline) break;
    atOnce = Math.min(maxTypesAtOnce, atOnce * 2);
  }
  const { matches, explanations } = page;
  return { matches, explanations, ...(place.position < queries.length ? { next: place } : {}) };
}

interface FilledPage {
  readonly matches: SearchMatch[];
  readonly explanations: TypeExplanation[];
  /** Matches that it may still take. */
  room: number;
  bytes: number;
}

/** Takes over what was found, type by type, to where the page is full; that and what follows is searched again. */
function take(
  page: FilledPage, found: readonly SearchPage[], { from, types }: { readonly from: WalkPlace; readonly types: readonly string[] },
): { readonly place: WalkPlace; readonly isFull: boolean } {
  for (const [i, each] of found.entries()) {
    const position = from.position + i;
    // The first was asked for as many as there is room for; the others may have more.
    if (!add(page, types[i]!, each)) return { place: i === 0 ? from : { position }, isFull: i === 0 };
    if (each.next !== undefined) return { place: { position, inner: each.next }, isFull: true };
  }
  return { place: { position: from.position + found.length }, isFull: false };
}

/** @returns false when the matches do not fit, and none were added */
function add(page: FilledPage, type: string, { matches, explanation }: SearchPage): boolean {
  const bytes = matches.reduce((sum, { json = '' }) => sum + json.length, page.bytes);
  if (matches.length > page.room || (page.matches.length > 0 && bytes > maxSearchPageBytes)) return false;
  page.bytes = bytes;
  page.room -= matches.length;
  page.matches.push(...matches);
  if (explanation !== undefined) page.explanations.push({ type, explanation });
  return true;
}
