/** https://hl7.org/fhir/R4/http.html#transaction */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/fhir/json.ts';
import { emptyDisk, platform } from './bundle-platform.ts';
import type { Platform } from './bundle-platform.ts';
import { baseUrl, refusal } from './requests.ts';
import type { Answer } from './requests.ts';

let server: Platform;
beforeEach(() => {
  server = platform(emptyDisk());
});

const patientUuid = 'urn:uuid:0b1f0c6e-51f8-4c4a-9f1b-0a4d5a4f2f11';
const patient = { resourceType: 'Patient', active: true };
const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: patientUuid } };
const bundle = (type: string, ...entry: JsonObject[]): JsonObject => ({ resourceType: 'Bundle', type, ...(entry.length === 0 ? {} : { entry }) });
const request = (method: string, url: string, more: JsonObject = {}): JsonObject => ({ request: { method, url, ...more } });
const post = (resource: JsonObject, fullUrl?: string): JsonObject => ({
  ...(fullUrl === undefined ? {} : { fullUrl }), resource, ...request('POST', resource['resourceType'] as string),
});
const put = (resource: JsonObject, more: JsonObject = {}): JsonObject => ({
  resource, ...request('PUT', `${resource['resourceType'] as string}/${resource['id'] as string}`, more),
});

interface ResponseEntry {
  fullUrl?: string;
  resource?: JsonObject;
  response: { status: string; location?: string; etag?: string; lastModified?: string; outcome?: JsonObject };
}
const entries = ({ resource }: Answer): ResponseEntry[] => (resource['entry'] ?? []) as unknown as ResponseEntry[];
const statuses = (answer: Answer): string[] => entries(answer).map(({ response }) => response.status);

async function count(type: string): Promise<number> {
  return ((await server.send('GET', `/${type}`)).resource['entry'] as JsonObject[] | undefined)?.length ?? 0;
}

describe('a transaction', () => {
  test('writes all of its entries and answers in their order', async () => {
    await server.send('PUT', '/Patient/gone', { body: { ...patient, id: 'gone' } });
    const answer = await server.send('POST', '/', {
      body: bundle('transaction', request('GET', 'Patient/a'), post(observation), put({ ...patient, id: 'a' }), request('DELETE', 'Patient/gone'), post(patient, patientUuid)),
    });
    expect(answer.status).toBe(200);
    expect(answer.resource).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' });
    expect(statuses(answer)).toEqual(['200', '201', '201', '204', '201']);
    const [read, created, , deleted, linked] = entries(answer);
    expect(read?.resource).toMatchObject({ resourceType: 'Patient', id: 'a', meta: { versionId: '1' } });
    expect(created?.response).toMatchObject({ location: expect.stringMatching(/^Observation\/[^/]+\/_history\/1$/), etag: 'W/"1"' });
    expect(created).not.toHaveProperty('resource');
    expect(deleted?.response).toMatchObject({ etag: 'W/"2"' });
    const stored = await server.send('GET', `/${created?.response.location ?? ''}`);
    expect(`${(stored.resource['subject'] as JsonObject)['reference'] as string}/_history/1`).toBe(linked?.response.location);
    expect(stored.resource['meta']).toMatchObject({ lastUpdated: created?.response.lastModified });
    expect((await server.send('GET', '/Patient/gone')).status).toBe(410);
  });

  test('without entries is no error', async () => {
    expect(await server.send('POST', '/', { body: bundle('transaction') })).toMatchObject({ status: 200, resource: { type: 'transaction-response' } });
  });

  test('is answered with resources or outcomes by those who prefer them', async () => {
    const body = bundle('transaction', put({ ...patient, id: 'a' }));
    const full = await server.send('POST', '/', { body, headers: { prefer: 'return=representation' } });
    expect(entries(full)[0]).toMatchObject({ fullUrl: `${baseUrl}/Patient/a`, resource: { resourceType: 'Patient', id: 'a' } });
    const told = await server.send('POST', '/', { body, headers: { prefer: 'return=OperationOutcome' } });
    expect(entries(told)[0]).toMatchObject({ response: { status: '200', outcome: { resourceType: 'OperationOutcome' } } });
  });

  test('reads what it has written, by search and history too', async () => {
    const answer = await server.send('POST', '/', {
      body: bundle('transaction', request('GET', 'Patient?active=true'), request('GET', 'Patient/a/_history'), request('HEAD', 'Patient/a'), put({ ...patient, id: 'a' }),
        request('GET', 'Patient/a', { ifNoneMatch: 'W/"1"' }), request('GET', 'Patient/nobody')),
    });
    expect(statuses(answer)).toEqual(['200', '200', '200', '201', '304', '404']);
    const [found, history, head, , , missing] = entries(answer);
    expect(found?.resource).toMatchObject({ type: 'searchset', entry: [{ resource: { id: 'a' } }] });
    expect(history?.resource).toMatchObject({ type: 'history', entry: [{}] });
    expect(head).not.toHaveProperty('resource');
    expect(missing?.response.outcome).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  test.each<[string, JsonObject, number, string]>([
    ['has an unknown element', post({ ...patient, colour: 'red' }), 400, 'Bundle.entry[1].resource.colour'],
    ['has an element of another type', post({ ...patient, active: 'yes' }), 400, 'Bundle.entry[1].resource.active'],
    ['has a reference to no entry', post({ ...observation, subject: { reference: 'urn:uuid:ffffffff-51f8-4c4a-9f1b-0a4d5a4f2f11' } }), 400, 'Bundle.entry[1].resource.subject.reference'],
    ['reads where nothing can be', request('GET', 'Patient/$everything-else'), 400, 'Bundle.entry[1].request.url'],
    ['expects another version', put({ ...patient, id: 'a' }, { ifMatch: 'W/"7"' }), 412, 'Bundle.entry[1].request.ifMatch'],
    ['expects no resource where there is one', put({ ...patient, id: 'there' }, { ifNoneMatch: '*' }), 412, 'Bundle.entry[1].request.ifNoneMatch'],
    ['has criteria that are empty', { resource: patient, ...request('PUT', 'Patient?identifier=') }, 400, 'Bundle.entry[1].request.url'],
  ])('is refused as a whole when an entry %s', async (_name, ...[entry, status, expression]) => {
    await server.send('PUT', '/Patient/there', { body: { ...patient, id: 'there' } });
    const answer = await server.send('POST', '/', { body: bundle('transaction', post(patient), entry) });
    expect(refusal(answer)).toMatchObject({ status, expressions: [expression] });
    expect(await count('Patient')).toBe(1);
  });

  test('stores under minimal validation what has issues, and tells of them with the entry', async () => {
    const headers = { 'x-amzn-healthlake-fhir-validation-level': 'minimal' };
    const answer = await server.send('POST', '/', { body: bundle('transaction', post({ ...patient, colour: 'red' }), post(patient)), headers });
    expect(statuses(answer)).toEqual(['201', '201']);
    expect(entries(answer)[0]?.response.outcome).toMatchObject({ issue: [{ expression: ['Bundle.entry[0].resource.colour'] }] });
    expect(entries(answer)[1]?.response).not.toHaveProperty('outcome');
  });
});

describe('a batch', () => {
  test('gives each entry its own status, and lets none disturb another', async () => {
    await server.send('PUT', '/Patient/b', { body: { ...patient, id: 'b' } });
    const answer = await server.send('POST', '/', {
      body: bundle('batch', post({ ...patient, colour: 'red' }), post(patient), request('GET', 'Patient/nobody'), put({ ...patient, id: 'b' }, { ifMatch: 'W/"5"' }),
        request('DELETE', 'Patient/nobody'), { resource: patient, ...request('POST', '/') }, put({ ...patient, id: 'c' }), request('GET', 'Patient?active=true'), request('GET', 'http://other.example/Patient/1'), { request: { method: 'GET' } }, 1 as unknown as JsonObject),
    });
    expect(answer).toMatchObject({ status: 200, resource: { type: 'batch-response' } });
    expect(statuses(answer)).toEqual(['400', '201', '404', '412', '204', '400', '201', '200', '400', '400', '400']);
    for (const failed of [0, 2, 3, 5, 8, 9, 10]) expect(entries(answer)[failed]?.response.outcome).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(entries(answer)[6]?.response).toMatchObject({ location: 'Patient/c/_history/1', etag: 'W/"1"' });
    const stored = await server.send('GET', '/Patient/c');
    expect(entries(answer)[6]?.response.lastModified).toBe((stored.resource['meta'] as JsonObject)['lastUpdated']);
    expect(entries(answer)[7]?.resource).toMatchObject({ type: 'searchset' });
  });

  test('begins no job, and says so whether the entry brings a resource or not', async () => {
    const answer = await server.send('POST', '/', {
      body: bundle('batch', request('POST', '$reindex'), { resource: { resourceType: 'Parameters' }, ...request('POST', '/$reindex') }, request('POST', 'Patient/nobody/$everything')),
    });
    expect(statuses(answer)).toEqual(['400', '400', '404']);
    for (const refused of [0, 1]) expect(entries(answer)[refused]?.response.outcome).toMatchObject({ issue: [{ code: 'not-supported', diagnostics: expect.stringContaining('begins, polls or ends a job') }] });
  });

  test('names the version of updates and deletes too', async () => {
    await server.send('PUT', '/Patient/b', { body: { ...patient, id: 'b' } });
    await server.send('PUT', '/Patient/d', { body: { ...patient, id: 'd' } });
    const answer = await server.send('POST', '/', { body: bundle('batch', put({ ...patient, id: 'b' }), request('DELETE', 'Patient/d')) });
    expect(entries(answer).map(({ response }) => [response.status, response.location, response.etag])).toEqual([
      ['200', 'Patient/b/_history/2', 'W/"2"'],
      ['204', undefined, 'W/"2"'],
    ]);
  });

  test('leaves references between entries as they are', async () => {
    const answer = await server.send('POST', '/', { body: bundle('batch', post(patient, patientUuid), post(observation)), headers: { prefer: 'return=representation' } });
    expect(entries(answer)[1]?.resource).toMatchObject({ subject: { reference: patientUuid } });
  });

  test.each(['batch', 'transaction'])('searches as leniently as the client prefers of it as a whole: %s', async (type) => {
    const body = bundle(type, request('GET', 'Patient?colour=red&active=true'), put({ ...patient, id: 'a' }));
    const strict = await server.send('POST', '/', { body });
    expect(statuses(strict)).toEqual(['400', '201']);
    const lenient = await server.send('POST', '/', { body, headers: { prefer: 'return=minimal, handling=lenient' } });
    expect(statuses(lenient)).toEqual(['200', '200']);
    const [found, written] = entries(lenient);
    expect(found?.resource).toMatchObject({ type: 'searchset', link: [{ url: expect.not.stringContaining('colour') }] });
    expect(written).not.toHaveProperty('resource');
  });

  test('tells under minimal validation of the issues with the entry', async () => {
    const headers = { 'x-amzn-healthlake-fhir-validation-level': 'minimal' };
    const answer = await server.send('POST', '/', { body: bundle('batch', post({ ...patient, colour: 'red' })), headers });
    expect(entries(answer)[0]).toMatchObject({ response: { status: '201', outcome: { issue: [{ expression: ['Patient.colour'] }] } } });
  });
});

describe('what is no batch and no transaction', () => {
  test.each(['collection', 'document', 'history', 'searchset', 'message'])('a Bundle of type %s is refused with the way to store it', async (type) => {
    const answer = await server.send('POST', '/', { body: bundle(type) });
    expect(refusal(answer)).toMatchObject({ status: 400, expressions: ['Bundle.type'] });
    expect(answer.json).toContain('POST [base]/Bundle');
  });

  test.each<[string, string | JsonObject, number]>([
    ['another resource', patient, 400],
    ['no JSON', '{', 400],
    ['an unknown element', { ...bundle('batch'), colour: 'red' }, 400],
    ['a transaction with an entry that is none', { resourceType: 'Bundle', type: 'transaction', entry: [1] }, 400],
    ['too many entries', bundle('batch', ...Array.from({ length: 4501 }, () => request('GET', 'Patient/1'))), 422],
  ])('%s is refused', async (_name, body, status) => {
    expect(await server.send('POST', '/', { body })).toMatchObject({ status, resource: { resourceType: 'OperationOutcome' } });
  });

  test('an idempotency key is refused, which stands for one create', async () => {
    const headers = { 'x-amz-fhir-idempotency-key': patientUuid.slice(9) };
    expect((await server.send('POST', '/', { body: bundle('batch', post(patient)), headers })).status).toBe(400);
  });
});
