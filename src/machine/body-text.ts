/** The bytes of a request's body as text, and what is answered where they are none. */
import { isUtf8 } from 'node:buffer';
import { badRequest, FhirError, payloadTooLarge, unsupportedMediaType } from '../fhir/outcome.ts';

/** The codings of a body that are understood (https://www.rfc-editor.org/rfc/rfc9110#section-8.4). */
export type ContentCoding = 'identity' | 'gzip';

/** @throws FhirError 415 for any other */
export function contentCoding(contentEncoding: string | undefined): ContentCoding {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  const { issues } = unsupportedMediaType('This Content-Encoding is not understood. Send the body as it is, or with gzip.');
  throw new FhirError(415, issues, { 'Accept-Encoding': 'gzip' });
}

/**
 * A byte order mark is let through: JSON forbids sending one and allows ignoring it (RFC 8259, section 8.1).
 *
 * @returns `undefined` when there are none
 * @throws FhirError 400 unless it is UTF-8
 */
export function bodyText(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw badRequest('The body is not valid UTF-8. FHIR is always sent as UTF-8.');
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', marked ? 3 : 0);
}

export function bodyTooLarge(maxBytes: number): FhirError {
  const size = maxBytes >= 1024 * 1024 ? `${maxBytes / 1024 / 1024} MB` : `${maxBytes / 1024} kB`;
  return payloadTooLarge(`The body is larger than the ${size} that this request may hold. Send it in parts.`);
}

export function bodyUnreadable(): FhirError {
  return badRequest('The body could not be read to its end: it was cut short, or it is not the gzip that Content-Encoding says it is.');
}
