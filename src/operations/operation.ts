/** An operation is a function from data to data: the request as parsed, the response before it is put on a wire. */
import type { DataStore } from '../store/data-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';

export interface OperationRequest {
  readonly method: string;
  /** `https://host/datastore/{datastoreId}/r4`, without a slash at the end. */
  readonly baseUrl: string;
  /** The named segments of the route: `type`, `id`, `versionId`, `transactionId`. */
  readonly path: Readonly<Record<string, string>>;
  /** The query string as sent, without `?`. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text, already decompressed; absent when nothing was sent. */
  readonly body?: string;
  /** Who asks, for idempotency keys and the audit log. */
  readonly caller: string;
}

export interface OperationResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text of one resource; absent for 204, 304 and `Prefer: return=minimal`. */
  readonly json?: string;
}

export type Operation = (request: OperationRequest) => Promise<OperationResponse>;

/** What operations are made with. Each takes the members it needs, of the store too: `StoreOf<'read'>`. */
export interface Dependencies {
  readonly store: DataStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The parts of the store that an operation asks for: a function that reads needs no store that writes. */
export interface StoreOf<Members extends keyof DataStore> {
  readonly store: Pick<DataStore, Members>;
}
