/**
 * A function's answer as the gateway reads it: streamed, with a prelude
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html), or whole
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format).
 */
import type { Invoked } from '../lambda/runtime-api.ts';

export interface IntegrationAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly streamed?: boolean;
}

/** The gateway cannot make a response of it: 502 for the client. */
export class MalformedAnswer extends Error {}

const delimiter = Buffer.alloc(8);
/** The prelude ends within so many bytes, or the stream is refused. */
export const maxPreludeBytes = 16 * 1024;
export const maxBufferedAnswerBytes = 10 * 1024 * 1024;

interface Head {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly cookies?: readonly string[];
}

/** @throws MalformedAnswer */
export function streamedAnswer({ streamed, contentType, bytes }: Invoked): IntegrationAnswer {
  if (!streamed || contentType !== 'application/vnd.awslambda.http-integration-response') {
    throw new MalformedAnswer('The integration streams, the function does not answer with a prelude.');
  }
  const end = bytes.indexOf(delimiter);
  if (end < 0 || end + delimiter.byteLength > maxPreludeBytes) throw new MalformedAnswer('The prelude does not end within 16 kB.');
  return { ...headOf(parsed(bytes.subarray(0, end))), body: bytes.subarray(end + delimiter.byteLength), streamed: true };
}

/** @throws MalformedAnswer */
export function bufferedAnswer({ streamed, bytes }: Invoked): IntegrationAnswer {
  if (streamed) throw new MalformedAnswer('The integration is held back, the function streams its answer.');
  const answer = parsed(bytes) as Head & { readonly body?: string; readonly isBase64Encoded?: boolean };
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8');
  if (body.byteLength > maxBufferedAnswerBytes) throw new MalformedAnswer('The answer is larger than 10 MB.');
  return { ...headOf(answer), body };
}

function parsed(bytes: Buffer): Head {
  try {
    const head: unknown = JSON.parse(bytes.toString());
    if (typeof head === 'object' && head !== null) return head;
  } catch {
    // Told below.
  }
  throw new MalformedAnswer('The answer is not a JSON object.');
}

function headOf({ statusCode, headers = {}, multiValueHeaders = {}, cookies = [] }: Head): Omit<IntegrationAnswer, 'body'> {
  if (!Number.isInteger(statusCode)) throw new MalformedAnswer('The answer has no statusCode.');
  const single = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  const multiple = Object.entries(multiValueHeaders).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return { status: statusCode!, headers: [...single, ...multiple, ...cookies.map((cookie) => ['Set-Cookie', cookie] as const)].map(renamed) };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html */
const remapped = new Set(['connection', 'content-length', 'content-md5', 'date', 'host', 'max-forwards', 'server', 'trailer', 'upgrade', 'user-agent', 'via', 'warning', 'www-authenticate']);

function renamed([name, value]: readonly [string, string]): readonly [string, string] {
  return remapped.has(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value];
}
