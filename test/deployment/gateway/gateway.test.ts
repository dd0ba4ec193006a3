/** The emulated gateway routes, refuses and passes on as API Gateway does. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { signedHeaders } from '../../conformance/signature.ts';
import type { Policy } from '../iam/evaluate.ts';
import { FunctionFailed } from '../lambda/runtime-api.ts';
import type { Invoked } from '../lambda/runtime-api.ts';
import { assemble } from '../template/assembly.ts';
import { openGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import type { ProxyEvent } from './proxy-event.ts';

const place = { account: '111122223333', region: 'eu-central-1' };
const functionArn = 'arn:aws:lambda:eu-central-1:111122223333:function:probe';
const credentials = { accessKeyId: 'AKIAPROBE', secretAccessKey: 'secret' };
const now = new Date('2026-11-22T12:00:00Z');

const operation = (streamed: boolean) => ({
  security: [{ sigv4: [] }],
  'x-amazon-apigateway-integration': {
    type: 'aws_proxy',
    uri: `arn:aws:apigateway:eu-central-1:lambda:path/${streamed ? '2021-11-15' : '2015-03-31'}/functions/${functionArn}/${streamed ? 'response-streaming-invocations' : 'invocations'}`,
    responseTransferMode: streamed ? 'STREAM' : 'BUFFERED',
  },
});

const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

interface Setup {
  readonly answer?: (event: ProxyEvent) => Invoked | Promise<Invoked>;
  readonly policies?: readonly Policy[];
  readonly source?: string;
  readonly document?: object;
  readonly streamed?: boolean;
}

const whole = (answer: object): Invoked => ({ streamed: false, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(answer)) });
const echo = (event: ProxyEvent): Invoked => whole({ statusCode: 200, body: JSON.stringify(event) });

async function gateway({ answer = echo, policies, source = '*', document = {}, streamed = false }: Setup = {}): Promise<string> {
  const Body = {
    paths: {
      '/': { get: operation(streamed) },
      '/a/{id}': { get: operation(streamed), 'x-amazon-apigateway-any-method': operation(streamed) },
      '/a/fixed': { post: operation(streamed) },
      '/a/{id}/{rest+}': { get: operation(streamed) },
      '/open': { get: { ...operation(streamed), security: [] } },
    },
    components: { securitySchemes: { sigv4: { 'x-amazon-apigateway-authtype': 'awsSigv4' } } },
    ...document,
  };
  const permission = { Action: 'lambda:InvokeFunction', FunctionName: functionArn, Principal: 'apigateway.amazonaws.com', SourceArn: source };
  const Resources = { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body } }, Allow: { Type: 'AWS::Lambda::Permission', Properties: permission } };
  const assembly = assemble({ stack: { Resources: JSON.parse(JSON.stringify(Resources)) } }, place);
  const gateway = await openGateway({
    assembly,
    api: assembly.resources('AWS::ApiGateway::RestApi')[0]!,
    stage: 'prod',
    callers: [{ arn: 'arn:aws:iam::111122223333:role/client', credentials, policies: policies ?? [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }] }],
    invoke: async (_name, event) => answer(event as ProxyEvent),
    report: () => undefined,
    now: () => now,
  });
  open.push(gateway);
  return gateway.url;
}

async function signed(method: string, url: string, { body, headers = {} }: { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {}): Promise<Response> {
  const all = await signedHeaders({ method, url, headers, body }, credentials, { region: place.region, at: now });
  return fetch(url, { method, headers: all, body });
}

const event = async (response: Promise<Response>): Promise<ProxyEvent> => (await response).json() as Promise<ProxyEvent>;

describe('routes', () => {
  test('a literal comes before a parameter, a parameter before the rest, a method before any', async () => {
    const url = await gateway();
    expect((await event(signed('POST', `${url}/a/fixed`))).resource).toBe('/a/fixed');
    expect((await event(signed('GET', `${url}/a/1`))).pathParameters).toEqual({ id: '1' });
    expect((await event(signed('PATCH', `${url}/a/1`))).httpMethod).toBe('PATCH');
    expect((await event(signed('GET', `${url}/a/1/b/c`))).pathParameters).toEqual({ id: '1', rest: 'b/c' });
  });

  test('what no path has is refused as if it were not signed', async () => {
    const response = await signed('GET', `${await gateway()}/b`);
    expect([response.status, await response.json()]).toEqual([403, { message: 'Missing Authentication Token' }]);
  });

  test('a method that the most precise path does not have is not looked for beside it', async () => {
    expect((await signed('GET', `${await gateway()}/a/fixed`)).status).toBe(403);
  });
});

describe('the event', () => {
  test('has the path as sent and query parameters decoded', async () => {
    const seen = await event(signed('GET', `${await gateway()}/a/%C3%86?b=1&b=%7C2&c=x%2By`));
    expect(seen).toMatchObject({
      path: '/a/%C3%86',
      pathParameters: { id: '%C3%86' },
      queryStringParameters: { b: '|2', c: 'x+y' },
      multiValueQueryStringParameters: { b: ['1', '|2'], c: ['x+y'] },
      requestContext: { stage: 'prod', path: '/prod/a/%C3%86', identity: { userArn: 'arn:aws:iam::111122223333:role/client' } },
      body: null,
    });
    expect(Object.keys(seen.headers ?? {}).map((name) => name.toLowerCase())).not.toContain('authorization');
  });

  test('has the body as text, or in base64 where its type is declared as binary', async () => {
    const body = new Uint8Array([0xd8, 0x41]);
    const text = await event(signed('PUT', `${await gateway()}/a/1`, { body }));
    expect([text.body, text.isBase64Encoded]).toEqual(['\uFFFDA', false]);
    const url = await gateway({ document: { 'x-amazon-apigateway-binary-media-types': ['*/*'] } });
    const binary = await event(signed('PUT', `${url}/a/1`, { body }));
    expect([binary.body, binary.isBase64Encoded]).toEqual(['2EE=', true]);
  });

  test('has the body decompressed where the API compresses', async () => {
    const url = await gateway({ document: { 'x-amazon-apigateway-minimum-compression-size': 0 } });
    const headers = { 'content-encoding': 'gzip' };
    expect((await event(signed('PUT', `${url}/a/1`, { body: new Uint8Array(gzipSync('plain')), headers }))).body).toBe('plain');
  });
});

describe('signatures and policies', () => {
  test('a request without a signature, with a wrong one, or of a stranger is refused', async () => {
    const url = await gateway();
    expect((await fetch(`${url}/a/1`)).status).toBe(403);
    const other = await signedHeaders({ method: 'GET', url: `${url}/a/2`, headers: {} }, credentials, { region: place.region, at: now });
    expect((await fetch(`${url}/a/1`, { headers: other })).headers.get('x-amzn-errortype')).toBe('INVALID_SIGNATURE');
    const late = await signedHeaders({ method: 'GET', url: `${url}/a/1`, headers: {} }, credentials, { region: place.region, at: new Date(0) });
    expect((await fetch(`${url}/a/1`, { headers: late })).headers.get('x-amzn-errortype')).toBe('INVALID_SIGNATURE');
  });

  test('an operation without security is open', async () => {
    expect((await fetch(`${await gateway()}/open`)).status).toBe(200);
  });

  test('the caller\'s policies decide by method and path', async () => {
    const policies: Policy[] = [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:*:*/prod/GET/a/1' } }];
    const url = await gateway({ policies });
    expect((await signed('GET', `${url}/a/1`)).status).toBe(200);
    expect((await signed('GET', `${url}/a/2`)).headers.get('x-amzn-errortype')).toBe('ACCESS_DENIED');
  });

  test('a function that does not let the API call it is not called', async () => {
    const url = await gateway({ source: 'arn:aws:execute-api:*:*:*/prod/POST/*' });
    expect((await signed('GET', `${url}/a/1`)).headers.get('x-amzn-errortype')).toBe('API_CONFIGURATION_ERROR');
  });
});

describe('answers', () => {
  const prelude = (head: object, body: string): Buffer => Buffer.concat([Buffer.from(JSON.stringify(head)), Buffer.alloc(8), Buffer.from(body)]);
  const contentType = 'application/vnd.awslambda.http-integration-response';

  test('a stream begins with its prelude', async () => {
    const bytes = prelude({ statusCode: 201, headers: { ETag: 'W/"1"', Date: 'then' }, multiValueHeaders: { Link: ['a', 'b'] } }, 'body');
    const response = await signed('GET', await gateway({ streamed: true, answer: () => ({ streamed: true, contentType, bytes }) }));
    expect([response.status, response.headers.get('etag'), response.headers.get('link'), await response.text()]).toEqual([201, 'W/"1"', 'a, b', 'body']);
    expect(response.headers.get('x-amzn-remapped-date')).toBe('then');
  });

  test.each<[string, boolean, Invoked]>([
    ['a stream without a prelude', true, { streamed: true, contentType, bytes: Buffer.from('{"statusCode":200}') }],
    ['a prelude of more than 16 kB', true, { streamed: true, contentType, bytes: prelude({ statusCode: 200, headers: { a: 'x'.repeat(16 * 1024) } }, '') }],
    ['an answer that is not streamed', true, whole({ statusCode: 200 })],
    ['a stream that is not wanted', false, { streamed: true, contentType, bytes: prelude({ statusCode: 200 }, '') }],
    ['an answer without a status', false, whole({ body: 'x' })],
    ['an answer that is no object', false, { streamed: false, contentType: '', bytes: Buffer.from('null') }],
  ])('%s is 502', async (_what, streamed, answer) => {
    expect((await signed('GET', await gateway({ streamed, answer: () => answer }))).status).toBe(502);
  });

  test('a function that fails is 502, in the words of the template', async () => {
    const responses = { DEFAULT_5XX: { statusCode: '500', responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" }, responseTemplates: { 'application/json': '{"id":"$context.requestId."}' } } };
    const url = await gateway({
      answer: () => Promise.reject(new FunctionFailed('Error', 'no')), document: { 'x-amazon-apigateway-gateway-responses': responses },
    });
    const response = await signed('GET', url);
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([500, '1', { id: expect.stringMatching(/^[0-9a-f-]{36}\.$/) }]);
  });

  test('a request of more than 10 MB is 413', async () => {
    expect((await signed('PUT', `${await gateway()}/a/1`, { body: new Uint8Array(10 * 1024 * 1024 + 1) })).status).toBe(413);
  });
});
