/**
 * Buckets of whoever runs a bulk job: where its input lies and its output goes. They are not the data store's own objects
 * (`object-store.ts`): keys are anything, and a bucket may be missing, closed to us, or full.
 */
import type { ByteRange } from './contents.ts';

/** An object of a bucket. */
export interface BucketPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface BucketObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Changes with the content: an ETag, or what a file system has in its place. */
  readonly revision: string;
  /** When the object was put there, ms since the epoch, where the bucket's `head` tells it: the same content put again has another. */
  readonly putAt?: number;
}

export interface BucketListing {
  readonly bucket: string;
  /** What keys begin with; empty for all. */
  readonly prefix: string;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface BucketPage {
  /** In the byte order of their keys. */
  readonly objects: readonly BucketObject[];
  readonly next?: string;
}

export interface PutOptions {
  /** The KMS key that the object is encrypted under; runtimes without KMS leave it. */
  readonly kmsKeyId?: string;
}

/** Every method throws {@link BucketRefused} for what whoever asked for the job can change. */
export interface Buckets {
  list(listing: BucketListing): Promise<BucketPage>;
  /** @returns `undefined` when there is no such object */
  head(place: BucketPlace): Promise<BucketObject | undefined>;
  /**
   * Reads the object, or the range of it that exists.
   * @throws BucketRefused `changed` when it is not of the revision any more, or is gone
   */
  read(place: BucketPlace & Pick<BucketObject, 'revision'>, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Replaces the object; nobody sees it before it is whole and durable. */
  put(place: BucketPlace, body: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<void>;
}

export type BucketRefusal = 'missing-bucket' | 'no-permission' | 'full' | 'changed' | 'bad-key';

/** The bucket does not do what was asked; the message says what to do, and never names a key. */
export class BucketRefused extends Error {
  override readonly name = 'BucketRefused';
  readonly reason: BucketRefusal;

  constructor(reason: BucketRefusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
