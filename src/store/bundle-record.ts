/**
 * The record of a transaction: the one item whose state decides for all its members at once.
 *
 * PENDING, missing or ABORTED reads as the base of each member, COMMITTED as its intent.
 */
import type { Item, OrderedTable } from '../ports/ordered-table.ts';
import type { Interaction } from './data-store.ts';
import { decodeBody, encodeBody } from './body.ts';
import { bundleRecordKey } from './keys.ts';

export type BundleState = 'pending' | 'committed' | 'aborted';

export interface BundleMember {
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
  readonly interaction: Interaction;
  /** The resource did not exist, or was deleted, before. */
  readonly created: boolean;
  /** The entry of the bundle that wrote it, where the coordinator was told. */
  readonly entry?: number;
}

export interface BundleRecord {
  readonly bundleId: string;
  readonly state: BundleState;
  /** The write id that all members and their entries share. */
  readonly writeId: string;
  /** The members' lastUpdated, ms. */
  readonly stamp: number;
  /** From this instant (ms) anyone may abort a pending record: its coordinator has died or will lose. */
  readonly expires: number;
  /** Kept until `forget`, because the job that asked may ask again. */
  readonly kept: boolean;
  /** In the order of the request; absent members found nothing to delete. */
  readonly members: readonly BundleMember[];
}

export function bundleRecordItem(record: BundleRecord): Item {
  const { state, writeId, stamp, expires } = record;
  return {
    ...bundleRecordKey(record.bundleId),
    attributes: { state, write: writeId, stamp, expires, ...(record.kept ? { kept: 1 } : {}) },
    body: encodeBody(JSON.stringify(record.members)),
    ...(state === 'committed' ? { announce: true } : {}),
  };
}

export function bundleRecordOfItem(item: Item): BundleRecord {
  const { state, write, stamp, expires, kept } = item.attributes ?? {};
  return {
    bundleId: item.sk,
    state: state as BundleState,
    writeId: write as string,
    stamp: stamp as number,
    expires: expires as number,
    kept: kept === 1,
    members: JSON.parse(decodeBody(item.body!)) as BundleMember[],
  };
}

export async function readBundleRecord(resources: OrderedTable, bundleId: string): Promise<BundleRecord | undefined> {
  const item = await resources.get(bundleRecordKey(bundleId), { strong: true });
  return item === undefined ? undefined : bundleRecordOfItem(item);
}
