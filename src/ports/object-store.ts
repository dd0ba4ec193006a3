/** Objects by key: bodies too large for a table item, bundles of asynchronous requests, files of bulk jobs. */

/** Any of these may throw `ObjectsUnavailable`. */
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

/** Objects that are put by one of those who try at once, and by no other. */
export interface CreatesObjects {
  /** Puts an object where there is none. @returns whether it did; false is also where another is at it. May throw `ObjectsUnavailable` */
  create(key: string, body: Uint8Array): Promise<boolean>;
}

/** The objects cannot be reached at the moment (throttled, a time-out, a fault of the service). What was asked for may still happen. */
export class ObjectsUnavailable extends Error {
  override readonly name = 'ObjectsUnavailable';
  /** What the service calls it, for a log. */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super('The objects cannot be reached at the moment.', options);
    this.code = code;
  }
}
