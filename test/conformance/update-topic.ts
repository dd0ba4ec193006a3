/** https://hl7.org/fhir/R4/http.html#update, #upsert, #concurrency */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Topic } from './topic.ts';

export const updateTopic: Topic = (http) => {
  test('update makes a new version and returns 200 with ETag and Last-Modified', async () => {
    const { body } = await http().post('/Patient', patient());
    const updated = await http().put(`/Patient/${body.id}`, { ...body, birthDate: '1980-01-01' });
    expect(updated.status).toBe(200);
    expect(updated.headers.get('etag')).toBe('W/"2"');
    expect(updated.headers.get('last-modified')).toBeTruthy();
    expect(updated.body).toMatchObject({ id: body.id, birthDate: '1980-01-01', meta: { versionId: '2' } });
    expect(Date.parse(updated.body.meta.lastUpdated)).toBeGreaterThan(Date.parse(body.meta.lastUpdated));
  });

  test('an update of what does not exist creates it under the id of the client: 201 with Location', async () => {
    const id = freshId();
    const created = await http().put(`/Patient/${id}`, patient({ id }));
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`${http().baseUrl}/Patient/${id}/_history/1`);
    expect(created.headers.get('etag')).toBe('W/"1"');
    expect((await http().get(`/Patient/${id}`)).status).toBe(200);
  });

  test('what was read as a subset is not written back as the whole', async () => {
    const { body } = await http().post('/Patient', patient());
    const subset = await http().get(`/Patient/${body.id}?_elements=birthDate`);
    const refused = await http().put(`/Patient/${body.id}`, subset.body);
    expect(refused.status).toBe(422);
    expect(refused.body.issue[0]).toMatchObject({ code: 'business-rule', expression: ['Patient.meta.tag'] });
    const bundled = await http().post('', {
      resourceType: 'Bundle', type: 'transaction', entry: [{ resource: subset.body, request: { method: 'PUT', url: `Patient/${body.id}` } }],
    });
    expect(bundled.status).toBeGreaterThanOrEqual(400);
    expect((await http().get(`/Patient/${body.id}`)).body.meta.versionId).toBe('1');
  });

  test('an update brings a deleted resource back: 201, and its versions go on', async () => {
    const { body } = await http().post('/Patient', patient());
    await http().delete(`/Patient/${body.id}`);
    const back = await http().put(`/Patient/${body.id}`, body);
    expect(back.status).toBe(201);
    expect(back.headers.get('etag')).toBe('W/"3"');
    expect((await http().get(`/Patient/${body.id}`)).status).toBe(200);
  });

  test('the body has the id of the URL', async () => {
    const id = freshId();
    const other = await http().put(`/Patient/${id}`, patient({ id: freshId() }));
    expect(refusal(other)).toEqual({ status: 400, code: 'invalid', expression: ['Patient.id'] });
    const none = await http().put(`/Patient/${id}`, patient());
    expect(refusal(none)).toEqual({ status: 400, code: 'required', expression: ['Patient.id'] });
  });

  test('any id will do for a large resource, two dots included', async () => {
    // A client would take the dots in a URL for a path.
    const data = randomBytes(600_000).toString('base64');
    const entry = [{ request: { method: 'PUT', url: 'Binary/..' }, resource: { resourceType: 'Binary', id: '..', contentType: 'text/plain', data } }];
    expect((await http().post('/', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
    expect((await http().get('/Binary?_id=..')).body.entry[0].resource.data).toBe(data);
  });

  test('the same id may be used by resources of different types', async () => {
    const id = freshId();
    expect((await http().put(`/Patient/${id}`, patient({ id }))).status).toBe(201);
    expect((await http().put(`/Organization/${id}`, { resourceType: 'Organization', id, name: 'One' })).status).toBe(201);
  });

  test.each(['W/"1"', '"1"', '*'])('If-Match: %s lets the update of version 1 through', async (ifMatch) => {
    const { body } = await http().post('/Patient', patient());
    expect((await http().put(`/Patient/${body.id}`, body, { 'if-match': ifMatch })).status).toBe(200);
  });

  test('If-Match with another version is 412 and changes nothing', async () => {
    const { body } = await http().post('/Patient', patient());
    await http().put(`/Patient/${body.id}`, body);
    const refused = await http().put(`/Patient/${body.id}`, { ...body, birthDate: '1999' }, { 'if-match': 'W/"1"' });
    expect(refusal(refused)).toEqual({ status: 412, code: 'conflict' });
    expect((await http().get(`/Patient/${body.id}`)).body).toMatchObject({ birthDate: '1970-02', meta: { versionId: '2' } });
  });

  test.each(['W/"1"', '*', 'W/"someone-elses"'])('If-Match: %s of what does not exist is 412', async (ifMatch) => {
    const id = freshId();
    const refused = await http().put(`/Patient/${id}`, patient({ id }), { 'if-match': ifMatch });
    expect(refusal(refused)).toEqual({ status: 412, code: 'conflict' });
    expect((await http().get(`/Patient/${id}`)).status).toBe(404);
  });

  test('a malformed If-Match is 400', async () => {
    const { body } = await http().post('/Patient', patient());
    const refused = await http().put(`/Patient/${body.id}`, body, { 'if-match': 'W/"1' });
    expect(refusal(refused)).toEqual({ status: 400, code: 'invalid' });
  });

  test('If-None-Match: * creates, and never replaces', async () => {
    const id = freshId();
    const headers = { 'if-none-match': '*' };
    expect((await http().put(`/Patient/${id}`, patient({ id }), headers)).status).toBe(201);
    expect(refusal(await http().put(`/Patient/${id}`, patient({ id }), headers))).toEqual({ status: 412, code: 'conflict' });
    await http().delete(`/Patient/${id}`);
    expect((await http().put(`/Patient/${id}`, patient({ id }), headers)).status).toBe(412);
  });

  test('of concurrent updates under one If-Match one wins', async () => {
    const { body } = await http().post('/Patient', patient());
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => http().put(`/Patient/${body.id}`, body, { 'if-match': 'W/"1"' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412 || status === 409)).toHaveLength(9);
    expect((await http().get(`/Patient/${body.id}`)).body.meta.versionId).toBe('2');
  });

  test('concurrent updates lose nothing: each accepted one is a version', async () => {
    const { body } = await http().post('/Patient', patient());
    const answers = await Promise.all(Array.from({ length: 10 }, () => http().put(`/Patient/${body.id}`, body)));
    const accepted = answers.filter(({ status }) => status === 200);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(new Set(accepted.map(({ headers }) => headers.get('etag'))).size).toBe(accepted.length);
    expect((await http().get(`/Patient/${body.id}`)).body.meta.versionId).toBe(String(accepted.length + 1));
  });

  test.each([
    ['return=minimal', undefined],
    ['return=OperationOutcome', 'OperationOutcome'],
  ])('Prefer: %s is honoured', async (prefer, resourceType) => {
    const { body } = await http().post('/Patient', patient());
    const updated = await http().put(`/Patient/${body.id}`, body, { prefer });
    expect(updated.status).toBe(200);
    expect(updated.headers.get('etag')).toBe('W/"2"');
    expect(updated.body?.resourceType).toBe(resourceType);
  });
};
