/**
 * Reads the tables that scripts/definitions/packed-text.ts has made from R4's definitions
 * (https://hl7.org/fhir/R4/downloads.html). They lie compressed in the code, since a cold start reads every byte of it,
 * and are unpacked when they are first asked for.
 */
import { brotliDecompressSync } from 'node:zlib';

/** @param packed base64 of text in Brotli. */
export function unpackedText(packed: string): string {
  return brotliDecompressSync(Buffer.from(packed, 'base64')).toString();
}
