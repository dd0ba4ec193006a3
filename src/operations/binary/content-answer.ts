/**
 * The content of a Binary as the answer to a read (https://hl7.org/fhir/R4/binary.html): in its own format, or as a link to
 * where it is. Users bring these contents, so a browser is told to show nothing of them as a page of this server.
 */
import { FhirError } from '../../fhir/outcome.ts';
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Downloads } from '../../ports/contents.ts';
import type { ResourceVersion, StoredContent } from '../../store/data-store.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import { servedContentType } from './media-types.ts';
import { asksForElements, wantedForm } from './wanted-form.ts';

/** Saved, not shown; without a name, for names of files tell of patients. */
const disposition = 'attachment';

/** Nothing in the content runs, or loads anything, were it shown all the same. */
const contentSecurityPolicy = "sandbox; default-src 'none'";

/** Its characters are those of a URL or a relative reference; anything else is no header. */
const referencePattern = /^[!-~]{1,2048}$/;

/**
 * @param version not a deletion, and of type Binary
 * @param headers those of the version
 * @returns `undefined` when the resource is asked for
 * @throws FhirError 406 when the resource is asked for and its data is too large to be part of it
 */
export async function contentAnswer(
  request: OperationRequest,
  { version, headers }: { readonly version: ResourceVersion; readonly headers: Readonly<Record<string, string>> },
  downloads: Downloads | undefined,
): Promise<OperationResponse | undefined> {
  const binary = parseJson(version.json!) as JsonObject;
  const contentType = servedContentType(binary['contentType']);
  if (wantedForm(request, contentType) === 'resource') {
    if (version.content !== undefined && !asksForElements(request.query)) throw tooLarge();
    return undefined;
  }
  const all = { ...headers, ...contextHeader(binary), Vary: 'Accept' };
  if (version.content !== undefined) return largeAnswer(request, { headers: all, content: version.content, contentType }, downloads);
  return { status: 200, headers: { ...all, ...contentHeaders(contentType) }, content: dataOf(binary) };
}

function tooLarge(): FhirError {
  const diagnostics =
    'The data of this Binary is too large to be part of a resource. Read the content itself: with Accept: */*, or that of its type; ' +
    '_summary=true returns the rest of the resource.';
  return new FhirError(406, [{ severity: 'error', code: 'too-long', diagnostics }]);
}

function contentHeaders(contentType: string): Record<string, string> {
  return { 'Content-Type': contentType, 'Content-Disposition': disposition, 'Content-Security-Policy': contentSecurityPolicy };
}

/** `securityContext` goes with the content as a header. */
function contextHeader({ securityContext }: JsonObject): Record<string, string> {
  const reference = isObject(securityContext) ? securityContext['reference'] : undefined;
  return typeof reference === 'string' && referencePattern.test(reference) ? { 'X-Security-Context': reference } : {};
}

function dataOf({ data }: JsonObject): Uint8Array {
  return Buffer.from(typeof data === 'string' ? data : '', 'base64');
}

interface Large {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: StoredContent;
  readonly contentType: string;
}

async function largeAnswer(
  { method }: OperationRequest, { headers, content, contentType }: Large, downloads: Downloads | undefined,
): Promise<OperationResponse> {
  if (downloads === undefined) throw new Error('Nobody hands out large contents here.');
  const offer = await downloads.offer(content.key, { method: method === 'HEAD' ? 'HEAD' : 'GET', contentType, disposition });
  // Whoever keeps the redirect finds a link that works no more.
  if ('url' in offer) return { status: 307, headers: { ...headers, 'Cache-Control': 'no-store', Location: offer.url } };
  return { status: 200, headers: { ...headers, ...contentHeaders(contentType) }, content: { sizeBytes: content.sizeBytes, open: offer.open } };
}
