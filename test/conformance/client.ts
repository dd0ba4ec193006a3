/** A client that shows an answer as it came: plain `fetch`, nothing followed, nothing retried. */
import { randomUUID } from 'node:crypto';

// eslint-disable-next-line typescript/no-explicit-any -- tests look into resources of every type
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined when there is none. */
  readonly body: Body;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as FHIR JSON, a string as it is, under the Content-Type of `headers` or none. */
  readonly body?: object | string;
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
    const declared: Record<string, string> = typeof body === 'object' ? { 'content-type': 'application/fhir+json' } : {};
    const response = await fetch(/^https?:/.test(target) ? target : baseUrl + target, {
      method,
      headers: { ...declared, ...headers },
      redirect: 'manual',
      // Bytes: for a string `fetch` would add a Content-Type of its own.
      body: body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
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
