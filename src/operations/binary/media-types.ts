/** Content types of Binaries, as they come in a header and go out in one. */
import { unsupportedMediaType } from '../../fhir/outcome.ts';
import { parseMediaType } from '../media-type.ts';
import type { OperationRequest } from '../operation.ts';

/** Longer than any in use, with its parameters. */
const maxContentTypeLength = 255;
/** `type/subtype` and parameters, printable, with single spaces: a `code` of FHIR, and fit for a header. */
const contentTypePattern = /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+(?:; ?[A-Za-z0-9!#$&^_.+-]+=(?:[A-Za-z0-9!#$&^_.+:/'()*-]+|"[ !#-[\]-~]*"))*$/;

function isContentType(text: string): boolean {
  return text.length <= maxContentTypeLength && contentTypePattern.test(text);
}

/** @throws FhirError 415 when there is none, or it is none */
export function declaredContentType(headers: OperationRequest['headers']): string {
  const declared = headers['content-type']?.trim().replace(/\s*;\s*/g, '; ');
  if (declared === undefined) throw unsupportedMediaType('The request has no Content-Type. Send that of the content, as in application/pdf.');
  if (isContentType(declared)) return declared;
  throw unsupportedMediaType('The Content-Type is not a media type with its parameters, as in text/plain; charset=utf-8.');
}

/** What a stored content is told to be: a resource written as JSON may have any text there. */
export function servedContentType(contentType: unknown): string {
  return typeof contentType === 'string' && isContentType(contentType) ? contentType : 'application/octet-stream';
}

/** Whether a body may be a resource: FHIR's format, or JSON. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  const { name } = parseMediaType(contentType);
  return name === 'application/fhir+json' || name === 'application/json';
}
