/** From an event of API Gateway to an operation, and back to what goes over the wire. */
import { createCipheriv } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { gatewayHandler } from '../../src/aws/gateway-handler.ts';
import type { GatewayEvent } from '../../src/aws/gateway-event.ts';
import { maxBundleBytesAtOnce, maxEventBytes, maxGatewayHeaderBytes, maxGatewayRequestBytes, maxSentBodyBytes } from '../../src/aws/gateway-limits.ts';
import { conflict } from '../../src/fhir/outcome.ts';
import { maxSealedLength } from '../../src/operations/search/asked.ts';
import type { Operation, OperationRequest, OperationResponse } from '../../src/operations/operation.ts';
import type { Fault } from '../../src/operations/serve.ts';
import { maxResourceBytes } from '../../src/operations/table.ts';
import type { OperationName } from '../../src/operations/table.ts';
import { callerArn, datastoreId, gatewayEvent } from './gateway-events.ts';
import type { GatewayAsked } from './gateway-events.ts';

const base = `https://abc.execute-api.eu-central-1.amazonaws.com/v1/datastore/${datastoreId}/r4`;

interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** What the operation was given, when it was asked. */
  readonly request?: OperationRequest;
  readonly faults: readonly Fault[];
}

const answering = { status: 200, headers: {}, json: '{"resourceType":"Patient"}' };

async function exchange(
  name: OperationName, event: GatewayAsked | GatewayEvent, operation: () => Promise<OperationResponse> = async () => answering,
): Promise<Exchange> {
  let request: OperationRequest | undefined;
  const faults: Fault[] = [];
  const operationOf = async (): Promise<Operation> => async (given) => {
    request = given;
    return operation();
  };
  const handle = gatewayHandler({ name, operationOf, ids: { uuid: () => 'fault-1' }, report: (fault) => void faults.push(fault) });
  return { ...(await handle('httpMethod' in event ? event : gatewayEvent(event))), faults, ...(request === undefined ? {} : { request }) };
}

const issueOf = ({ body }: Exchange) => (JSON.parse(String(body)) as { issue: { code: string; diagnostics: string }[] }).issue[0]!;

describe('a request', () => {
  test('is told to the operation with its names, its base and who signed it', async () => {
    const { request, status } = await exchange('vread', { path: '/Patient/a%2Eb/_history/2' });
    expect(status).toBe(200);
    expect(request).toMatchObject({
      method: 'GET', baseUrl: base, caller: callerArn, path: { type: 'Patient', id: 'a.b', versionId: '2' }, query: '',
    });
  });

  test('has its parameters encoded again, each as often as it came', async () => {
    const query = { code: ['http://loinc.org|85354-9'], date: ['ge2024-01-01T00:00:00+01:00', 'lt2025'], 'name:exact': ['Ann & Bé\ud800'] };
    const { request } = await exchange('search-type', { path: '/Observation', query });
    expect([...new URLSearchParams(request?.query)]).toEqual([
      ['code', 'http://loinc.org|85354-9'], ['date', 'ge2024-01-01T00:00:00+01:00'], ['date', 'lt2025'], ['name:exact', 'Ann & Bé\ufffd'],
    ]);
  });

  test('has its headers by lower-case names, those that came twice joined', async () => {
    const { request } = await exchange('read', { headers: { 'If-None-Match': ['W/"1"', 'W/"2"'], Prefer: ['handling=strict'] } });
    expect(request?.headers).toMatchObject({ 'if-none-match': 'W/"1", W/"2"', prefer: 'handling=strict' });
  });

  test('on a custom domain has the mapping in its base', async () => {
    const event = gatewayEvent();
    const requestContext = { ...event.requestContext, domainName: 'fhir.example.org', path: `/clinic${event.path}` };
    const { request } = await exchange('read', { ...event, requestContext });
    expect(request?.baseUrl).toBe(`https://fhir.example.org/clinic/datastore/${datastoreId}/r4`);
  });

  test('that nobody signed is refused: a route without authorization serves nothing', async () => {
    const event = gatewayEvent();
    const answer = await exchange('read', { ...event, requestContext: { ...event.requestContext, identity: { userArn: null } } });
    expect(answer.status).toBe(403);
    expect(issueOf(answer).code).toBe('forbidden');
    expect(answer.request).toBeUndefined();
  });

  test.each([
    ['an operation that is not offered', '/Patient/$everything', 404, 'not-supported'],
    ['a type that there is not', '/Pazient/1', 404, 'not-found'],
    ['an id that is none', '/Patient/a%20b', 400, 'invalid'],
    ['a literal that the gateway took for an id', '/Patient/%5Fhistory', 404, 'not-found'],
  ])('for %s is refused as on any runtime', async (_, path, status, code) => {
    const answer = await exchange('read', { path });
    expect(answer.status).toBe(status);
    expect(issueOf(answer).code).toBe(code);
    expect(answer.request).toBeUndefined();
  });
});

describe('a body', () => {
  const resource = '{"resourceType":"Patient","name":[{"family":"Nuñez"}]}';
  const post = (body: string | Uint8Array, headers: GatewayAsked['headers'] = {}) => exchange('create', { method: 'POST', path: '/Patient', body, headers });

  test('is text, with its mark of byte order left out', async () => {
    expect((await post(resource)).request?.body).toBe(resource);
    expect((await post(Buffer.from(`\ufeff${resource}`))).request?.body).toBe(resource);
  });

  test('may be sent with gzip', async () => {
    expect((await post(gzipSync(resource), { 'Content-Encoding': ['gzip'] })).request?.body).toBe(resource);
  });

  test('that came as text is taken as text', async () => {
    const event = { ...gatewayEvent({ method: 'POST', path: '/Patient' }), body: resource, isBase64Encoded: false };
    expect((await exchange('create', event)).request?.body).toBe(resource);
  });

  test('is not there when none was sent, and not read where none is wanted', async () => {
    expect((await exchange('create', { method: 'POST', path: '/Patient' })).request).not.toHaveProperty('body');
    expect((await exchange('delete', { method: 'DELETE', body: resource })).request).not.toHaveProperty('body');
  });

  test.each([
    ['larger than the operation takes', Buffer.alloc(maxResourceBytes + 1, 32), {}, 413],
    ['small, but larger once it is decompressed', gzipSync(Buffer.alloc(maxResourceBytes + 1, 32)), { 'Content-Encoding': ['gzip'] }, 413],
    ['not the gzip that it says it is', Buffer.from('{}'), { 'Content-Encoding': ['gzip'] }, 400],
    ['cut short', gzipSync(resource).subarray(0, 20), { 'Content-Encoding': ['gzip'] }, 400],
    ['of another encoding', Buffer.from('{}'), { 'Content-Encoding': ['br'] }, 415],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400],
  ])('is refused when it is %s', async (_, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(String(answer.body))).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(answer.request).toBeUndefined();
  });
});

describe('an answer', () => {
  test('is what the operation says, in the format that was asked for', async () => {
    const { status, headers, body } = await exchange('read', { headers: { Accept: ['application/json'] } });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'private, no-cache', 'Content-Length': '26' });
    expect(String(body)).toBe(answering.json);
  });

  test('is compressed where that is worth it and understood', async () => {
    const json = JSON.stringify({ resourceType: 'Patient', text: 'x'.repeat(5000) });
    const long = async () => ({ ...answering, json });
    const { headers, body } = await exchange('read', { headers: { 'Accept-Encoding': ['gzip, br'] } }, long);
    expect(headers['Content-Encoding']).toBe('gzip');
    expect(gunzipSync(body!).toString()).toBe(json);
    expect((await exchange('read', {}, long)).headers).not.toHaveProperty('Content-Encoding');
  });

  test('to HEAD has no body', async () => {
    const { headers, body } = await exchange('read', { method: 'HEAD' });
    expect(headers['Content-Length']).toBe('26');
    expect(body).toBeUndefined();
  });

  test('of a refusal is an OperationOutcome with its headers', async () => {
    const answer = await exchange('read', {}, () => Promise.reject(conflict('Others are writing.')));
    expect(answer.status).toBe(409);
    expect(issueOf(answer)).toEqual({ severity: 'error', code: 'conflict', diagnostics: 'Others are writing.' });
  });

  test('of a fault tells its id and nothing of its message', async () => {
    const answer = await exchange('read', {}, () => Promise.reject(new Error('Jane Doe')));
    expect(answer.status).toBe(500);
    expect(String(answer.body)).toContain('fault-1');
    expect(String(answer.body)).not.toContain('Jane');
    expect(answer.faults).toMatchObject([{ id: 'fault-1' }]);
  });

  test('is a fault, too, where the data store cannot be looked up', async () => {
    const faults: Fault[] = [];
    const failing = gatewayHandler({
      name: 'read', operationOf: () => Promise.reject(new Error('AccessDenied')), ids: { uuid: () => 'fault-1' }, report: (fault) => void faults.push(fault),
    });
    expect((await failing(gatewayEvent())).status).toBe(500);
    expect(faults).toHaveLength(1);
  });
});

describe('what no operation serves', () => {
  const unrouted = gatewayHandler({ operationOf: () => Promise.reject(new Error('asked')), ids: { uuid: () => 'fault-1' }, report: () => {} });

  test.each([
    ['PATCH', '/Patient/1/_history', 405, 'GET, HEAD'],
    ['POST', '/Patient/1/_history', 405, 'GET, HEAD'],
    ['PUT', '/', 405, 'POST, GET, HEAD'],
    ['GET', '/Patient/1/2/3/4', 404, undefined],
    ['GET', '/Patient/1', 404, undefined],
  ])('is answered for %s %s as FHIR asks', async (method, path, status, allow) => {
    const { headers, ...answer } = await unrouted(gatewayEvent({ method, path }));
    expect(answer.status).toBe(status);
    expect(headers['Allow']).toBe(allow);
  });
});

describe('limits', () => {
  test('of what is sent leave room in an event for base64 and for everything else', () => {
    expect((maxSentBodyBytes / 3) * 4).toBeLessThanOrEqual(maxEventBytes - 100 * 1024);
    expect(maxSentBodyBytes).toBeLessThan(maxGatewayRequestBytes);
  });

  test('of a resource, in base64 as a Binary, are within reach of gzip', () => {
    const incompressible = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc((maxResourceBytes / 4) * 3));
    expect(gzipSync(incompressible.toString('base64')).length).toBeLessThan(maxSentBodyBytes);
  });

  test('of a bundle at once are above what can be sent without gzip', () => {
    expect(maxBundleBytesAtOnce).toBeGreaterThan(maxSentBodyBytes);
  });

  test('of the links that we make leave room for a signature in the headers that the gateway takes', () => {
    const cursorLength = 1024;
    const signatureWithSessionToken = 2500;
    expect(maxSealedLength + cursorLength + base.length + signatureWithSessionToken).toBeLessThan(maxGatewayHeaderBytes);
  });
});
