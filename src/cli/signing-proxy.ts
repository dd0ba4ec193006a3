/**
 * A server on this machine that signs what it is asked and passes it on: for programs that cannot be told to sign for
 * `execute-api`, as the AWS CLI and boto3, which sign for `healthlake`.
 *
 * Whoever reaches it acts with our credentials. It listens on loopback; requests of web pages and those that name another
 * host are refused, since a page open in this machine's browser reaches loopback too.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failed } from './failure.ts';
import { unreachable } from './send.ts';
import { encodedQuery, signer } from './signature.ts';
import type { Sign } from './signature.ts';

/** API Gateway's own bound: what it would refuse need not be signed. */
export const maxBodyBytes = 10 * 1024 * 1024;
/** A server for one person's programs. */
const maxConnections = 64;

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Headers of the connection, of the signature that is replaced, and those that `fetch` sets by itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host', 'connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect',
  'content-length', 'accept-encoding', 'authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256',
]);
/** What does not hold any more of an answer that was decompressed on its way. */
const answersOwnHeaders: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'content-length', 'content-encoding', 'transfer-encoding']);

export interface SigningProxy {
  readonly port: number;
  close(): Promise<void>;
  /** Resolves when it is closed. */
  readonly ended: Promise<unknown>;
}

interface ProxyOptions {
  /** The endpoint, without a slash at the end. */
  readonly url: string;
  readonly signing: { readonly region: string; readonly awsProfile?: string };
  readonly port: number;
}

/** @throws Failed when the port cannot be had */
export async function signingProxy({ url, signing, port }: ProxyOptions): Promise<SigningProxy> {
  const sign = await signer(signing);
  const server = createServer((request, response) => {
    exchanged(request, response, { url, sign }).catch(() => response.destroy());
  });
  server.maxConnections = maxConnections;
  await listening(server, port);
  const ended = once(server, 'close');
  return {
    port: (server.address() as AddressInfo).port,
    ended,
    async close() {
      server.close();
      server.closeAllConnections();
      await ended;
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Failed(`Port ${port} cannot be had (${(error as NodeJS.ErrnoException).code}). Give another one with --port.`);
  }
}

interface Refusal {
  readonly status: number;
  readonly kind: string;
  readonly message: string;
}

const foreign: Refusal = { status: 403, kind: 'AccessDeniedException', message: 'The proxy answers programs on this machine, no web pages.' };
const tooLarge: Refusal = { status: 413, kind: 'ValidationException', message: `A request has at most ${maxBodyBytes} bytes.` };

async function exchanged(request: IncomingMessage, response: ServerResponse, way: { readonly url: string; readonly sign: Sign }): Promise<void> {
  if (!isFromHere(request)) return refuse(response, foreign);
  const body = await bodyOf(request);
  if (body === undefined) return refuse(response, tooLarge);
  let answer: Response;
  try {
    answer = await passedOn({ request, body }, way);
  } catch (error) {
    const { message } = error instanceof Failed ? error : unreachable(new URL(way.url), error);
    return refuse(response, { status: 502, kind: 'InternalServerException', message });
  }
  const headers = [...answer.headers].filter(([name]) => !answersOwnHeaders.has(name));
  response.writeHead(answer.status, Object.fromEntries(headers));
  if (answer.body === null) response.end();
  else await pipeline(Readable.fromWeb(answer.body), response);
}

/** No browser leaves both out of a request that a page made. */
function isFromHere({ headers }: IncomingMessage): boolean {
  return loopbackHost.test(headers.host ?? '') && headers.origin === undefined && headers['sec-fetch-site'] === undefined;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size <= maxBodyBytes) parts.push(part);
    else parts.length = 0;
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(parts);
}

async function passedOn(
  { request, body }: { readonly request: IncomingMessage; readonly body: Uint8Array },
  { url: endpoint, sign }: { readonly url: string; readonly sign: Sign },
): Promise<Response> {
  const url = new URL(endpoint + (request.url ?? '/'));
  url.search = encodedQuery(url);
  const { method = 'GET' } = request;
  const kept = Object.entries(request.headers).filter(([name, value]) => !ownHeaders.has(name) && value !== undefined);
  const headers = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
  const sent = body.length > 0 ? body : undefined;
  return await fetch(url, { method, headers: await sign({ method, url, headers, body: sent }), body: sent as Uint8Array<ArrayBuffer> | undefined, redirect: 'manual' });
}

function refuse(response: ServerResponse, { status, kind, message }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: kind, Message: message }));
}
