/**
 * Where a paged answer goes on: opaque, authenticated, stateless. A cursor belongs to one query; it carries the
 * instant of the first request and the place behind which to continue, and costs the same on every page.
 */
import { createHash } from 'node:crypto';
import { badRequest } from '../fhir/outcome.ts';
import type { Sealer } from './data-store.ts';
import type { Place } from './index-walk.ts';

export interface Cursor {
  /** The first request's instant, ms. */
  readonly instant: number;
  readonly place: Place;
  /** Which of the query's drivers is walked. */
  readonly driver: number;
}

/** Short enough for every client's URL; places hold one id and one position of at most 256 bytes. */
export const maxCursorBytes = 1024;

/** Begins the text of every cursor, so that no other sealed text can be taken for one. */
const mark = 'cursor';
type Sealed = [print: string, instant: number, driver: number, stage: number, order: string, id: string];

export function sealCursor(sealer: Sealer, query: unknown, { instant, place, driver }: Cursor): string {
  return sealer.seal(mark + JSON.stringify([fingerprint(query), instant, driver, place.stage, place.order, place.id]));
}

/** @throws FhirError 400 when the cursor was changed or belongs to another query. */
export function openCursor(sealer: Sealer, query: unknown, sealed: string): Cursor {
  const text = sealed.length <= maxCursorBytes ? sealer.unseal(sealed) : undefined;
  // What the same sealer made for another purpose is no cursor.
  const [print, instant, driver, stage, order, id] = text?.startsWith(mark) ? (JSON.parse(text.slice(mark.length)) as Sealed) : [];
  if (print !== fingerprint(query)) {
    throw badRequest('This page link is not of this search. Follow the links of a Bundle as they are, or start again without _cursor.');
  }
  return { instant: instant!, driver: driver!, place: { stage: stage!, order: order!, id: id! } };
}

function fingerprint(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);
}
