/**
 * Files that a manifest no longer names stay for a day, for queries that began when it named them. Each retirement is an item
 * of the table `jobs`, put before the manifest changes: a crash between the two leaves one that names files which are in
 * use, and those are kept.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Ids } from '../../ports/ids.ts';
import type { Item, Key } from '../../ports/ordered-table.ts';
import { namedAt } from './lake-files.ts';
import { lakePrefix, readManifest, tablePrefix } from './lake-manifest.ts';
import type { LakeManifest, ManifestPorts } from './lake-manifest.ts';

/** Longer than any query may take, and than any writer may take from naming a file to publishing it. */
export const keptAfterRetirementMs = 24 * 60 * 60 * 1000;
/** What was named longer ago is not published any more: well before it is taken for what a crash left. */
export const publishWithinMs = 12 * 60 * 60 * 1000;

type Ports = ManifestPorts & { readonly ids: Pick<Ids, 'uuid'> };

const partition = (table: string): string => `lake#retired#${table}`;
/** Files of one item, by far within its 400 KB. */
const keysPerItem = 2000;

/** Says that the files are about to be named no more. */
export async function retire(table: string, keys: readonly string[], { jobs, clock, ids }: Ports): Promise<void> {
  for (let from = 0; from < keys.length; from += keysPerItem) {
    const body = deflateRawSync(JSON.stringify(keys.slice(from, from + keysPerItem)));
    await jobs.put({ pk: partition(table), sk: `${String(clock.now()).padStart(15, '0')}#${ids.uuid()}`, body });
  }
}

/** @throws Error when files were named too long ago to be published */
export function checkPublishable(keys: readonly string[], now: number): void {
  const isLate = keys.some((key) => (namedAt(key) ?? 0) < now - publishWithinMs);
  if (isLate) throw new Error('Files of the lake were written too long ago to be published.');
}

interface Retirement {
  readonly key: Key;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly files: readonly string[];
}

/**
 * Removes the table's files that nothing names any more: those retired a day ago, and those that crashes left unpublished.
 *
 * @param rebuilt what a rebuilding that is under way has made so far
 * @returns how many were removed
 */
export async function sweepTable(table: string, ports: Ports, rebuilt: ReadonlySet<string> = new Set()): Promise<number> {
  const { jobs, objects, clock } = ports;
  const before = clock.now() - keptAfterRetirementMs;
  const listed = await listFiles(tablePrefix(table), ports);
  // In this order: of what the manifest no longer names, the retirement is there; what is published meanwhile has a younger name.
  const named = namedFiles(await readManifest(table, ports));
  const retirements = await listRetirements(table, ports);
  const resting = new Set(retirements.filter(({ since }) => since > before).flatMap(({ files }) => files));
  const isUsed = (key: string): boolean => named.has(key) || rebuilt.has(key) || resting.has(key);
  const removable = listed.filter((key) => !isUsed(key) && (namedAt(key) ?? Infinity) <= before);
  for (const key of removable) await objects.delete(key);
  const over = retirements.filter(({ since }) => since <= before);
  if (over.length > 0) await jobs.batchWrite({ deletes: over.map(({ key }) => key) });
  return removable.length;
}

/** What is in use, or about to be. */
function namedFiles({ files, compacting }: LakeManifest): ReadonlySet<string> {
  const made = compacting?.done.flatMap((part) => part.files) ?? [];
  return new Set([...[...files, ...made].map(({ key }) => key), ...(compacting?.sources ?? [])]);
}

/** The tables that have files, whether there is a manifest or none: as where a lake was removed before it was made. */
export async function tablesWithFiles(ports: Pick<Ports, 'objects'>): Promise<ReadonlySet<string>> {
  return new Set((await listFiles(lakePrefix, ports)).map((key) => key.slice(lakePrefix.length).split('/')[0]!));
}

async function listFiles(prefix: string, { objects }: Pick<Ports, 'objects'>): Promise<readonly string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await objects.list({ prefix, limit: 1000, ...(after === undefined ? {} : { after }) });
    found.push(...page.keys.filter((key) => namedAt(key) !== undefined));
    after = page.next;
  } while (after !== undefined);
  return found;
}

async function listRetirements(table: string, { jobs }: Ports): Promise<readonly Retirement[]> {
  const found: Retirement[] = [];
  let after: string | undefined;
  do {
    const page = await jobs.query({ pk: partition(table), limit: 100, strong: true, ...(after === undefined ? {} : { after }) });
    found.push(...page.items.map(retirementOf));
    after = page.next;
  } while (after !== undefined);
  return found;
}

function retirementOf({ pk, sk, body }: Item): Retirement {
  const files = JSON.parse(inflateRawSync(body!).toString('utf8')) as readonly string[];
  return { key: { pk, sk }, since: Number(sk.split('#')[0]), files };
}
