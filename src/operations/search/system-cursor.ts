/**
 * Where a search across types goes on: opaque, authenticated and stateless, as the store's own cursors. It belongs to one
 * list of types and parameters.
 */
import { createHash } from 'node:crypto';
import { badRequest } from '../../fhir/outcome.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { Sealer } from '../../store/data-store.ts';

/** Type after type: the place among the types, and the cursor within that type where its matches have been begun. */
export interface WalkPlace {
  readonly position: number;
  readonly inner?: string;
}

/** Sorted across types: the version behind which to go on. Its values, which may be long, are read again. */
export interface MergePlace {
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
}

export type SystemPlace = WalkPlace | MergePlace;

export interface SystemCursor {
  readonly place: SystemPlace;
  /** What the first page counted. */
  readonly total?: number;
}

/** Short enough for every client's URL: the store's own cursor of up to 1 KB, and the place among the types. */
export const maxSystemCursorLength = 1200;

/** Begins the text of every cursor, so that no other sealed text can be taken for one. */
const mark = 'types';
type Sealed = readonly [print: string, total: number | null, ...place: readonly [position: number] | readonly [type: string, id: string, versionId: number]];

/** The store has sealed its own cursor: it goes beside what is sealed here, lest it grow by a third. */
export function sealSystemCursor(sealer: Sealer, queries: readonly SearchQuery[], { place, total }: SystemCursor): string {
  const print = fingerprint(queries);
  const seal = (sealed: Sealed): string => sealer.seal(mark + JSON.stringify(sealed));
  if ('id' in place) return seal([print, total ?? null, place.type, place.id, place.versionId]);
  const head = seal([print, total ?? null, place.position]);
  return place.inner === undefined ? head : `${head}.${place.inner}`;
}

/** @throws FhirError 400 when the cursor was changed or belongs to another search. */
export function openSystemCursor(sealer: Sealer, queries: readonly SearchQuery[], cursor: string): SystemCursor {
  const [head = '', inner] = cursor.length <= maxSystemCursorLength ? cursor.split('.', 2) : [];
  const text = sealer.unseal(head);
  const [print, total, first, id, versionId] = text?.startsWith(mark) ? (JSON.parse(text.slice(mark.length)) as Sealed) : [];
  if (print !== fingerprint(queries)) {
    throw badRequest('This page link is not of this search. Follow the links of a Bundle as they are, or start again without _cursor.');
  }
  const place = typeof first === 'string' ? { type: first, id: id!, versionId: versionId! } : { position: first!, ...(inner === undefined ? {} : { inner }) };
  return { place, ...(typeof total === 'number' ? { total } : {}) };
}

function fingerprint(queries: readonly SearchQuery[]): string {
  const searched = [queries.map(({ type }) => type), queries[0]?.applied];
  return createHash('sha256').update(JSON.stringify(searched)).digest('base64url').slice(0, 12);
}
