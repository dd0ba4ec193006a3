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

export function sealCursor(sealer: Sealer, query: unknown, { instant, place, driver }: Cursor): string {
  return sealer.seal(JSON.stringify([fingerprint(query), instant, driver, place.stage, place.order, place.id]));
}

/** @throws FhirError 400 when the cursor was changed or belongs to another query. */
export function openCursor(sealer: Sealer, query: unknown, sealed: string): Cursor {
  const text = sealed.length <= maxCursorBytes ? sealer.unseal(sealed) : undefined;
  const [print, instant, driver, stage, order, id] = text === undefined ? [] : (JSON.parse(text) as [string, number, number, number, string, string]);
  if (print !== fingerprint(query)) {
    throw badRequest('This page link is not of this search. Follow the links of a Bundle as they are, or start again without _cursor.');
  }
  return { instant: instant!, driver: driver!, place: { stage: stage!, order: order!, id: id! } };
}

function fingerprint(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);
}
