/**
 * The manifest of a lake's table (docs/decisions/0014-lake.md): which files it is made of. It is one item of the store's
 * table `jobs`, for that has conditional writes on every runtime; of two writers at a time the later one begins again with
 * what the first has written. One put of it publishes an increment, or a compaction of all layers.
 *
 * Where an engine finds the files by itself (Athena), their addresses are also laid down as one object, a line each
 * (`SymlinkTextInputFormat`), derived from the manifest and put behind it: a crash between the two is healed by the next
 * who publishes.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Layer } from '../../fhir/lake/lake-table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Item, Key, OrderedTable } from '../../ports/ordered-table.ts';

export interface LakeFile {
  /** The key of the object. */
  readonly key: string;
  readonly layer: Layer;
  readonly rows: number;
  readonly sizeBytes: number;
}

/** A compaction under way: whoever goes on with it makes the parts that are missing, and the last one publishes. */
export interface RunningCompaction {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly begun: number;
  /** What it reads: all files of the table when it began, or those that a rebuilding has made instead. */
  readonly sources: readonly string[];
  /** What the manifest names no more once it is published. */
  readonly replaces: readonly string[];
  /** In how many parts, by a hash of the resources' ids. */
  readonly parts: number;
  readonly done: readonly { readonly part: number; readonly files: readonly LakeFile[] }[];
  /** The rebuilding that it ends. */
  readonly rebuilding?: string;
}

export interface LakeManifest {
  /** The table's name: the resource type in lower case. */
  readonly table: string;
  /** Counts the changes; 0 before the first. */
  readonly revision: number;
  /**
   * Counts what began to take files out of the manifest. Versions that were read from the store in an earlier epoch are not
   * published any more: a newer one may be on its way to `current`, and they would stand behind it as if they were news.
   */
  readonly epoch: number;
  readonly files: readonly LakeFile[];
  /** When all layers were last made anew, milliseconds since the epoch; absent when they never were. */
  readonly compacted?: number;
  readonly compacting?: RunningCompaction;
  /**
   * The rebuilding that is under way, and the files that were there when it began: until it is published no others are made of
   * them.
   */
  readonly rebuilding?: { readonly id: string; readonly replaces: readonly string[] };
  /** The last rebuilding that was published. */
  readonly rebuilt?: string;
}

export interface ManifestPorts {
  readonly jobs: OrderedTable;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Where an engine finds an object: present on runtimes whose engine reads the addresses. */
  readonly uriOf?: (key: string) => string;
}

/**
 * Files of a table. An item takes 400 KB, and a file some 50 bytes of it: this many files are an order of magnitude more than
 * compaction leaves of the largest table.
 */
export const maxFiles = 5000;
/** Each attempt that fails is another's that succeeded. */
const maxAttempts = 20;
const partition = 'lake#manifests';

/** What all objects of a lake are under. */
export const lakePrefix = 'lake/';

export function tablePrefix(table: string): string {
  return `${lakePrefix}${table}/`;
}

/** The object that has the addresses of the files, the only one under its prefix, which is what Athena is told. */
export function addressesKey(table: string): string {
  return `${tablePrefix(table)}addresses/files.txt`;
}

const manifestKey = (table: string): Key => ({ pk: partition, sk: table });

export async function readManifest(table: string, { jobs }: Pick<ManifestPorts, 'jobs'>): Promise<LakeManifest> {
  return manifestOf(table, await jobs.get(manifestKey(table), { strong: true }));
}

/** All tables that have a manifest, by name. */
export async function listManifests({ jobs }: Pick<ManifestPorts, 'jobs'>): Promise<readonly LakeManifest[]> {
  const manifests: LakeManifest[] = [];
  let after: string | undefined;
  do {
    const page = await jobs.query({ pk: partition, limit: 200, strong: true, ...(after === undefined ? {} : { after }) });
    manifests.push(...page.items.map((item) => manifestOf(item.sk, item)));
    after = page.next;
  } while (after !== undefined);
  return manifests;
}

/**
 * Changes the manifest as it is at the moment of the change, and publishes it.
 *
 * @param change gives the next manifest, or `undefined` for none; it may be asked more than once
 * @returns the manifest as it is now, or `undefined` when there was no change to make
 */
export async function changeManifest(
  table: string, change: (seen: LakeManifest) => LakeManifest | undefined, ports: ManifestPorts,
): Promise<LakeManifest | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const seen = await readManifest(table, ports);
    const changed = change(seen);
    // A put that came to nothing may be one whose answer was lost: what it has published has no addresses yet.
    const isSureOfAddresses = attempt === 0;
    if (changed === undefined) {
      if (!isSureOfAddresses) await layAddresses(seen, ports);
      return undefined;
    }
    if (changed.files.length > maxFiles) throw new Error('A table of the lake has too many files to be listed.');
    const next = { ...changed, revision: seen.revision + 1 };
    const isFirst = seen.revision === 0;
    const condition = { attribute: 'revision', ...(isFirst ? { absent: true } as const : { equals: seen.revision }) };
    if (!(await ports.jobs.put(itemOf(next), condition)).written) continue;
    if (!isSureOfAddresses || namesOtherFiles(seen, next)) await layAddresses(next, ports);
    return next;
  }
  throw new Error('The manifest of a table of the lake is changed by too many at a time.');
}

/**
 * Lays down where the files are, as the manifest has them. Two may do so at a time: whoever finds that the manifest has
 * changed since does it again, so that the last one to end has laid down the last state.
 */
export async function layAddresses(manifest: LakeManifest, ports: ManifestPorts): Promise<void> {
  const { uriOf, objects } = ports;
  if (uriOf === undefined) return;
  let last = manifest;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    await objects.put(addressesKey(last.table), addresses(last, uriOf));
    const now = await readManifest(last.table, ports);
    if (!namesOtherFiles(last, now)) return;
    last = now;
  }
}

function addresses({ files }: LakeManifest, uriOf: (key: string) => string): Uint8Array {
  return new TextEncoder().encode(files.map(({ key }) => `${uriOf(key)}\n`).join(''));
}

function namesOtherFiles(one: LakeManifest, other: LakeManifest): boolean {
  return one.files.length !== other.files.length || one.files.some(({ key }, position) => key !== other.files[position]!.key);
}

function manifestOf(table: string, item: Item | undefined): LakeManifest {
  if (item === undefined) return { table, revision: 0, epoch: 0, files: [] };
  const kept = JSON.parse(inflateRawSync(item.body!).toString('utf8')) as Omit<LakeManifest, 'table' | 'revision'>;
  return { ...kept, table, revision: item.attributes!['revision'] as number };
}

function itemOf({ table, revision, ...kept }: LakeManifest): Item {
  return { ...manifestKey(table), attributes: { revision }, body: deflateRawSync(JSON.stringify(kept)) };
}
