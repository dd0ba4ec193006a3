/** What every emulated service is: which permissions a request needs, and how it is answered. */
import { Agent, request as open } from 'node:http';

export interface ServiceRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One permission that the caller, and nobody else, must have. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Service {
  accesses(request: ServiceRequest): readonly Access[];
  answer(request: ServiceRequest, caller: ServiceCaller): Promise<ServiceAnswer>;
  /** As the service says it. */
  denied(reason: string): ServiceAnswer;
}

export interface ServiceCaller {
  /** The role's name; absent for the harness itself. */
  readonly name?: string;
  /** Whether the caller may do something else, which some answers depend on. */
  readonly may: (access: Access) => boolean;
}

/** The operation behind `X-Amz-Target`, and its parameters: the protocols of DynamoDB, SQS, KMS, Step Functions. */
// oxlint-disable-next-line typescript/no-explicit-any -- each service has its own parameters
export function jsonCall(request: ServiceRequest): { readonly operation: string; readonly input: any } {
  const known = jsonCalls.get(request) ?? parsed(request);
  jsonCalls.set(request, known);
  return known;
}

/** Who asks what a call needs leave for asks again for its answer: input may be large. */
const jsonCalls = new WeakMap<ServiceRequest, ReturnType<typeof jsonCall>>();

function parsed({ headers, body }: ServiceRequest): ReturnType<typeof jsonCall> {
  const operation = (headers['x-amz-target'] ?? '').split('.').at(-1)!;
  return { operation, input: body.byteLength === 0 ? {} : (JSON.parse(body.toString()) as unknown) };
}

export function jsonAnswer(value: object, status = 200): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: Buffer.from(JSON.stringify(value)) };
}

export function jsonError(type: string, message: string, status = 400): ServiceAnswer {
  const answer = jsonAnswer({ __type: type, message, Message: message }, status);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': type } };
}

/** A test that asks for what the harness does not have must not pass. */
export function unknownOperation(service: string, operation: string): Error {
  return new Error(`The harness does not know ${service}:${operation}.`);
}

/** Kept between calls: a search asks for hundreds of partitions at once. */
const connections = new Agent({ keepAlive: true, maxSockets: 64 });

/** Passes a request on to an engine as it is: engines look at the credential's scope, not at the signature. */
export function forwarded(engine: string, { method, url, headers, body }: ServiceRequest): Promise<ServiceAnswer> {
  const { connection: _connection, host: _host, expect: _expect, 'transfer-encoding': _coding, ...rest } = headers;
  const sent = method === 'GET' || method === 'HEAD' ? rest : { ...rest, 'content-length': String(body.byteLength) };
  return new Promise((resolve, reject) => {
    const request = open(`${engine}${url.pathname}${url.search}`, { method, headers: sent, agent: connections }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { connection: _closed, 'keep-alive': _kept, 'transfer-encoding': _chunked, ...answered } = response.headers as Record<string, string>;
        resolve({ status: response.statusCode!, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
