/**
 * A Binary that comes as its content (https://hl7.org/fhir/R4/binary.html): any body that is not itself a Binary in FHIR's
 * format, JSON included.
 */
import { createHash } from 'node:crypto';
import { badRequest } from '../../fhir/outcome.ts';
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { subsetted } from '../../fhir/subset.ts';
import type { NewContent } from '../../store/data-store.ts';
import type { OperationRequest } from '../operation.ts';
import { pathSegment } from '../path-segment.ts';
import { maxDataBytes } from './binary-limits.ts';
import { declaredContentType, isJson } from './media-types.ts';
import { keptContent, uploadedContent } from './upload.ts';
import type { Uploading } from './upload.ts';

export interface SubmittedBinary {
  readonly resource: Resource;
  /** What is too large to be the resource's data. */
  readonly content?: NewContent;
}

/** Whether a runtime hands the body on as `content`, in bytes, and may let it be as large as a Binary. */
export function takesContent(
  { name, path }: { readonly name: string; readonly path: OperationRequest['path'] }, headers: OperationRequest['headers'],
): boolean {
  return (name === 'create' || name === 'update') && path['type'] === 'Binary' && !isJson(headers['content-type']);
}

/**
 * @param parsed the body, where it is JSON
 * @returns `undefined` when the request brings a Binary in FHIR's format, or no body at all
 * @throws FhirError 400, 415
 */
export function submittedBinary(request: OperationRequest, parsed: () => Json, uploading: Uploading | undefined): SubmittedBinary | undefined {
  const { content, body } = request;
  const uploaded = uploadedContent(request, 'Binary', uploading);
  if (uploaded !== undefined) return large(request, uploaded);
  if (content === undefined) {
    if (body === undefined || !isJson(request.headers['content-type']) || isBinary(parsed())) return undefined;
    return small(request, Buffer.from(body));
  }
  if ('bytes' in content) return content.bytes.length <= maxDataBytes ? small(request, content.bytes) : large(request, bytesToKeep(content.bytes));
  if (uploading === undefined) throw new Error('Nobody keeps large contents here.');
  return large(request, keptContent(content.upload, content.digest, uploading));
}

function isBinary(value: Json): boolean {
  return isObject(value) && value['resourceType'] === 'Binary';
}

function bytesToKeep(bytes: Uint8Array): NewContent {
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('base64'), place: bytes };
}

function small(request: OperationRequest, bytes: Uint8Array): SubmittedBinary {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  // R4 has no empty strings.
  return { resource: { ...binaryOf(request), ...(data === '' ? {} : { data }) } };
}

/** Marked as subsetted: where the resource is shown it lacks its data, and whoever wrote it back would erase that. */
function large(request: OperationRequest, content: NewContent): SubmittedBinary {
  const { resourceType, ...rest } = binaryOf(request);
  return { resource: { resourceType, meta: { tag: [{ ...subsetted }] }, ...rest }, content };
}

function binaryOf(request: OperationRequest): Resource {
  const id = request.method === 'PUT' ? { id: pathSegment(request, 'id') } : {};
  return { resourceType: 'Binary', ...id, contentType: declaredContentType(request.headers), ...securityContext(request.headers) };
}

const referencePattern = /^[!-~]{1,2048}$/;

/** `X-Security-Context` is the reference that a resource would have as its securityContext. */
function securityContext(headers: OperationRequest['headers']): JsonObject {
  const reference = headers['x-security-context']?.trim();
  if (reference === undefined || reference === '') return {};
  if (referencePattern.test(reference) && !reference.includes(',')) return { securityContext: { reference } };
  throw badRequest('X-Security-Context is one reference, as in Patient/123 or a whole URL.');
}
