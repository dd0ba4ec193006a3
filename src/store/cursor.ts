/**
 * Where a paged answer goes on: opaque, authenticated, stateless. A cursor belongs to one query; it carries the
 * instant of the first request and the place behind which to continue, and costs the same on every page.
 */
import { createHash } from 'node:crypto';
import { badRequest } from '../fhir/outcome.ts';
import type { SortValue } from '../fhir/search/sort-values.ts';
import type { Sealer } from './data-store.ts';
import type { Place } from './index-walk.ts';

export interface Cursor<Point extends Place | SortPlace = Place> {
  /** The first request's instant, ms. */
  readonly instant: number;
  readonly place: Point;
  /** Which of the query's drivers is walked. */
  readonly driver: number;
  /** Of what the query asks of other resources: what was found first, and its plan builds on. */
  readonly joins?: readonly number[];
  /** What the first page counted. */
  readonly total?: number;
}

/** A point in an order that the index does not keep. */
export interface SortPlace {
  readonly values: readonly SortValue[];
  /** As the `id` of a `Place`: it settles the order of equals. */
  readonly id: string;
}

/** Short enough for every client's URL; places hold one id and one position of at most 256 bytes, or sort values cut to fit. */
export const maxCursorBytes = 1024;

/**
 * Characters that all sort values of one place may have together: three bytes each, they fit in a cursor beside an id.
 * Texts that differ later only are in the order of their ids.
 */
export const maxSortCharacters = 180;

/** Begins the text of every cursor, so that no other sealed text can be taken for one. */
const mark = 'cursor';
type Spelled = readonly [stage: number, order: string, id: string] | readonly [values: readonly (string | number | null)[], id: string];
type Sealed = [print: string, instant: number, driver: number, total: number | null, place: Spelled, ...joins: number[]];

export function sealCursor(sealer: Sealer, query: unknown, { instant, place, driver, total, joins = [] }: Cursor<Place | SortPlace>): string {
  const sealed: Sealed = [fingerprint(query), instant, driver, total ?? null, spelled(place), ...joins];
  return sealer.seal(mark + JSON.stringify(sealed));
}

/**
 * @typeParam Point the kind of place that this query's cursors have
 * @throws FhirError 400 when the cursor was changed or belongs to another query.
 */
export function openCursor<Point extends Place | SortPlace = Place>(sealer: Sealer, query: unknown, sealed: string): Cursor<Point> {
  const text = sealed.length <= maxCursorBytes ? sealer.unseal(sealed) : undefined;
  // What the same sealer made for another purpose is no cursor.
  const [print, instant, driver, total, place, ...joins] = text?.startsWith(mark) ? (JSON.parse(text.slice(mark.length)) as Sealed) : [];
  if (print !== fingerprint(query)) throw foreignCursor();
  return { instant: instant!, driver: driver!, place: readPlace(place!) as Point, ...(joins.length === 0 ? {} : { joins }), ...(total === null ? {} : { total }) };
}

/** 400: there is no going on from this cursor. */
export function foreignCursor(): Error {
  return badRequest('This page link is not of this search. Follow the links of a Bundle as they are, or start again without _cursor.');
}

function spelled(place: Place | SortPlace): Spelled {
  return 'values' in place ? [place.values.map(spelledValue), place.id] : [place.stage, place.order, place.id];
}

function readPlace(place: Spelled): Place | SortPlace {
  if (place.length === 3) return { stage: place[0], order: place[1], id: place[2] };
  return { values: place[0].map(readValue), id: place[1] };
}

/** JSON has neither infinite numbers nor `undefined`; texts are told from the former by a mark. */
function spelledValue(value: SortValue): string | number | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return `=${value}`;
  return Number.isFinite(value) ? value : String(value);
}

function readValue(value: string | number | null): SortValue {
  if (value === null) return undefined;
  if (typeof value === 'number') return value;
  return value.startsWith('=') ? value.slice(1) : Number(value);
}

function fingerprint(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);
}
