/**
 * An operation's answer as it goes over a wire (https://www.rfc-editor.org/rfc/rfc9110#section-8.4): the headers that
 * every answer has, and the body compressed where that is worth it and understood.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OperationRequest, OperationResponse } from '../operations/operation.ts';

/** Below that, compressing costs more than it saves: the answer fits one network packet anyway. */
export const minCompressedBytes = 1024;
/** Near the ratio of the default level at a third of its time. */
export const compressionLevel = 3;

const compress = promisify(gzip);

/** True when gzip may be used (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  const weights = new Map<string, number>();
  for (const choice of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = choice.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}

/** Patients' data may be kept by the browser that asked, never by a proxy, and is asked for again before it is shown. */
export const commonHeaders = { 'Cache-Control': 'private, no-cache', 'X-Content-Type-Options': 'nosniff' } as const;

export interface EncodedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where nothing is to be sent: an answer without a body, or to HEAD. */
  readonly body?: Buffer;
}

/**
 * Compression runs beside the event loop. `Content-Length` is that of the answer to GET, also for HEAD. The content of a
 * Binary goes as it is: most are compressed by their own formats, and its hash is that of what was stored.
 */
export async function encodedAnswer(
  { method, headers: asked }: Pick<OperationRequest, 'method'> & { readonly headers: Readonly<Record<string, unknown>> },
  { status, headers: own, json, content }: OperationResponse,
): Promise<EncodedAnswer> {
  const headers: Record<string, string> = { ...commonHeaders, ...own };
  if (content !== undefined) {
    if (!(content instanceof Uint8Array)) throw new Error('A content that is streamed has no bytes to encode.');
    headers['Content-Length'] = String(content.byteLength);
    return method === 'HEAD' ? { status, headers } : { status, headers, body: Buffer.from(content.buffer, content.byteOffset, content.byteLength) };
  }
  if (json === undefined) {
    // 204 and 304 have no body and must not say how long it is.
    if (status !== 204 && status !== 304) headers['Content-Length'] = '0';
    return { status, headers };
  }
  headers['Vary'] = 'Accept, Accept-Encoding, Prefer';
  let body: Buffer = Buffer.from(json);
  const acceptEncoding = asked['accept-encoding'] as string | undefined;
  if (body.length >= minCompressedBytes && acceptsGzip(acceptEncoding)) {
    body = await compress(body, { level: compressionLevel });
    headers['Content-Encoding'] = 'gzip';
  }
  headers['Content-Length'] = String(body.length);
  return method === 'HEAD' ? { status, headers } : { status, headers, body };
}
