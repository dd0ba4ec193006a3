/**
 * Contents that are too large for a resource: clients bring them to a place that nobody sees, the store keeps them under
 * a key of its own, and from then on they are only read. On AWS they go straight between client and bucket by links that
 * are signed for a short time, embedded through this process.
 */

/** What a content is held against before it is kept. */
export interface ContentDigest {
  readonly sizeBytes: number;
  /** SHA-256, in base64. */
  readonly sha256: string;
}

export interface Invited {
  /** Random, `[A-Za-z0-9_-]`. */
  readonly upload: string;
  readonly digest: ContentDigest;
  /** Where this process takes the upload, for runtimes that have no better place. */
  readonly ownUrl: string;
}

/** A client puts the bytes to `url`, with these headers and no others that matter. */
export interface Invitation {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Uploads {
  /** A place for bytes of this digest and no others. What is not kept within {@link uploadLifeMs} goes by itself. */
  invite(invited: Invited): Promise<Invitation>;
  /**
   * Copies the upload to the object of this key, durably. Done twice it changes nothing; the upload may be kept again.
   * @returns `missing` when nothing has come (whole), `different` when it is not of the digest
   */
  keep(upload: string, digest: ContentDigest, key: string): Promise<'kept' | 'missing' | 'different'>;
}

/** After a day nobody commits an upload any more: the longest that a lifecycle rule of S3 may take is told in days. */
export const uploadLifeMs = 24 * 60 * 60 * 1000;

/** How the bytes are to be announced to whoever gets them. */
export interface Presentation {
  readonly method: 'GET' | 'HEAD';
  readonly contentType: string;
  readonly disposition: string;
}

/** Both ends included, as in HTTP. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** A link that works for a short time, or the bytes by way of this process, `undefined` when there is no such object. */
export type Offer =
  | { readonly url: string }
  | { readonly open: (range?: ByteRange) => Promise<AsyncIterable<Uint8Array> | undefined> };

export interface Downloads {
  offer(key: string, presentation: Presentation): Promise<Offer>;
}
