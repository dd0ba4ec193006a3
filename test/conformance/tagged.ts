/** Resources that a tag of their own sets apart from whatever else the server holds, and what searches find of them. */
import { expect } from '@jest/globals';
import { freshId } from './client.ts';
import type { Answer, Body, Client } from './client.ts';

export const system = 'urn:caldera:conformance';
export const form = 'application/x-www-form-urlencoded';

export interface Tagged {
  readonly tag: string;
  /** In the order of the resources. */
  readonly ids: string[];
}

export async function tagged(http: Client, ...resources: Body[]): Promise<Tagged> {
  const tag = freshId();
  const ids: string[] = [];
  for (const resource of resources) {
    const meta = { ...resource.meta, tag: [...(resource.meta?.tag ?? []), { system, code: tag }] };
    const { status, body } = await http.post(`/${resource.resourceType}`, { ...resource, meta });
    expect([status, body.issue]).toEqual([201, undefined]);
    ids.push(body.id);
  }
  return { tag, ids };
}

/** The matches in the order answered. */
export function matchesOf({ status, body }: Answer): Body[] {
  expect([status, body.issue]).toEqual([200, undefined]);
  return (body.entry ?? []).filter(({ search }: Body) => search.mode === 'match').map(({ resource }: Body) => resource);
}

export function idsOf(answer: Answer): string[] {
  return matchesOf(answer).map(({ id }) => id);
}

/** The same, in any order, each as often. */
export function expectSame<Item extends string | number | undefined>(found: readonly Item[], expected: readonly Item[]): void {
  const sorted = (items: readonly Item[]): Item[] => items.toSorted((one, other) => String(one).localeCompare(String(other)));
  expect(sorted(found)).toEqual(sorted(expected));
}

/** The issues of the one entry that tells of the search itself. */
export function outcomeOf({ body }: Answer): Body[] {
  const outcomes = (body.entry ?? []).filter(({ search }: Body) => search.mode === 'outcome');
  expect(outcomes.length).toBeLessThanOrEqual(1);
  return outcomes[0]?.resource.issue ?? [];
}

export function linkOf(bundle: Body, relation: string): string | undefined {
  return bundle.link.find((link: Body) => link.relation === relation)?.url;
}

/** Most pages that a test follows: its data fits on fewer. */
const maxPages = 40;

/** The matches of all pages together. */
export async function allPages(http: Client, target: string): Promise<Body[]> {
  const found: Body[] = [];
  let url: string | undefined = target;
  for (let page = 0; url !== undefined && page < maxPages; page++) {
    const answer: Answer = await http.get(url);
    found.push(...matchesOf(answer));
    url = linkOf(answer.body, 'next');
  }
  expect(url).toBeUndefined();
  return found;
}
