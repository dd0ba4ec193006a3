/** Writes tables small: the code they lie in is read at every cold start (https://hl7.org/fhir/R4/downloads.html). */
import { brotliCompressSync, constants } from 'node:zlib';

/** The best quality takes 30 times as long for a sixth less, and the first start of a clone waits for it. */
const quality = 9;

/** What `unpackedText` of src/fhir/packed-text.ts turns back into the text. Equal texts make equal results. */
export function packedText(text: string): string {
  const bytes = Buffer.from(text);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).toString('base64');
}
