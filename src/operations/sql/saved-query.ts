/**
 * Queries that a data store keeps for all who may ask it: an item each in its table `resources`, under `sql#queries` /
 * `q#{name}`, beside what it is there for: that table is what backups restore. Nothing takes it for a version of a resource.
 */
import { parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Key, OrderedTable } from '../../ports/ordered-table.ts';
import { maxSavedQueries } from './limits.ts';

export interface SavedQuery {
  readonly name: string;
  readonly description?: string;
  readonly query: string;
  /** Values for parameters that none is sent for. */
  readonly defaults: JsonObject;
  /** Milliseconds since the epoch. */
  readonly saved: number;
  readonly savedBy: string;
}

export interface SavedQueryPorts {
  /** The data store's own. */
  readonly resources: OrderedTable;
}

const partition = 'sql#queries';
const keyOf = (name: string): Key => ({ pk: partition, sk: `q#${name}` });

export async function readSavedQuery(name: string, { resources }: SavedQueryPorts): Promise<SavedQuery | undefined> {
  const item = await resources.get(keyOf(name), { strong: true });
  return item?.body && ofBody(item.body);
}

/** In the order of their names. */
export async function listSavedQueries({ resources }: SavedQueryPorts): Promise<readonly SavedQuery[]> {
  const found: SavedQuery[] = [];
  for (let after: string | undefined; ;) {
    const behind = after === undefined ? {} : { after };
    const { items, next } = await resources.query({ pk: partition, limit: maxSavedQueries, strong: true, ...behind });
    found.push(...items.flatMap(({ body }) => (body === undefined ? [] : [ofBody(body)])));
    if (next === undefined) return found;
    after = next;
  }
}

/** Whether there are as many as may be. */
export async function isFull({ resources }: SavedQueryPorts): Promise<boolean> {
  const { items, next } = await resources.query({ pk: partition, limit: maxSavedQueries, strong: true });
  if (items.length >= maxSavedQueries) return true;
  // Pages close by size, too.
  return next !== undefined && (await listSavedQueries({ resources })).length >= maxSavedQueries;
}

/** @returns whether there was none of the name */
export async function writeSavedQuery(query: SavedQuery, { resources }: SavedQueryPorts): Promise<boolean> {
  const isNew = (await resources.get(keyOf(query.name), { strong: true })) === undefined;
  await resources.put({ ...keyOf(query.name), body: Buffer.from(JSON.stringify(query)) });
  return isNew;
}

/** @returns whether there was one */
export async function removeSavedQuery(name: string, { resources }: SavedQueryPorts): Promise<boolean> {
  const there = await resources.get(keyOf(name), { strong: true });
  await resources.delete(keyOf(name));
  return there !== undefined;
}

function ofBody(body: Uint8Array): SavedQuery {
  return parseJson(Buffer.from(body).toString()) as unknown as SavedQuery;
}
