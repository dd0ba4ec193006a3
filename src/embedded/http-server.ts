/**
 * The FHIR interface over HTTP (https://hl7.org/fhir/R4/http.html) at HealthLake's path,
 * `/datastore/{datastoreId}/r4`: from the connection to an operation's request, and from its answer back.
 *
 * Everything refused here is an OperationOutcome too, malformed HTTP included. Nothing of a request is logged: paths
 * and queries hold ids, names and birth dates.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { notFound, operationOutcome } from '../fhir/outcome.ts';
import type { IssueCode } from '../fhir/outcome.ts';
import type { OperationResponse } from '../operations/operation.ts';
import type { RestRequest } from '../operations/rest.ts';
import { route } from '../operations/route.ts';
import { serve } from '../operations/serve.ts';
import type { ServeDependencies } from '../operations/serve.ts';
import { takesContent } from '../operations/binary/submitted-binary.ts';
import { anonymous } from './admission.ts';
import type { Admission } from './admission.ts';
import { controlAnswer } from './control-exchange.ts';
import type { ControlPlane } from './control-plane.ts';
import type { EventLog } from './event-log.ts';
import { eventsAnswer } from './events-exchange.ts';
import { refuseForeigners } from './loopback.ts';
import { bodyBudget, readBody } from './request-body.ts';
import type { BodyBudget, BodyShare } from './request-body.ts';
import { writeAnswer } from './response-body.ts';
import { turns } from './turns.ts';
import type { Turns } from './turns.ts';
import type { UploadDesk } from './upload-desk.ts';

/** Room for the longest search URLs in use; what needs more is sent with POST and `_search`. */
export const maxHeaderBytes = 32 * 1024;
/** A client that has not sent its headers by then is not going to. */
const headersTimeoutMs = 20_000;
/** The largest bundle over a slow connection: 64 MB at 2 Mbit/s. */
const requestTimeoutMs = 300_000;
/** Longer than the pools of usual clients keep theirs, so that the client is the one to close. */
const keepAliveTimeoutMs = 65_000;
/** Below the usual limit of open files, with room for the databases. */
const maxConnections = 512;
/** How long requests in progress may take when the server is asked to stop. */
const closeGraceMs = 10_000;
/**
 * A refused body is read on for so long and thrown away: a client that is still sending would otherwise find its
 * connection reset before it gets to the answer. For the same reason the answer does not say `Connection: close`.
 */
const lingerMs = 2_000;

export interface HttpOptions extends ServeDependencies {
  /** The operations of a data store. */
  readonly find: (datastoreId: string) => ((request: RestRequest) => Promise<OperationResponse>) | undefined;
  /** Where a data store takes large contents. */
  readonly desk: (datastoreId: string) => UploadDesk | undefined;
  /** HealthLake's own API, at `POST /`. */
  readonly control: ControlPlane;
  /** What became of data stores, at `GET /events`. */
  readonly events: EventLog;
  /** Who may ask. */
  readonly admission: Admission;
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no more requests, and resolves when those in progress are answered (or the grace is over). */
  close(): Promise<void>;
}

/** @throws the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had */
export async function listen(options: HttpOptions): Promise<HttpServer> {
  const limits = { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs };
  const server = createServer(limits);
  server.maxConnections = maxConnections;
  const context = { options, budget: bodyBudget(), turns: turns(), server };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    exchange(request, response, context).catch((error: unknown) => {
      options.report({ id: options.ids.uuid(), error });
      response.destroy();
    });
  };
  server.on('request', handle);
  // A client that asks first is answered, or invited to send the body when it is about to be read.
  server.on('checkContinue', handle);
  server.on('clientError', answerMalformed);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

interface Context {
  readonly options: HttpOptions;
  readonly budget: BodyBudget;
  readonly turns: Turns;
  readonly server: Server;
}

async function exchange(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const share = context.budget.share();
  try {
    const answer = await answerTo(request, response, { ...context, share });
    if (!context.server.listening) response.setHeader('Connection', 'close');
    await writeAnswer(request, response, answer);
    if (!isRead(request)) linger(request);
  } finally {
    share.release();
  }
}

/** https://hl7.org/fhir/R4/http.html#root: what stands before and behind the base. */
const url = /^\/datastore\/(?<datastoreId>[^/?#]+)\/r4(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;

/** HealthLake's own API has one place, and the operation in a header. */
const controlUrl = /^\/(?:\?[^#]*)?$/;

const eventsUrl = /^\/events(?:\?[^#]*)?$/;

/** Where a client was invited to put a content (`invitedUpload`). */
const uploadUrl = /^\/datastore\/(?<datastoreId>[^/?#]+)\/uploads\/(?<token>[A-Za-z0-9_-]+)$/;

async function answerTo(
  request: IncomingMessage,
  response: ServerResponse,
  { options, share, turns: { take } }: Context & { readonly share: BodyShare },
): Promise<OperationResponse> {
  const asked = {
    method: request.method ?? 'GET',
    baseUrl: '',
    path: '',
    query: (request.url ?? '').split('?', 2)[1] ?? '',
    // Node joins repeated headers; only Set-Cookie, which no request has, would be a list.
    headers: request.headers as Record<string, string>,
    caller: anonymous,
  };
  try {
    refuseForeigners(request.headers, asked.method);
    const invite = (): void => {
      if (request.headers.expect !== undefined) response.writeContinue();
    };
    if (asked.method === 'POST' && controlUrl.test(request.url ?? '')) return await controlAnswer(request, { ...options, share, invite });
    if (asked.method === 'GET' && eventsUrl.test(request.url ?? '')) return await eventsAnswer(request, options);
    const put = asked.method === 'PUT' ? uploadUrl.exec(request.url ?? '')?.groups : undefined;
    const placed = put && (await options.desk(put['datastoreId']!)?.take(put['token']!, request, invite));
    if (placed !== undefined) return placed;
    const { datastoreId = '', path = '', query = '' } = url.exec(request.url ?? '')?.groups ?? {};
    if (datastoreId === '') throw notFound('There is nothing at this path. Data stores are at /datastore/{datastoreId}/r4.');
    const operations = options.find(datastoreId);
    if (operations === undefined) throw notFound('There is no such data store. Compare the id in the path with the one that was printed at the start.');
    const found = route(asked.method, path);
    const { caller, observe, confirm } = options.admission.fhir(request);
    const baseUrl = `http://${request.headers.host ?? `${options.host}:${request.socket.localPort}`}/datastore/${datastoreId}/r4`;
    if (takesContent(found, asked.headers)) {
      const content = await options.desk(datastoreId)?.contentOf(request, { share, invite, observe });
      await confirm();
      return await operations({ ...asked, caller, baseUrl, path, query, ...(content === undefined ? {} : { content }) });
    }
    const body = await readBody(request, { maxBytes: found.operation.maxBodyBytes, share, invite, observe });
    await confirm();
    if (body === undefined) return await operations({ ...asked, caller, baseUrl, path, query });
    const giveBack = await take(body.length);
    return await operations({ ...asked, caller, baseUrl, path, query, body }).finally(giveBack);
  } catch (error) {
    return serve(() => Promise.reject(error), options)({ ...asked, path: {} });
  }
}

/** True when nothing of the request is left on the connection. */
function isRead(request: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
  return request.complete || (length === '0' && coding === undefined);
}

function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), lingerMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.on('error', () => request.destroy());
  request.resume();
}

const malformed: Readonly<Record<string, { readonly status: string; readonly code: IssueCode; readonly diagnostics: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'too-long',
    diagnostics: `The URL and headers are longer than ${maxHeaderBytes / 1024} kB. Send long searches with POST and _search.`,
  },
  HPE_INVALID_URL: {
    status: '400 Bad Request',
    code: 'invalid',
    diagnostics: 'The URL holds a character that must be percent-encoded, as %C3%B1 for ñ or %20 for a space.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'timeout',
    diagnostics: 'The request did not arrive in time.',
  },
};

/** What the HTTP parser refuses never becomes a request: the answer is written by hand. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, code, diagnostics } = malformed[error.code ?? ''] ?? {
    status: '400 Bad Request',
    code: 'invalid',
    diagnostics: 'This is not a well-formed HTTP request.',
  };
  const body = JSON.stringify(operationOutcome([{ severity: 'error', code, diagnostics }]));
  const headers = ['Content-Type: application/fhir+json;charset=utf-8', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  socket.end([`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n'));
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  await closed;
  clearTimeout(timer);
}
