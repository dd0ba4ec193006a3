/** Objects by key: bodies too large for a table item, bundles of asynchronous requests, files of bulk jobs. */

export interface ObjectStore {
  /** Replaces the object; resolves when it is durable. Keys are `/`-separated segments of `[A-Za-z0-9._=-]`, none `.` or `..`. */
  put(key: string, body: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Keys that begin with `prefix`, in byte order, at most `limit`; `next` is the key to continue behind. */
  list(options: { readonly prefix: string; readonly limit: number; readonly after?: string }): Promise<{
    readonly keys: readonly string[];
    readonly next?: string;
  }>;
}
