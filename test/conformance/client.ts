/**
 * A client that shows an answer as it came: plain `fetch`, nothing followed, nothing retried. With `CALDERA_SIGN=1`
 * requests are signed by the SDK's default credentials for the region of `AWS_REGION`, as a deployment wants them.
 */
import { randomUUID } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { signedHeaders } from './signature.ts';
import type { Signable } from './signature.ts';

// eslint-disable-next-line typescript/no-explicit-any -- tests look into resources of every type
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly body: Body;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as FHIR JSON, a string or bytes as they are, under the Content-Type of `headers` or none. */
  readonly body?: object | string | Uint8Array<ArrayBuffer>;
}

export interface Client {
  readonly baseUrl: string;
  /** @param target path and query behind the base, or an absolute URL */
  send(method: string, target: string, sent?: Sent): Promise<Answer>;
  get(target: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(target: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  put(target: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  delete(target: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export function client(baseUrl: string): Client {
  const send: Client['send'] = async (method, target, { headers = {}, body } = {}) => {
    const isResource = typeof body === 'object' && !(body instanceof Uint8Array);
    const declared: Record<string, string> = isResource ? { 'content-type': 'application/fhir+json' } : {};
    const url = /^https?:/.test(target) ? target : baseUrl + target;
    // Bytes: for a string `fetch` would add a Content-Type of its own.
    const bytes = body === undefined || body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const all = await signedIfAsked({ method, url, headers: { ...declared, ...headers }, body: bytes });
    const response = await fetch(url, { method, headers: all, redirect: 'manual', body: bytes });
    return answerOf(response);
  };
  return {
    baseUrl,
    send,
    get: (target, headers) => send('GET', target, { headers }),
    post: (target, body, headers) => send('POST', target, { body, headers }),
    put: (target, body, headers) => send('PUT', target, { body, headers }),
    delete: (target, headers) => send('DELETE', target, { headers }),
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = Buffer.from(bytes).toString();
  const isJson = text !== '' && /[/+]json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined, bytes };
}

/** The request goes to wherever an answer said, as it is: links are signed by themselves. */
export async function follow(url: string, sent: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: Uint8Array<ArrayBuffer> } = {}): Promise<Answer> {
  return answerOf(await fetch(url, { ...sent, redirect: 'manual' }));
}

const credentials = defaultProvider();

/** The headers of a request, a signature among them where the server wants one. */
export async function signedIfAsked(request: Signable): Promise<Record<string, string>> {
  if (process.env['CALDERA_SIGN'] !== '1') return { ...request.headers };
  const region = process.env['AWS_REGION'];
  if (region === undefined || region === '') throw new Error('CALDERA_SIGN=1 needs AWS_REGION, the region of the deployment.');
  return { ...(await signedHeaders(request, await credentials(), { region, at: new Date() })) };
}

/** An id that no other test uses. */
export function freshId(): string {
  return randomUUID();
}

/** A patient nobody else has, findable by `identifier`. */
export function patient(changes: object = {}): { resourceType: 'Patient'; identifier: { system: string; value: string }[] } & Record<string, unknown> {
  return {
    resourceType: 'Patient',
    identifier: [{ system: 'urn:caldera:conformance', value: randomUUID() }],
    name: [{ family: 'Østergård', given: ['Æsa'] }],
    birthDate: '1970-02',
    ...changes,
  };
}

/** Status, issue codes and expressions: what a refusal must be. */
export function refusal({ status, body }: Answer): { status: number; code: string; expression?: string[] } {
  const [issue] = body?.resourceType === 'OperationOutcome' ? body.issue : [];
  return { status, code: issue?.code, ...(issue?.expression === undefined ? {} : { expression: issue.expression }) };
}
