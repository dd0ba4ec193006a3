/** An operation is a function from data to data: the request as parsed, the response before it is put on a wire. */
import type { DataStore } from '../store/data-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ByteRange, ContentDigest, Downloads, Uploads } from '../ports/contents.ts';
import type { Ids } from '../ports/ids.ts';

export interface OperationRequest {
  readonly method: string;
  /** `https://host/datastore/{datastoreId}/r4`, without a slash at the end. */
  readonly baseUrl: string;
  /** The named segments of the route: `type`, `id`, `versionId`, `memberType`, `transactionId`, `jobId`, `folder`, `file`, `queryId`, `name`. */
  readonly path: Readonly<Record<string, string>>;
  /** The query string as sent, without `?`. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text, already decompressed; absent when nothing was sent. */
  readonly body?: string;
  /** In place of `body` where the content is not to be read as text: that of a Binary in its own format. */
  readonly content?: SentContent;
  /** Who asks, for idempotency keys and the audit log. */
  readonly caller: string;
}

/** The bytes as sent, or where the runtime has laid them because they are many. */
export type SentContent = { readonly bytes: Uint8Array } | { readonly upload: string; readonly digest: ContentDigest };

export interface OperationResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text of one resource; absent for 204, 304 and `Prefer: return=minimal`. */
  readonly json?: string;
  /** In place of `json`, the content of a Binary in its own format: few bytes, or many to be read as they are sent. */
  readonly content?: Uint8Array | StreamedContent;
}

export interface StreamedContent {
  readonly sizeBytes: number;
  /** True where compressing it on the way is worth it, as for text. */
  readonly isCompressible?: boolean;
  /** @returns `undefined` when there is no such object any more */
  open(range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined>;
}

export type Operation = (request: OperationRequest) => Promise<OperationResponse>;

/** What operations are made with. Each takes the members it needs, of the store too: `StoreOf<'read'>`. */
export interface Dependencies {
  readonly store: DataStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Of contents too large for a resource; absent for the entries of bundles, which neither bring nor ask for any. */
  readonly uploads?: Uploads;
  readonly downloads?: Downloads;
}

/** The parts of the store that an operation asks for: a function that reads needs no store that writes. */
export interface StoreOf<Members extends keyof DataStore> {
  readonly store: Pick<DataStore, Members>;
}
