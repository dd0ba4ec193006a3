/**
 * Resource bodies as they lie in the table: compressed JSON of exactly what was accepted.
 *
 * The first byte names the encoding, so that bodies written by any release stay readable. Encodings are never
 * changed or removed, only added.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { bodyDictionary } from './body-dictionary.ts';

const encodings = { plain: 0, deflateWithDictionary1: 1 } as const;

/** Shorter bodies gain nothing from compression. */
const minimumCompressedLength = 64;

/** Higher levels save under 4 % on FHIR JSON and cost twice the time. */
const compressionLevel = 3;

/**
 * By the most bytes that a body has, the smallest window that reaches from its end to most of the dictionary before it. zlib takes
 * memory for each body anew and empties it: by default ten times as much, and 16 KB for output that has a few hundred bytes.
 */
const windows = [
  { maxBytes: 3 * 1024, options: { windowBits: 13, memLevel: 5, chunkSize: 1024 } },
  { maxBytes: 8 * 1024, options: { windowBits: 14, memLevel: 6, chunkSize: 2048 } },
  { maxBytes: Infinity, options: {} },
] as const;

/** FHIR's JSON rarely shrinks to less than this part; a larger body takes another round. */
const usualExpansion = 8;
const minimumChunkBytes = 1024;
const maximumChunkBytes = 64 * 1024;

/** A resource is at most 5 MB on entry, a stored Bundle 50 MB; beyond this a body is not ours. */
const maxDecodedBytes = 200 * 1024 * 1024;

const dictionary = Buffer.from(bodyDictionary, 'utf8');

/** Of a body that is passed on to be compressed: it is copied on its way, and weighs on whoever compresses. */
const maxPlainBytes = 32 * 1024;

/** Texts that fit stand here while they are compressed, in place of in a buffer each; no character of JavaScript's has more bytes. */
const desk = Buffer.alloc(maxPlainBytes);
const maxCharacterBytes = 3;

function utf8Of(text: string): Buffer {
  return text.length * maxCharacterBytes > desk.length ? Buffer.from(text, 'utf8') : desk.subarray(0, desk.write(text, 'utf8'));
}

export function encodeBody(json: string): Uint8Array {
  return encoded(utf8Of(json));
}

function encoded(text: Uint8Array): Uint8Array {
  if (text.length < minimumCompressedLength) return prefixed(encodings.plain, text);
  const { options } = windows.find(({ maxBytes }) => text.length <= maxBytes)!;
  return prefixed(encodings.deflateWithDictionary1, deflateRawSync(text, { level: compressionLevel, dictionary, ...options }));
}

/**
 * A body for a table that compresses what it is given ({@link compressedBody}): as it is, where it is small.
 *
 * @returns at most {@link maxPlainBytes}, or a compressed body
 */
export function plainBody(json: string): Uint8Array {
  return json.length * maxCharacterBytes > maxPlainBytes ? encodeBody(json) : prefixed(encodings.plain, utf8Of(json));
}

/** What becomes of a body that came plain: the one that {@link encodeBody} makes. Any other stays as it is. */
export function compressedBody(body: Uint8Array): Uint8Array {
  return body[0] === encodings.plain && body.length > minimumCompressedLength ? encoded(body.subarray(1)) : body;
}

/** @throws Error when the bytes are not of a known encoding. */
export function decodeBody(body: Uint8Array): string {
  return decodeBodyBytes(body).toString('utf8');
}

/** The JSON in UTF-8, for whoever passes it on as it is. @throws Error when the bytes are not of a known encoding. */
export function decodeBodyBytes(body: Uint8Array): Buffer {
  const content = body.subarray(1);
  switch (body[0]) {
    case encodings.plain:
      return Buffer.from(content.buffer, content.byteOffset, content.length);
    case encodings.deflateWithDictionary1:
      return inflated(content);
    default:
      throw new Error(`a stored body has the unknown encoding ${body[0]}`);
  }
}

function inflated(content: Uint8Array): Buffer {
  const chunkSize = Math.min(maximumChunkBytes, Math.max(minimumChunkBytes, content.length * usualExpansion));
  return inflateRawSync(content, { dictionary, chunkSize, maxOutputLength: maxDecodedBytes });
}

function prefixed(encoding: number, content: Uint8Array): Uint8Array {
  // From the pool: small bodies are many.
  const body = Buffer.allocUnsafe(content.length + 1);
  body[0] = encoding;
  body.set(content, 1);
  return body;
}
