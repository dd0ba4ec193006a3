/**
 * API Gateway for one REST API of the synthesized templates
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-basic-concept.html): routes of its OpenAPI
 * body, signatures, permissions, limits, its own refusals, functions called as it calls them.
 *
 * What it does not do: throttle, log, cache, WAF. Templates say those, and assertions on templates look at them.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { wildcard } from '../iam/conditions.ts';
import { decide } from '../iam/evaluate.ts';
import type { Policy } from '../iam/evaluate.ts';
import { FunctionFailed } from '../lambda/runtime-api.ts';
import type { Invoked } from '../lambda/runtime-api.ts';
import type { Assembly, Resource } from '../template/assembly.ts';
import { bufferedAnswer, MalformedAnswer, streamedAnswer } from './integration-answer.ts';
import type { IntegrationAnswer } from './integration-answer.ts';
import { proxyEvent } from './proxy-event.ts';
import type { GatewayRequest } from './proxy-event.ts';
import { refusal } from './refusals.ts';
import type { RefusalType } from './refusals.ts';
import { invocationOf, matchRoute } from './routes.ts';
import type { ApiDocument, Matched } from './routes.ts';
import { verifiedCaller } from './verified-caller.ts';
import type { Caller } from './verified-caller.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
export const maxRequestBytes = 10 * 1024 * 1024;
/** Request line and all headers. */
export const maxHeaderBytes = 10_240;

export interface GatewayOptions {
  readonly assembly: Assembly;
  readonly api: Resource;
  readonly stage: string;
  readonly callers: readonly Caller[];
  readonly invoke: (functionName: string, event: unknown) => Promise<Invoked>;
  /** Told of what a client only sees as 502: a function that failed, an answer that is none. */
  readonly report: (problem: Error) => void;
  /** Now, for signatures. */
  readonly now: () => Date;
}

export interface Gateway {
  /** `http://127.0.0.1:port/{stage}` */
  readonly url: string;
  close(): Promise<void>;
}

class Refused extends Error {
  readonly type: RefusalType;

  constructor(type: RefusalType) {
    super(type);
    this.type = type;
  }
}

export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const document = options.api.properties['Body'] as ApiDocument;
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) => {
    exchange(request, response, { ...options, document }).catch((error: Error) => {
      options.report(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${options.stage}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Context extends GatewayOptions {
  readonly document: ApiDocument;
}

async function exchange(incoming: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const requestId = randomUUID();
  let answer: IntegrationAnswer;
  try {
    answer = compressed(await answerTo(await received(incoming, context.stage), requestId, context), incoming, context);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answer = refusal(context.document, error.type, requestId);
  }
  const headers = [...answer.headers, ['x-amzn-RequestId', requestId] as const];
  for (const [name, value] of headers) response.appendHeader(name, value);
  // What is streamed has no length beforehand.
  if (answer.streamed === true) response.setHeader('Transfer-Encoding', 'chunked');
  response.writeHead(answer.status);
  response.end(answer.body);
}

async function received(incoming: IncomingMessage, stage: string): Promise<GatewayRequest & { readonly signedPath: string }> {
  const [signedPath = '', query = ''] = (incoming.url ?? '').split('?', 2);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).byteLength;
    if (size <= maxRequestBytes) chunks.push(chunk as Buffer);
  }
  if (size > maxRequestBytes) throw new Refused('REQUEST_TOO_LARGE');
  if (signedPath !== `/${stage}` && !signedPath.startsWith(`/${stage}/`)) throw new Refused('MISSING_AUTHENTICATION_TOKEN');
  if (!isDecodable(signedPath) || !isDecodable(query)) throw new Refused('BAD_REQUEST_PARAMETERS');
  return {
    method: incoming.method ?? 'GET', path: signedPath.slice(stage.length + 1), signedPath, query, rawHeaders: incoming.rawHeaders, body: Buffer.concat(chunks),
  };
}

/** What is passed on is decoded first; what cannot be is not passed on. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

async function answerTo(request: GatewayRequest & { readonly signedPath: string }, requestId: string, context: Context): Promise<IntegrationAnswer> {
  const { document, api, stage, assembly: { place } } = context;
  const matched = matchRoute(document, request.method, request.path);
  if (matched === undefined) throw new Refused('MISSING_AUTHENTICATION_TOKEN');
  const caller = await authorized(request, matched, context);
  const decompressed = inflated(request, context);
  const binary = isBinary(headerOf(request, 'content-type'), document);
  const event = proxyEvent(decompressed, {
    matched, stage, requestId, binary, account: place.account, apiId: api.name, domainName: headerOf(request, 'host'), protocol: 'http',
    callerArn: caller?.arn ?? '', accessKeyId: caller?.credentials.accessKeyId ?? '',
  });
  return integrated(matched, event, context);
}

async function integrated(matched: Matched, event: { readonly httpMethod: string }, context: Context): Promise<IntegrationAnswer> {
  const { functionArn, streamed } = invocationOf(matched.operation['x-amazon-apigateway-integration']);
  permitted(functionArn, matched, { ...context, method: event.httpMethod });
  const { timeoutInMillis = 29_000, responseTransferMode = 'BUFFERED' } = matched.operation['x-amazon-apigateway-integration'];
  if (streamed !== (responseTransferMode === 'STREAM')) throw new Error(`${matched.resource}: the call and responseTransferMode do not fit.`);
  const functionName = functionArn.split(':')[6]!;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Refused('INTEGRATION_TIMEOUT')), timeoutInMillis);
  });
  try {
    const invoked = await Promise.race([context.invoke(functionName, event), tooLate]);
    return streamed ? streamedAnswer(invoked) : bufferedAnswer(invoked);
  } catch (error) {
    if (!(error instanceof MalformedAnswer || error instanceof FunctionFailed)) throw error;
    // Lambda takes less than the gateway: in base64, about 4.5 MB.
    if (error instanceof FunctionFailed && error.errorType === 'RequestEntityTooLargeException') throw new Refused('REQUEST_TOO_LARGE');
    context.report(error);
    throw new Refused('DEFAULT_5XX');
  } finally {
    clearTimeout(timer);
  }
}

/** A signature where the operation wants one, and the caller's and the API's policies. */
async function authorized(request: GatewayRequest & { readonly signedPath: string }, { operation }: Matched, context: Context): Promise<Caller | undefined> {
  const { document, api, stage, assembly: { place }, callers, now } = context;
  const schemes = (operation.security ?? []).flatMap((scheme) => Object.keys(scheme));
  if (schemes.length === 0) return undefined;
  const type = document.components?.securitySchemes?.[schemes[0]!]?.['x-amazon-apigateway-authtype'];
  if (type !== 'awsSigv4') throw new Error(`gateway.ts does not know the security scheme ${schemes[0]} of type ${type}.`);
  const caller = await verifiedCaller(request, { callers, region: place.region, now: now() });
  if (typeof caller === 'string') throw new Refused(caller);
  const resource = `arn:aws:execute-api:${place.region}:${place.account}:${api.name}/${stage}/${request.method}${request.path}`;
  const asked = { action: 'execute-api:Invoke', resource, context: { 'aws:PrincipalArn': caller.arn, 'aws:SecureTransport': 'true' }, principals: [caller.arn] };
  const policy = api.properties['Policy'] as Policy | undefined;
  const effects = [decide(caller.policies, asked).effect, policy === undefined ? 'nothing said' : decide([policy], asked).effect];
  if (effects.includes('deny') || !effects.includes('allow')) throw new Refused('ACCESS_DENIED');
  return caller;
}

/** The function's own policy must let this API call it for this method and resource. */
function permitted(functionArn: string, { resource }: Matched, { assembly, api, stage, method }: Context & { readonly method: string }): void {
  const { account, region } = assembly.place;
  const source = `arn:aws:execute-api:${region}:${account}:${api.name}/${stage}/${method}${resource}`;
  const allowed = assembly.resources('AWS::Lambda::Permission').some(({ properties }) =>
    [functionArn, functionArn.split(':')[6]].includes(properties['FunctionName'])
    && properties['Action'] === 'lambda:InvokeFunction' && properties['Principal'] === 'apigateway.amazonaws.com'
    && (properties['SourceArn'] === undefined || wildcard(properties['SourceArn'], source)));
  if (!allowed) throw new Refused('API_CONFIGURATION_ERROR');
}

function headerOf({ rawHeaders }: GatewayRequest, name: string): string {
  const place = rawHeaders.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name);
  return place < 0 ? '' : rawHeaders[place + 1]!;
}

function isBinary(contentType: string, document: ApiDocument): boolean {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  return (document['x-amazon-apigateway-binary-media-types'] ?? []).some((pattern) => pattern === '*/*' || wildcard(pattern.toLowerCase(), type));
}

function compressionOf({ api, document }: Context): number | undefined {
  return (api.properties['MinimumCompressionSize'] as number | undefined) ?? document['x-amazon-apigateway-minimum-compression-size'];
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html */
function inflated(request: GatewayRequest, context: Context): GatewayRequest {
  if (compressionOf(context) === undefined || headerOf(request, 'content-encoding').toLowerCase() !== 'gzip') return request;
  const rawHeaders = request.rawHeaders.filter((_each, at) => request.rawHeaders[at - (at % 2)]!.toLowerCase() !== 'content-encoding');
  return { ...request, rawHeaders, body: gunzipSync(request.body, { maxOutputLength: maxRequestBytes }) };
}

/** A streamed answer is passed on as it comes. */
function compressed(answer: IntegrationAnswer, { headers }: IncomingMessage, context: Context): IntegrationAnswer {
  const minimum = compressionOf(context);
  const encoded = answer.headers.some(([name]) => name.toLowerCase() === 'content-encoding');
  if (minimum === undefined || encoded || answer.body.byteLength < minimum) return answer;
  if (headers['accept-encoding']?.includes('gzip') !== true) return answer;
  return { ...answer, headers: [...answer.headers, ['Content-Encoding', 'gzip']], body: gzipSync(answer.body) };
}
