/**
 * Reads the body of a request as text: bounded as sent and as decompressed, so that neither a long body nor a
 * small one that unpacks to a large one (https://www.rfc-editor.org/rfc/rfc9110#section-8.4) fills the memory.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FhirError, throttled } from '../fhir/outcome.ts';
import { bodyText, bodyTooLarge, bodyUnreadable, contentCoding } from '../machine/body-text.ts';

/** Bodies held at a time, over all requests: four bundles of the largest size, or some hundred of the usual one. */
export const maxHeldBytes = 256 * 1024 * 1024;
/** The others finish within about that time. */
const retryAfterSeconds = 2;

/** What the requests in progress hold together. */
export interface BodyBudget {
  /** A share that grows as a body arrives; to be given back when the request is answered. */
  share(): BodyShare;
}

export interface BodyShare {
  /** @throws FhirError 429 when all requests together would hold too much */
  grow(sizeBytes: number): void;
  release(): void;
}

export function bodyBudget(limitBytes = maxHeldBytes): BodyBudget {
  let heldBytes = 0;
  return {
    share() {
      let ownBytes = 0;
      return {
        grow(sizeBytes) {
          if (heldBytes + sizeBytes > limitBytes) {
            throw throttled('Too many large requests at a time. Send this one again a little later.', retryAfterSeconds);
          }
          heldBytes += sizeBytes;
          ownBytes += sizeBytes;
        },
        release() {
          heldBytes -= ownBytes;
          ownBytes = 0;
        },
      };
    },
  };
}

export interface BodyLimits {
  /** The most this kind of request may hold, as sent and as decompressed. */
  readonly maxBytes: number;
  readonly share: BodyShare;
  /** Called when the body is going to be read. */
  readonly invite: () => void;
  /** Given the body as it is sent, piece by piece. */
  readonly observe?: (piece: Uint8Array) => void;
}

/**
 * The body as text, `undefined` when none was sent or none is wanted (`maxBytes` 0).
 * @throws FhirError 413 too large (before the rest is read), 415 an encoding other than gzip, 400 not gzip or not
 *   UTF-8 or cut short, 429 when all requests together hold too much
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<string | undefined> {
  const bytes = await readBytes(request, limits);
  return bytes === undefined ? undefined : bodyText(bytes);
}

/** The same, whatever the bytes are. */
export async function readBytes(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | undefined> {
  if (!hasBody(request) || limits.maxBytes === 0) return undefined;
  if (Number(request.headers['content-length']) > limits.maxBytes) throw bodyTooLarge(limits.maxBytes);
  const source = decoded(request);
  limits.invite();
  return source === request ? gather(request, limits) : gatherDecoded(request, source, limits);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': declared = '0' } = headers;
  return declared !== '0' || headers['transfer-encoding'] !== undefined;
}

/**
 * The body piece by piece, for what is not to be held in memory.
 * @throws FhirError as {@link readBytes}
 */
export async function* bodyPieces(request: IncomingMessage, { maxBytes, invite, observe }: Omit<BodyLimits, 'share'>): AsyncGenerator<Uint8Array> {
  if (Number(request.headers['content-length']) > maxBytes) throw bodyTooLarge(maxBytes);
  const source = decoded(request);
  invite();
  if (source === request) yield* bounded(request, maxBytes, observe);
  else yield* bounded(Readable.from(bounded(request, maxBytes, observe)).pipe(source as Readable & NodeJS.WritableStream), maxBytes);
}

/** Leaves the stream as it is when it breaks off: an answer has to go back over the same connection. */
async function* bounded(source: Readable, maxBytes: number, observe?: BodyLimits['observe']): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  const pieces = source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  try {
    for await (const piece of pieces) {
      sizeBytes += piece.length;
      if (sizeBytes > maxBytes) throw bodyTooLarge(maxBytes);
      observe?.(piece);
      yield piece;
    }
  } catch (error) {
    throw error instanceof FhirError ? error : bodyUnreadable();
  }
}

function decoded(request: IncomingMessage): Readable {
  return contentCoding(request.headers['content-encoding']) === 'gzip' ? createGunzip() : request;
}

/** Both ends are counted: padding that decompresses to nothing is bounded too. */
async function gatherDecoded(request: IncomingMessage, gunzip: Readable, limits: BodyLimits): Promise<Buffer> {
  let sentBytes = 0;
  const count = (chunk: Buffer): void => {
    sentBytes += chunk.length;
    limits.observe?.(chunk);
    if (sentBytes > limits.maxBytes) gunzip.destroy(bodyTooLarge(limits.maxBytes));
  };
  request.on('data', count);
  request.once('error', (error) => gunzip.destroy(error));
  request.pipe(gunzip as Readable & NodeJS.WritableStream);
  try {
    return await gather(gunzip, { ...limits, observe: undefined });
  } finally {
    request.unpipe();
    request.off('data', count);
    gunzip.destroy();
  }
}

function gather(source: Readable, { maxBytes, share, observe }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const stop = (error: unknown): void => {
      source.off('data', take);
      source.pause();
      reject(error instanceof FhirError ? error : bodyUnreadable());
    };
    const take = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return stop(bodyTooLarge(maxBytes));
      try {
        share.grow(chunk.length);
      } catch (error) {
        return stop(error);
      }
      observe?.(chunk);
      chunks.push(chunk);
    };
    source.on('data', take);
    source.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    source.on('error', stop);
    // A peer that goes away closes the stream without ending it; after the end this changes nothing.
    source.once('close', () => {
      if (!source.readableEnded) stop(undefined);
    });
  });
}
