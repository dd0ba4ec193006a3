/** https://hl7.org/fhir/R4/http.html#create */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Topic } from './topic.ts';

export const createTopic: Topic = (http) => {
  test('the server returns 201 with a Location header with the new logical id and version id', async () => {
    const created = await http().post('/Patient', patient());
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`${http().baseUrl}/Patient/${created.body.id}/_history/1`);
  });

  test('the response contains an ETag with the versionId and a Last-Modified header', async () => {
    const created = await http().post('/Patient', patient());
    expect(created.headers.get('etag')).toBe('W/"1"');
    expect(Date.parse(created.headers.get('last-modified') ?? '')).toBe(Math.floor(Date.parse(created.body.meta.lastUpdated) / 1000) * 1000);
  });

  test('the server populates id, meta.versionId and meta.lastUpdated', async () => {
    const { body } = await http().post('/Patient', patient({ meta: { tag: [{ code: 'kept' }] } }));
    expect(body.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
    expect(body.meta).toEqual({ tag: [{ code: 'kept' }], versionId: '1', lastUpdated: expect.any(String) });
  });

  test('if an id is provided, the server ignores it', async () => {
    const id = freshId();
    const created = await http().post('/Patient', patient({ id }));
    expect(created.status).toBe(201);
    expect(created.body.id).not.toBe(id);
  });

  test('versionId and lastUpdated of the body are ignored', async () => {
    const { body } = await http().post('/Patient', patient({ meta: { versionId: '77', lastUpdated: '2001-01-01T00:00:00Z' } }));
    expect(body.meta.versionId).toBe('1');
    expect(body.meta.lastUpdated).not.toContain('2001');
  });

  test('the resource is stored as it was accepted: digits of decimals, order of elements, every script', async () => {
    const text =
      '{"resourceType":"Observation","status":"final","code":{"text":"体重 ⚖ \\u00e6"},"valueQuantity":{"value":1.10,"unit":"kg"},' +
      '"component":[{"code":{"text":"b"},"valueQuantity":{"value":100e-2}},{"code":{"text":"a"},"valueQuantity":{"value":0.000001000}}]}';
    const created = await http().send('POST', '/Observation', { body: text, headers: { 'content-type': 'application/fhir+json' } });
    expect(created.status).toBe(201);
    const { text: read } = await http().get(`/Observation/${created.body.id}`);
    expect(read).toContain('"valueQuantity":{"value":1.10,"unit":"kg"}');
    expect(read).toContain('"value":100e-2');
    expect(read).toContain('"value":0.000001000');
    const { id: _id, meta: _meta, ...content } = JSON.parse(read);
    expect(content).toEqual(JSON.parse(text));
    expect(Object.keys(content)).toEqual(Object.keys(JSON.parse(text)));
  });

  test.each([
    ['return=minimal', undefined],
    ['return=representation', 'Patient'],
    ['return=OperationOutcome', 'OperationOutcome'],
  ])('Prefer: %s is honoured', async (prefer, resourceType) => {
    const created = await http().post('/Patient', patient(), { prefer });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toContain('/Patient/');
    expect(created.body?.resourceType).toBe(resourceType);
  });

  test('the resource must be of the type in the URL', async () => {
    const refused = await http().post('/Observation', patient());
    expect(refusal(refused)).toEqual({ status: 400, code: 'invalid', expression: ['Observation.resourceType'] });
  });

  test('a body that is not JSON is 400, and is not repeated', async () => {
    const refused = await http().send('POST', '/Patient', { body: '{"resourceType":"Patient","x":Smith}', headers: { 'content-type': 'application/json' } });
    expect(refusal(refused)).toEqual({ status: 400, code: 'invalid' });
    expect(refused.text).not.toContain('Smith');
  });

  test('property names are unique: a body with a name twice in one object is 400, not half of it stored', async () => {
    const body = '{"resourceType":"Patient","name":[{"family":"Smith","family":"Jones"}]}';
    const refused = await http().send('POST', '/Patient', { body, headers: { 'content-type': 'application/fhir+json' } });
    expect(refusal(refused)).toEqual({ status: 400, code: 'invalid' });
    expect(refused.text).not.toMatch(/Smith|Jones/);
  });

  test('no body is 400', async () => {
    expect(refusal(await http().send('POST', '/Patient'))).toEqual({ status: 400, code: 'invalid' });
  });

  test('a body of more than 5 MB is 413', async () => {
    const large = patient({ text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'x'.repeat(5 * 1024 * 1024)}</div>` } });
    expect(refusal(await http().post('/Patient', large))).toEqual({ status: 413, code: 'too-long' });
  });

  test('a body nested too deeply is 400', async () => {
    const deep = `{"resourceType":"Patient","extension":${'['.repeat(50_000)}1.10${']'.repeat(50_000)}}`;
    const refused = await http().send('POST', '/Patient', { body: deep, headers: { 'content-type': 'application/fhir+json' } });
    expect(refused.status).toBe(400);
  });

  test('a create sent again with its idempotency key is 409 with the Location of the first', async () => {
    const headers = { 'x-amz-fhir-idempotency-key': freshId() };
    const sent = patient();
    const created = await http().post('/Patient', sent, headers);
    expect(created.status).toBe(201);
    const repeated = await http().post('/Patient', sent, headers);
    expect(refusal(repeated)).toEqual({ status: 409, code: 'duplicate' });
    expect(repeated.headers.get('location')).toBe(created.headers.get('location'));
    const found = await http().get(`/Patient?identifier=${sent.identifier[0]?.value}`);
    expect(found.body.entry).toHaveLength(1);
  });

  test('concurrent creates with one idempotency key make one resource', async () => {
    const headers = { 'x-amz-fhir-idempotency-key': freshId() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => http().post('/Patient', patient(), headers)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
  });

  test('an idempotency key that is no UUID is 400', async () => {
    const refused = await http().post('/Patient', patient(), { 'x-amz-fhir-idempotency-key': 'once' });
    expect(refusal(refused)).toEqual({ status: 400, code: 'invalid' });
  });
};
