/**
 * What is known of a data store's lake as a whole, in its table `jobs`: by which columns it was built, and how far a
 * rebuilding is. Where there is nothing, there is no lake yet, or none any more, or the store was restored.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Item, Key, OrderedTable } from '../../ports/ordered-table.ts';
import type { LakeFile } from './lake-manifest.ts';

export interface LakeState {
  /** By which columns the files are, or are being, written. */
  readonly columns: string;
  /** Whether what the manifests name is the whole store. Tables may be rebuilt all the same, for other columns. */
  readonly isWhole: boolean;
  readonly rebuilding?: Rebuilding;
  /** Of a lake that is paused: until when every change is in it, milliseconds since the epoch. */
  readonly pausedAsOf?: number;
  readonly revision: number;
}

export interface Rebuilding {
  readonly id: string;
  readonly segments: number;
  /** rebuild.ts */
  readonly phase: 'marking' | 'reading' | 'turning';
}

/** What one part of a rebuilding has come to. */
export interface RebuiltSegment {
  /** To go on behind; absent before the first page, and when it is done. */
  readonly after?: Key;
  readonly isDone: boolean;
  readonly files: readonly RebuiltFile[];
  readonly revision: number;
}

export type RebuiltFile = LakeFile & { readonly table: string };

interface Ports {
  readonly jobs: OrderedTable;
}

const stateKey: Key = { pk: 'lake#state', sk: '@' };
const segmentKey = (id: string, segment: number): Key => ({ pk: `lake#rebuilding#${id}`, sk: String(segment).padStart(4, '0') });

export async function readLakeState({ jobs }: Ports): Promise<LakeState | undefined> {
  const item = await jobs.get(stateKey, { strong: true });
  return item === undefined ? undefined : valueOf(item) as LakeState;
}

/** @returns false when another has written since */
export async function writeLakeState(
  seen: LakeState | undefined, next: Omit<LakeState, 'revision'>, { jobs }: Ports,
): Promise<boolean> {
  return write(stateKey, { seen, next }, jobs);
}

export async function forgetLakeState({ jobs }: Ports): Promise<void> {
  await jobs.delete(stateKey);
}

export async function readSegment({ id }: Rebuilding, segment: number, { jobs }: Ports): Promise<RebuiltSegment> {
  const item = await jobs.get(segmentKey(id, segment), { strong: true });
  return item === undefined ? { isDone: false, files: [], revision: 0 } : valueOf(item) as RebuiltSegment;
}

export async function readSegments(rebuilding: Rebuilding, ports: Ports): Promise<readonly RebuiltSegment[]> {
  return Promise.all(Array.from({ length: rebuilding.segments }, (_none, segment) => readSegment(rebuilding, segment, ports)));
}

interface SegmentPlace {
  readonly rebuilding: Rebuilding;
  readonly segment: number;
}

/** @returns false when another has gone on meanwhile */
export async function writeSegment(
  { rebuilding, segment }: SegmentPlace,
  [seen, next]: readonly [RebuiltSegment, Omit<RebuiltSegment, 'revision'>],
  { jobs }: Ports,
): Promise<boolean> {
  return write(segmentKey(rebuilding.id, segment), { seen: seen.revision === 0 ? undefined : seen, next }, jobs);
}

export async function forgetSegments({ id, segments }: Rebuilding, { jobs }: Ports): Promise<void> {
  await jobs.batchWrite({ deletes: Array.from({ length: segments }, (_none, segment) => segmentKey(id, segment)) });
}

interface Replacing {
  readonly seen: { readonly revision: number } | undefined;
  readonly next: object;
}

/** A put whose answer was lost and that is sent again finds itself: its body is what was to be written. */
async function write(key: Key, { seen, next }: Replacing, jobs: OrderedTable): Promise<boolean> {
  const revision = (seen?.revision ?? 0) + 1;
  const { revision: _past, ...kept } = next as { readonly revision?: number };
  const item: Item = { ...key, attributes: { revision }, body: deflateRawSync(JSON.stringify(kept)) };
  const condition = seen === undefined ? { absent: true } as const : { equals: seen.revision };
  const outcome = await jobs.put(item, { attribute: 'revision', ...condition });
  if (outcome.written) return true;
  const { found } = outcome;
  return found?.attributes?.['revision'] === revision && found.body !== undefined && Buffer.compare(found.body, item.body!) === 0;
}

function valueOf({ attributes, body }: Item): unknown {
  return { ...JSON.parse(inflateRawSync(body!).toString('utf8')), revision: attributes!['revision'] };
}
