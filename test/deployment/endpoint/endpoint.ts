/**
 * The one address that every SDK client of a function talks to (AWS_ENDPOINT_URL): tells by the credentials which role
 * calls, by the request what is asked, holds both against the policies, and only then has it answered.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authority, Verdict } from '../iam/authority.ts';
import type { Session } from './sts.ts';
import type { Access, Service, ServiceAnswer, ServiceRequest } from './service.ts';

export interface Endpoint {
  readonly url: string;
  /** Every call that was not allowed, as a sentence. */
  readonly denials: readonly string[];
  /** What the harness itself could not do: each fails the test that looks. */
  readonly faults: readonly Error[];
  /** Calls by role, action and resource, `caldera-read-role dynamodb:GetItem arn:…`, in the order they were first made. */
  readonly calls: ReadonlyMap<string, number>;
  /** Has the next calls of the action answered by this, as often as it gives an answer. */
  interfere(interference: ((call: { readonly caller: string; readonly access: Access }) => ServiceAnswer | undefined) | undefined): void;
  close(): Promise<void>;
}

export interface EndpointOptions {
  /** By the name in the credential scope: `dynamodb`, `s3`, `sqs`, `kms`. */
  readonly services: Readonly<Record<string, Service>>;
  readonly authority: Authority;
  /** Roles' names by access key. A key that is not here is the harness's own and may do everything. */
  readonly roles: ReadonlyMap<string, string>;
  /** Roles that were assumed, by access key. */
  readonly sessions?: ReadonlyMap<string, Session>;
  /** How much later it is for functions than for this machine. */
  readonly aheadMs?: () => number;
  /** 0 takes any that is free. */
  readonly port?: number;
}

export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const denials: string[] = [];
  const faults: Error[] = [];
  const calls = new Map<string, number>();
  let interference: Parameters<Endpoint['interfere']>[0];
  const handle = async (incoming: IncomingMessage): Promise<ServiceAnswer> => {
    const request = await received(incoming);
    const { accessKey, name } = signerOf(request);
    const service = options.services[name];
    if (service === undefined) throw new Error(`The harness has no service ${name}.`);
    const session = options.sessions?.get(accessKey);
    const caller = session?.role ?? options.roles.get(accessKey);
    const authorize = (access: Access): Verdict => options.authority.authorize({ caller: caller!, ...access, ...(session?.policy && { session: session.policy }) });
    if (caller === undefined) return service.answer(request, { may: () => true });
    for (const access of service.accesses(request)) {
      const interfered = interference?.({ caller, access });
      if (interfered !== undefined) return interfered;
      const call = `${caller} ${access.action} ${access.resource}`;
      calls.set(call, (calls.get(call) ?? 0) + 1);
      const { allowed, reason } = authorize(access);
      if (!allowed) {
        denials.push(reason);
        return service.denied(reason);
      }
    }
    return service.answer(request, { name: caller, may: (access) => authorize(access).allowed });
  };
  const server = createServer((incoming, response) => {
    handle(incoming).then((answer) => write(answer, response, options.aheadMs?.() ?? 0), (error: Error) => {
      faults.push(error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('checkContinue', (incoming: IncomingMessage, response: ServerResponse) => {
    response.writeContinue();
    server.emit('request', incoming, response);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    denials, faults, calls,
    interfere: (next) => void (interference = next),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function received(incoming: IncomingMessage): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return { method: incoming.method ?? 'GET', url: new URL(incoming.url ?? '/', 'http://harness'), headers, body: Buffer.concat(chunks) };
}

/** In the Authorization header, or in the URL of what was signed beforehand. */
function signerOf({ headers, url }: ServiceRequest): { readonly accessKey: string; readonly name: string } {
  const scope = /Credential=([^,]+)/.exec(headers['authorization'] ?? '')?.[1] ?? url.searchParams.get('X-Amz-Credential') ?? '';
  const [accessKey = '', , , name = ''] = scope.split('/');
  if (name === '') throw new Error('A call to AWS is not signed.');
  return { accessKey, name };
}

function write({ status, headers, body }: ServiceAnswer, response: ServerResponse, aheadMs: number): void {
  response.writeHead(status, { ...headers, 'x-amzn-requestid': 'harness', 'harness-ahead-ms': String(aheadMs) });
  response.end(body);
}
