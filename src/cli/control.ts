/**
 * HealthLake's control API (https://docs.aws.amazon.com/healthlake/latest/APIReference/): AWS JSON 1.0, one `POST /` with
 * the operation in a header. Spoken by hand: it is one request, and AWS's client for JavaScript lacks the newest operations.
 */
import { randomUUID } from 'node:crypto';
import { Failed } from './failure.ts';
import type { Send } from './send.ts';
import { cell } from './table-text.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };
export type JsonObject = { readonly [name: string]: Json | undefined };

/** The largest page there is. */
const maxResults = 500;

export interface Control {
  /** @throws Failed with the name of the error and what the server says */
  call(operation: string, input: JsonObject): Promise<JsonObject>;
  /** All pages of a list, one entry after another. */
  list(operation: string, input: JsonObject, member: string): AsyncIterable<JsonObject>;
}

export function control(send: Send): Control {
  const call = async (operation: string, input: JsonObject): Promise<JsonObject> => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `HealthLake.${operation}` };
    const answer = await send({ method: 'POST', path: '/', headers, body: JSON.stringify(input) });
    const text = await answer.text();
    const body = parsed(text);
    if (!answer.ok) throw refusal(answer.status, body);
    if (body === undefined) throw new Failed('What answers there is no Caldera: its answer is not JSON. Look at the endpoint.');
    return body;
  };
  return {
    call,
    async *list(operation, input, member) {
      let token: Json | undefined;
      do {
        const page = await call(operation, { MaxResults: maxResults, ...input, NextToken: token });
        yield* (page[member] ?? []) as readonly JsonObject[];
        token = page['NextToken'];
      } while (token !== undefined && token !== null);
    },
  };
}

/** A token that makes a repeated request the same request. */
export const clientToken = (): string => randomUUID();

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** `__type` may carry a namespace: `com.amazonaws.healthlake#ValidationException`. */
function refusal(status: number, body: JsonObject | undefined): Failed {
  const kind = cell(body?.['__type']).replace(/^.*#/, '');
  const said = cell(body?.['Message'] ?? body?.['message'] ?? issueOf(body));
  if (kind === '' && said === '') return new Failed(`The server answered ${status} and no reason. Look at the endpoint.`, { status, body });
  return new Failed([kind, said].filter((part) => part !== '').join(': '), { status, body });
}

/** A gateway's own refusals are OperationOutcomes. */
function issueOf(body: JsonObject | undefined): Json | undefined {
  const [issue] = (body?.['issue'] ?? []) as readonly JsonObject[];
  return issue?.['diagnostics'];
}
