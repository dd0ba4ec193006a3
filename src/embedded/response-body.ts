/** Writes an operation's answer to the connection. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { acceptsGzip, commonHeaders, compressionLevel, encodedAnswer, minCompressedBytes } from '../machine/encoded-answer.ts';
import type { OperationResponse, StreamedContent } from '../operations/operation.ts';
import { byteRange } from './byte-range.ts';

/** Resolves when the answer was handed to the connection. */
export async function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: OperationResponse): Promise<void> {
  if (response.destroyed) return;
  const { content } = answer;
  if (content !== undefined && !(content instanceof Uint8Array)) return writeStreamed(request, response, { ...answer, content });
  const { status, headers, body } = await encodedAnswer({ method: request.method ?? 'GET', headers: request.headers }, answer);
  response.writeHead(status, headers).end(body);
}

/** @throws when the object is not there, or cannot be read to its end */
async function writeStreamed(
  request: IncomingMessage, response: ServerResponse, { status, headers: own, content }: OperationResponse & { readonly content: StreamedContent },
): Promise<void> {
  const { sizeBytes } = content;
  const headers: Record<string, string> = { ...commonHeaders, ...own, 'Accept-Ranges': 'bytes' };
  if (isToBeCompressed(request, content)) return writeCompressed(request, response, { status, headers: own, content });
  // Entity tags are weak here, and a weak one never proves that the parts fit.
  const range = request.headers['if-range'] === undefined ? byteRange(request.headers.range, sizeBytes) : undefined;
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...commonHeaders, 'Content-Range': `bytes */${sizeBytes}`, 'Content-Length': '0' }).end();
    return;
  }
  const length = range === undefined ? sizeBytes : range.last - range.first + 1;
  const partial = range === undefined ? {} : { 'Content-Range': `bytes ${range.first}-${range.last}/${sizeBytes}` };
  const source = request.method === 'HEAD' ? undefined : await content.open(range);
  if (source === undefined && request.method !== 'HEAD') throw new Error('The object that holds a content is missing.');
  response.writeHead(range === undefined ? status : 206, { ...headers, ...partial, 'Content-Length': String(length) });
  if (source === undefined) response.end();
  else await sent(source, response);
}

/** A part is one of the bytes as they lie: what is asked for by a range is not compressed. */
function isToBeCompressed({ headers }: IncomingMessage, { isCompressible = false, sizeBytes }: StreamedContent): boolean {
  return isCompressible && sizeBytes >= minCompressedBytes && headers.range === undefined && acceptsGzip(headers['accept-encoding']);
}

async function writeCompressed(
  request: IncomingMessage, response: ServerResponse, { status, headers: own, content }: OperationResponse & { readonly content: StreamedContent },
): Promise<void> {
  const source = request.method === 'HEAD' ? undefined : await content.open();
  if (source === undefined && request.method !== 'HEAD') throw new Error('The object that holds a content is missing.');
  response.writeHead(status, { ...commonHeaders, ...own, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
  if (source === undefined) response.end();
  else await sent(source, response, createGzip({ level: compressionLevel }));
}

/** A client that goes away before the end is no fault. */
async function sent(source: AsyncIterable<Uint8Array>, response: ServerResponse, ...through: Transform[]): Promise<void> {
  try {
    await pipeline([source instanceof Readable ? source : Readable.from(source), ...through, response]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
