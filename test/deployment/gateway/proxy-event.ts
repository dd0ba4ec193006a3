/**
 * What a function gets of a request
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format).
 *
 * A REST API passes the path on as it was sent and query parameters decoded; of a header that comes twice,
 * `headers` has the last and `multiValueHeaders` all.
 */
import type { Matched } from './routes.ts';

/** Of this exchange; a function never sees the signature that let it in. */
const notPassedOn = new Set([
  'authorization', 'connection', 'content-length', 'expect', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]);

export interface GatewayRequest {
  readonly method: string;
  /** Behind the stage, as sent. */
  readonly path: string;
  /** Behind `?`, as sent. */
  readonly query: string;
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface EventContext {
  readonly matched: Matched;
  readonly account: string;
  readonly apiId: string;
  readonly stage: string;
  readonly requestId: string;
  readonly domainName: string;
  /** The scheme of the emulated gateway; a real one speaks https. */
  readonly protocol: 'http' | 'https';
  readonly callerArn: string;
  readonly accessKeyId: string;
  readonly binary: boolean;
}

export interface ProxyEvent {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>> | null;
  readonly queryStringParameters: Readonly<Record<string, string>> | null;
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>> | null;
  readonly pathParameters: Readonly<Record<string, string>> | null;
  readonly stageVariables: null;
  readonly requestContext: Readonly<Record<string, unknown>>;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

export function proxyEvent(request: GatewayRequest, context: EventContext): ProxyEvent {
  const { matched, stage, domainName, protocol } = context;
  const forwarded = ['X-Forwarded-For', '192.0.2.1', 'X-Forwarded-Port', protocol === 'https' ? '443' : '80', 'X-Forwarded-Proto', protocol];
  const headers = collected(pairs([...request.rawHeaders, ...forwarded]).filter(([name]) => !notPassedOn.has(name.toLowerCase())));
  const query = collected(queryPairs(request.query));
  return {
    resource: matched.resource,
    path: request.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: orNull(headers),
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(matched.pathParameters),
    stageVariables: null,
    requestContext: {
      accountId: context.account,
      apiId: context.apiId,
      deploymentId: 'harness',
      domainName,
      domainPrefix: domainName.split('.')[0],
      extendedRequestId: context.requestId,
      httpMethod: request.method,
      identity: {
        accessKey: context.accessKeyId,
        accountId: context.account,
        caller: context.accessKeyId,
        sourceIp: '192.0.2.1',
        user: context.accessKeyId,
        userAgent: headers['User-Agent']?.[0] ?? headers['user-agent']?.[0] ?? null,
        userArn: context.callerArn,
      },
      path: `/${stage}${request.path}`,
      protocol: 'HTTP/1.1',
      requestId: context.requestId,
      requestTime: '22/Nov/2026:12:00:00 +0000',
      requestTimeEpoch: 1_795_348_800_000,
      resourceId: 'harness',
      resourcePath: matched.resource,
      stage,
    },
    // Text unless the media type is declared as binary: bytes that are no UTF-8 do not survive that.
    body: request.body.byteLength === 0 ? null : request.body.toString(context.binary ? 'base64' : 'utf8'),
    isBase64Encoded: request.body.byteLength > 0 && context.binary,
  };
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, place) => [flat[place * 2]!, flat[place * 2 + 1]!] as const);
}

/** `;` parts parameters too, which is why it has to be sent encoded. */
function queryPairs(query: string): readonly (readonly [string, string])[] {
  return query.split(/[&;]/).filter((part) => part !== '').map((part) => {
    const [name = '', ...value] = part.split('=');
    return [decoded(name), decoded(value.join('='))] as const;
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function collected(all: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of all) (values[name] ??= []).push(value);
  return values;
}

function lastOf(values: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> | null {
  return orNull(Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1)!])));
}

function orNull<Values extends object>(values: Values): Values | null {
  return Object.keys(values).length === 0 ? null : values;
}
