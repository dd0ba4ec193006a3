/** What the clean-up queue carries: each message is work for one data store, and may come twice. */
import type { SweepPosition } from '../../store/cleaner.ts';
import type { StaleEntry } from '../../store/store-context.ts';

export type CleanUpWork =
  /** A transaction was committed; its coordinator may have left members unsettled. */
  | { readonly datastoreId: string; readonly bundle: string }
  /** Index entries that a search found to lead nowhere. */
  | { readonly datastoreId: string; readonly stale: readonly StaleEntry[] }
  /** All of the store's transactions are to be looked at. */
  | { readonly datastoreId: string; readonly due: 'settle' }
  /** The day's part of the store is to be looked at, from `from` on. */
  | { readonly datastoreId: string; readonly due: 'sweep'; readonly from?: SweepPosition };

/** @throws Error when the message is no work of this queue */
export function cleanUpWork(message: unknown): CleanUpWork {
  const { datastoreId, bundle, stale, due } = Object(message) as Readonly<Record<string, unknown>>;
  const known = typeof bundle === 'string' || (Array.isArray(stale) && stale.every(isKey)) || due === 'settle' || due === 'sweep';
  if (typeof datastoreId !== 'string' || !known) throw new Error('A message of the clean-up queue says nothing that is to be done.');
  return message as CleanUpWork;
}

function isKey(entry: unknown): boolean {
  const { pk, sk } = Object(entry) as Readonly<Record<string, unknown>>;
  return typeof pk === 'string' && typeof sk === 'string';
}
