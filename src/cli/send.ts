/** One request to the server: signed where that is wanted, repeated where the server asks for it, refused in words. */
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Endpoint } from './endpoint.ts';
import { Unreachable } from './failure.ts';
import type { Failed } from './failure.ts';
import { encodedQuery, signer } from './signature.ts';
import type { Sign } from './signature.ts';

/** A body beyond it is compressed: AWS takes 4.4 MB as they are sent (docs/on-aws.md). */
const compressedFromBytes = 1024 * 1024;
/** How often a request is sent that the server has no room for, and the longest it lets itself be told to wait. */
const attempts = 5;
const longestWaitMs = 30_000;
/** The first wait, when the server names none; each further one is twice as long. */
const firstWaitMs = 500;
/** As many as any server of ours answers with. */
const maxRedirects = 3;

export interface Request {
  readonly method: string;
  /** Behind the endpoint, with its slash and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** @throws Failed when no answer comes. An answer that refuses is an answer. */
export type Send = (request: Request) => Promise<Response>;

/** The way to the endpoint. */
export function sender(endpoint: Endpoint): Send {
  let sign: Promise<Sign> | undefined;
  return async ({ method, path, headers = {}, body }) => {
    const url = new URL(endpoint.url + path);
    const sent = await encodedBody(body);
    const all = { ...headers, ...sent.headers };
    for (let attempt = 1; ; attempt++) {
      if (endpoint.signing !== undefined) {
        sign ??= signer(endpoint.signing);
        url.search = encodedQuery(url);
      }
      const signed = sign === undefined ? all : await (await sign)({ method, url, headers: all, body: sent.bytes });
      const answer = await answered(url, { method, headers: signed, body: sent.bytes as Uint8Array<ArrayBuffer> | undefined, redirect: 'manual' });
      if (answer.status === 429 && attempt < attempts) await rest(answer, attempt);
      else return await followed(answer, url, { method, headers });
    }
  };
}

async function encodedBody(body: string | Uint8Array | undefined): Promise<{ readonly bytes?: Uint8Array; readonly headers: Record<string, string> }> {
  if (body === undefined) return { headers: {} };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (bytes.length < compressedFromBytes) return { bytes, headers: {} };
  return { bytes: await promisify(gzip)(bytes), headers: { 'content-encoding': 'gzip' } };
}

async function rest(answer: Response, attempt: number): Promise<void> {
  await answer.body?.cancel();
  const asked = Number(answer.headers.get('retry-after')) * 1000;
  await sleep(Math.min(longestWaitMs, asked > 0 ? asked : firstWaitMs * 2 ** (attempt - 1)));
}

/** Links to contents carry their own right: our signature stays with the server it was made for. Which part is wanted goes along. */
async function followed(answer: Response, from: URL, { method, headers: { range } = {} }: Pick<Request, 'method' | 'headers'>): Promise<Response> {
  if (method !== 'GET') return answer;
  let last = answer;
  let url = from;
  for (let step = 0; step < maxRedirects; step++) {
    const location = last.headers.get('location');
    if (last.status < 300 || last.status > 399 || location === null) return last;
    url = new URL(location, url);
    await last.body?.cancel();
    last = await answered(url, { redirect: 'manual', ...(range !== undefined && { headers: { range } }) });
  }
  return last;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Start the server, or name another endpoint with --endpoint or --profile',
  ENOTFOUND: 'its name is not known. Look at the endpoint',
  EAI_AGAIN: 'its name cannot be looked up. Is there a network?',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came within five minutes',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped',
};

/** @throws Failed that names the host alone: paths and queries hold names and birth dates */
async function answered(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** What a failing `fetch` means. */
export function unreachable(url: URL, error: unknown): Failed {
  const { code = (error as Error).name } = ((error as Error).cause ?? {}) as { code?: string };
  return new Unreachable(`${url.origin} cannot be reached: ${reasons[code] ?? code}.`);
}
