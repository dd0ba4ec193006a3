/** Writes an operation's answer to the wire: compressed where that is worth it and understood, without a body for HEAD. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OperationResponse } from '../operations/operation.ts';

/** Below that, compressing costs more than it saves: the answer fits one network packet anyway. */
export const minCompressedBytes = 1024;
/** Near the ratio of the default level at a third of its time. */
const compressionLevel = 3;

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
const always = { 'Cache-Control': 'private, no-cache', 'X-Content-Type-Options': 'nosniff' } as const;

/** Resolves when the answer was handed to the connection. Compression runs beside the event loop. */
export async function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: OperationResponse): Promise<void> {
  if (response.destroyed) return;
  const headers: Record<string, string | number> = { ...always, ...answer.headers };
  if (answer.json === undefined) {
    // 204 and 304 have no body and must not say how long it is.
    if (answer.status !== 204 && answer.status !== 304) headers['Content-Length'] = 0;
    response.writeHead(answer.status, headers).end();
    return;
  }
  headers['Vary'] = 'Accept, Accept-Encoding, Prefer';
  let body: Buffer = Buffer.from(answer.json);
  if (request.method !== 'HEAD' && body.length >= minCompressedBytes && acceptsGzip(request.headers['accept-encoding'])) {
    body = await compress(body, { level: compressionLevel });
    headers['Content-Encoding'] = 'gzip';
  }
  headers['Content-Length'] = body.length;
  response.writeHead(answer.status, headers).end(request.method === 'HEAD' ? undefined : body);
}
