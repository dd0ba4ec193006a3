/**
 * Uploads of contents that are too large for a request (docs/decisions/0007-contents-of-binaries.md), in three steps:
 *
 * 1. The create or update of a Binary without a body, that says in `Upload-Length` and `Repr-Digest`
 *    (https://www.rfc-editor.org/rfc/rfc9530#section-3) what is to come, is answered 202 with a place to put it.
 * 2. The client puts the bytes there.
 * 3. It sends the request of the first step again, with the `Upload-Token` of its answer: that is the write.
 *
 * Nothing is kept of an upload between the steps but the bytes themselves: the token says the rest, sealed.
 */
import { badRequest, conflict, notSupported, payloadTooLarge, unprocessable } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContentDigest, Uploads } from '../../ports/contents.ts';
import type { Ids } from '../../ports/ids.ts';
import type { NewContent, Sealer } from '../../store/data-store.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import { maxBinaryBytes } from './binary-limits.ts';
import { declaredContentType } from './media-types.ts';

/** A content of the largest size comes in over a line of 400 kbit/s. */
export const uploadTokenLifeMs = 60 * 60 * 1000;

export const uploadHeaders = { length: 'upload-length', digest: 'repr-digest', token: 'upload-token' } as const;

export interface Uploading {
  readonly uploads: Uploads;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
}

/** What a token says. */
export interface UploadTicket {
  readonly upload: string;
  readonly digest: ContentDigest;
  readonly contentType: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Tokens are for one use of many that a store seals for. */
const purpose = 'upload\n';

export function sealTicket(ticket: UploadTicket, sealer: Sealer): string {
  return sealer.seal(purpose + JSON.stringify(ticket));
}

/** @throws FhirError 400 when it was not sealed here, or is too old */
export function openTicket(token: string, { sealer, clock }: Pick<Uploading, 'sealer' | 'clock'>): UploadTicket {
  const text = sealer.unseal(token);
  const ticket = text?.startsWith(purpose) ? (JSON.parse(text.slice(purpose.length)) as UploadTicket) : undefined;
  if (ticket === undefined || ticket.expires < clock.now()) {
    throw badRequest('The Upload-Token is not of this server, or too old. Ask for an upload again, with Upload-Length and Repr-Digest.');
  }
  return ticket;
}

/** The answer to a request that asks for an upload; `undefined` when it does not. */
export async function invitedUpload(request: OperationRequest, type: string, uploading: Uploading | undefined): Promise<OperationResponse | undefined> {
  const { headers, body, content, baseUrl } = request;
  if (headers[uploadHeaders.length] === undefined || headers[uploadHeaders.token] !== undefined) return undefined;
  const { uploads, sealer, clock, ids } = forBinaries(type, uploading);
  if (body !== undefined || content !== undefined) throw badRequest('A request with Upload-Length asks where to put a content, and has no body itself.');
  const expires = clock.now() + uploadTokenLifeMs;
  const ticket = { upload: ids.uuid(), digest: announcedDigest(headers), contentType: declaredContentType(headers), expires };
  const token = sealTicket(ticket, sealer);
  const { url, headers: wanted } = await uploads.invite({ upload: ticket.upload, digest: ticket.digest, ownUrl: `${baseUrl.slice(0, -'/r4'.length)}/uploads/${token}` });
  const parameter = [
    { name: 'method', valueCode: 'PUT' },
    { name: 'url', valueUrl: url },
    ...Object.entries(wanted).map(([name, value]) => ({ name: 'header', part: [{ name: 'name', valueString: name }, { name: 'value', valueString: value }] })),
    { name: 'token', valueString: token },
    { name: 'expires', valueInstant: new Date(expires).toISOString() },
  ];
  return { status: 202, headers: { 'Cache-Control': 'no-store' }, json: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}

function forBinaries(type: string, uploading: Uploading | undefined): Uploading {
  if (type === 'Binary' && uploading !== undefined) return uploading;
  throw notSupported('Only the content of a Binary is uploaded apart from its resource, and not as part of a bundle.');
}

/** @throws FhirError 400, 413 */
function announcedDigest(headers: OperationRequest['headers']): ContentDigest {
  const length = headers[uploadHeaders.length] ?? '';
  if (!/^[1-9]\d{0,11}$/.test(length)) throw badRequest('Upload-Length is the length of the content in bytes, from 1.');
  if (Number(length) > maxBinaryBytes) throw payloadTooLarge(`The content of a Binary has at most ${maxBinaryBytes / 1024 / 1024} MB.`);
  const sha256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(headers[uploadHeaders.digest] ?? '')?.[1];
  if (sha256 === undefined) throw badRequest('Repr-Digest must have the SHA-256 of the content in base64, as in sha-256=:…:.');
  return { sizeBytes: Number(length), sha256 };
}

/** What the request's token says was uploaded; `undefined` when it has none. @throws FhirError 400, 415 */
export function uploadedContent(request: OperationRequest, type: string, uploading: Uploading | undefined): NewContent | undefined {
  const { headers, body, content } = request;
  const token = headers[uploadHeaders.token];
  if (token === undefined) return undefined;
  const owner = forBinaries(type, uploading);
  if (body !== undefined || content !== undefined) throw badRequest('A request with Upload-Token has no body: what it writes was uploaded.');
  const { upload, digest, contentType } = openTicket(token, owner);
  if (contentType !== declaredContentType(headers)) throw badRequest('The Content-Type is not the one that the upload was asked for with.');
  return keptContent(upload, digest, owner);
}

export function keptContent(upload: string, digest: ContentDigest, { uploads }: Pick<Uploading, 'uploads'>): NewContent {
  return {
    ...digest,
    async place(key) {
      const result = await uploads.keep(upload, digest, key);
      if (result === 'missing') throw conflict('The content has not been uploaded (whole) yet. Put it where the answer to the first request said, then send this one again.');
      if (result === 'different') throw unprocessable('What was uploaded is not what Upload-Length and Repr-Digest announced. Ask for an upload again.');
    },
  };
}
