/** Puts resources into the server and keeps what it has of them. */
import type { Json, Resource } from '../evaluator/json.ts';

export interface Refusal {
  readonly reference: string;
  readonly status: number;
  readonly reason: string;
}

export interface Loaded {
  readonly resources: readonly Resource[];
  readonly refused: readonly Refusal[];
}

const clients = 16;

/** The resources as they were sent and in their order, with the meta that the server gave them. One that comes twice is taken once. */
export async function load(baseUrl: string, resources: readonly Resource[]): Promise<Loaded> {
  const unique = [...new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource])).values()];
  const metas = new Map<Resource, Json>();
  const refused: Refusal[] = [];
  await sideBySide(unique, clients, async (resource) => {
    const reference = `${resource.resourceType}/${resource.id}`;
    const headers = { 'Content-Type': 'application/fhir+json' };
    const answer = await fetch(`${baseUrl}/${reference}`, { method: 'PUT', headers, body: JSON.stringify(resource) });
    const body = (await answer.json()) as Json;
    if (answer.ok) metas.set(resource, body.meta);
    else refused.push({ reference, status: answer.status, reason: `${body.issue?.[0]?.diagnostics ?? body.issue?.[0]?.code}` });
  });
  const loaded = unique.filter((resource) => metas.has(resource)).map((resource) => ({ ...resource, meta: metas.get(resource) }));
  return { resources: loaded, refused: refused.sort((one, other) => (one.reference < other.reference ? -1 : 1)) };
}

export async function sideBySide<T>(all: readonly T[], width: number, step: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < all.length) {
      const one = all[next]!;
      next += 1;
      await step(one);
    }
  }));
}
