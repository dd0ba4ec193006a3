/**
 * Conditional create, update and delete: https://hl7.org/fhir/R4/http.html#ccreate, #cond-update and #3.1.0.7.1.
 * Conditional reads are among the reads, conditions in bundles among the bundles.
 */
import { describe, expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import { expectSame, idsOf, system } from './tagged.ts';
import type { Topic } from './topic.ts';

/** A patient with criteria that nobody else satisfies. */
function unique(changes: object = {}): { sent: ReturnType<typeof patient>; value: string; criteria: string } {
  const sent = patient(changes);
  const value = sent.identifier[0]!.value;
  return { sent, value, criteria: `identifier=${system}|${value}` };
}

/** Two resources that satisfy the criteria. */
async function pair(http: Client): Promise<ReturnType<typeof unique> & { ids: string[] }> {
  const made = unique();
  const answers = [await http.post('/Patient', made.sent), await http.post('/Patient', made.sent)];
  return { ...made, ids: answers.map(({ body }) => body.id) };
}

/** Refused, and the values of the criteria are nowhere in the answer. */
function refusedQuietly(answer: Answer, value: string): ReturnType<typeof refusal> {
  expect(answer.text).not.toContain(value);
  expect(answer.headers.get('location') ?? '').not.toContain(value);
  return refusal(answer);
}

/** Clients that meet under the same criteria. */
const concurrent = 25;

export const conditionalTopic: Topic = (http) => {
  describe('create', () => {
    test('No matches: the server processes the create', async () => {
      const { sent, criteria, value } = unique();
      const created = await http().post('/Patient', sent, { 'if-none-exist': criteria });
      expect(created.status).toBe(201);
      expect(created.headers.get('location')).toBe(`${http().baseUrl}/Patient/${created.body.id}/_history/1`);
      expect(created.headers.get('location')).not.toContain(value);
    });

    test('One match: the server ignores the post and returns 200 with that resource', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const found = await http().post('/Patient', { ...sent, active: true }, { 'if-none-exist': `?${criteria}` });
      expect([found.status, found.headers.get('etag'), found.body]).toEqual([200, 'W/"1"', body]);
      expect(idsOf(await http().get(`/Patient?${criteria}`))).toEqual([body.id]);
    });

    test('Multiple matches: 412, as the criteria were not selective enough', async () => {
      const { sent, criteria, value } = await pair(http());
      const refused = await http().post('/Patient', sent, { 'if-none-exist': criteria });
      expect(refusedQuietly(refused, value)).toEqual({ status: 412, code: 'multiple-matches' });
    });

    test('equal criteria make one resource, however many ask at once', async () => {
      const { sent, value } = unique();
      const birthdate = 'birthdate=1970-02';
      const identifier = `identifier=${system}|${value}`;
      const answers = await Promise.all(Array.from({ length: concurrent }, (_, i) =>
        http().post('/Patient', sent, { 'if-none-exist': i % 2 === 0 ? `${birthdate}&${identifier}` : `${identifier}&${birthdate}` })));
      expectSame(answers.map(({ status }) => status), [...Array<number>(concurrent - 1).fill(200), 201]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(idsOf(await http().get(`/Patient?${identifier}`))).toHaveLength(1);
    });

    test('criteria may be about what a resource refers to', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const weight = { resourceType: 'Observation', status: 'final', code: { text: 'Weight' }, subject: { reference: `Patient/${body.id}` } };
      const chained = { 'if-none-exist': `patient.${criteria}` };
      const answers = await Promise.all(Array.from({ length: 5 }, () => http().post('/Observation', weight, chained)));
      expectSame(answers.map(({ status }) => status), [200, 200, 200, 200, 201]);
      expect(idsOf(await http().get(`/Observation?patient=${body.id}`))).toHaveLength(1);
    });

    test('a plain create beside it asks nobody: then there are two, and the criteria are answered with 412', async () => {
      const { sent, criteria } = unique();
      await http().post('/Patient', sent, { 'if-none-exist': criteria });
      await http().post('/Patient', sent);
      expect((await http().post('/Patient', sent, { 'if-none-exist': criteria })).status).toBe(412);
    });

    test('what was deleted is made again', async () => {
      const { sent, criteria } = unique();
      const first = await http().post('/Patient', sent, { 'if-none-exist': criteria });
      await http().delete(`/Patient/${first.body.id}`);
      const second = await http().post('/Patient', sent, { 'if-none-exist': criteria });
      expect([second.status, second.body.id === first.body.id]).toEqual([201, false]);
    });

    test.each([
      ['nothing', '', 'invalid'],
      ['a parameter without a value', 'identifier=', 'invalid'],
      ['what is no search parameter', 'nothing-like-it=VALUE', 'not-supported'],
      ['how an answer is shaped', 'identifier=VALUE&_count=1', 'not-supported'],
    ])('criteria that hold %s are refused, whatever the client prefers', async (_title, criteria, code) => {
      const headers = { 'if-none-exist': criteria, prefer: 'handling=lenient' };
      // An empty header is none to some clients; what is left of it is the question mark.
      const refused = await http().post('/Patient', patient(), criteria === '' ? { ...headers, 'if-none-exist': '?' } : headers);
      expect(refusedQuietly(refused, 'VALUE')).toEqual({ status: 400, code });
    });

    test('an idempotency key beside the criteria is refused', async () => {
      const { sent, criteria } = unique();
      const refused = await http().post('/Patient', sent, { 'if-none-exist': criteria, 'x-amz-fhir-idempotency-key': freshId() });
      expect(refusal(refused)).toEqual({ status: 400, code: 'invalid' });
    });
  });

  describe('update', () => {
    test('No matches, no id provided: the server creates the resource', async () => {
      const { sent, criteria } = unique();
      const created = await http().put(`/Patient?${criteria}`, sent);
      expect(created.status).toBe(201);
      expect(created.headers.get('location')).toBe(`${http().baseUrl}/Patient/${created.body.id}/_history/1`);
    });

    test('No matches, id provided: the server treats it as an update as create', async () => {
      const { sent, criteria } = unique();
      const id = freshId();
      const created = await http().put(`/Patient?${criteria}`, { ...sent, id });
      expect([created.status, created.body.id]).toEqual([201, id]);
      await http().delete(`/Patient/${id}`);
      const again = await http().put(`/Patient?${criteria}`, { ...sent, id });
      expect([again.status, again.headers.get('etag')]).toEqual([201, 'W/"3"']);
    });

    test('No matches, and the id is that of another resource: 409, and nothing is replaced', async () => {
      const { body: other } = await http().post('/Patient', patient());
      const { sent, criteria, value } = unique();
      const refused = await http().put(`/Patient?${criteria}`, { ...sent, id: other.id });
      expect(refusedQuietly(refused, value)).toEqual({ status: 409, code: 'conflict', expression: ['Patient.id'] });
      expect((await http().get(`/Patient/${other.id}`)).body).toEqual(other);
    });

    test('One match, no id or its id provided: the server performs the update against it', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const second = await http().put(`/Patient?${criteria}`, { ...sent, active: true });
      expect([second.status, second.body.id, second.body.meta.versionId]).toEqual([200, body.id, '2']);
      const third = await http().put(`/Patient?${criteria}&_elements=id`, { ...sent, id: body.id, active: false });
      expect([third.status, third.body.id, third.headers.get('etag')]).toEqual([200, body.id, 'W/"3"']);
      expect(third.body.active).toBeUndefined();
    });

    test('One match, and another id provided: 400', async () => {
      const { sent, criteria, value } = unique();
      await http().post('/Patient', sent);
      const refused = await http().put(`/Patient?${criteria}`, { ...sent, id: freshId() });
      expect(refusedQuietly(refused, value)).toEqual({ status: 400, code: 'invalid', expression: ['Patient.id'] });
    });

    test('Multiple matches: 412', async () => {
      const { sent, criteria, value, ids } = await pair(http());
      expect(refusedQuietly(await http().put(`/Patient?${criteria}`, sent), value)).toEqual({ status: 412, code: 'multiple-matches' });
      for (const id of ids) expect((await http().get(`/Patient/${id}`)).headers.get('etag')).toBe('W/"1"');
    });

    test('equal criteria make one resource, however many ask at once, and every update is a version', async () => {
      const { sent, criteria } = unique();
      const answers = await Promise.all(Array.from({ length: 10 }, () => http().put(`/Patient?${criteria}`, sent)));
      expectSame(answers.map(({ status }) => status), [...Array<number>(9).fill(200), 201]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(new Set(answers.map(({ body }) => body.meta.versionId)).size).toBe(10);
      expect(idsOf(await http().get(`/Patient?${criteria}`))).toHaveLength(1);
    });

    test('If-Match is held against the match, and If-None-Match: * refuses one', async () => {
      const { sent, criteria } = unique();
      const target = `/Patient?${criteria}`;
      expect((await http().put(target, sent, { 'if-match': 'W/"1"' })).status).toBe(412);
      expect((await http().put(target, sent, { 'if-none-match': '*' })).status).toBe(201);
      expect((await http().put(target, sent, { 'if-none-match': '*' })).status).toBe(412);
      expect((await http().put(target, sent, { 'if-match': 'W/"2"' })).status).toBe(412);
      expect((await http().put(target, sent, { 'if-match': 'W/"1"' })).status).toBe(200);
    });

    test.each(['PUT', 'PATCH', 'DELETE'])('without criteria %s of a type is refused', async (method) => {
      const body = { PUT: patient(), PATCH: { resourceType: 'Parameters' } }[method];
      expect(refusal(await http().send(method, '/Patient', { body }))).toEqual({ status: 400, code: 'invalid' });
      expect(refusal(await http().send(method, '/Patient?identifier=', { body }))).toEqual({ status: 400, code: 'invalid' });
      expect(refusal(await http().send(method, '/Patient?_format=json', { body }))).toEqual({ status: 400, code: 'invalid' });
    });
  });

  describe('patch', () => {
    const activate = (target: string, headers: Record<string, string> = {}): Promise<Answer> => {
      const body = JSON.stringify([{ op: 'add', path: '/active', value: true }]);
      return http().send('PATCH', target, { headers: { 'content-type': 'application/json-patch+json', ...headers }, body });
    };

    test('No matches: 404', async () => {
      const { criteria, value } = unique();
      expect(refusedQuietly(await activate(`/Patient?${criteria}`), value)).toEqual({ status: 404, code: 'not-found' });
    });

    test('One match: the server performs the patch against it', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const patched = await activate(`/Patient?${criteria}`);
      expect([patched.status, patched.body.id, patched.body.active, patched.headers.get('etag')]).toEqual([200, body.id, true, 'W/"2"']);
      expect((await activate(`/Patient?${criteria}`, { 'if-match': 'W/"1"' })).status).toBe(412);
      expect((await activate(`/Patient?${criteria}`, { 'if-match': 'W/"2"' })).status).toBe(200);
    });

    test('of many at once under equal criteria each is applied, to what the one before it wrote', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const numbers = Array.from({ length: 10 }, (_, i) => `555-${i}`);
      const answers = await Promise.all(numbers.map((value) => http().send('PATCH', `/Patient?${criteria}`, {
        headers: { 'content-type': 'application/json-patch+json' },
        body: JSON.stringify([{ op: 'add', path: '/name/-', value: { text: value } }]),
      })));
      expectSame(answers.map(({ status }) => status), numbers.map(() => 200));
      const { body: patched, headers } = await http().get(`/Patient/${body.id}`);
      expect(headers.get('etag')).toBe(`W/"${numbers.length + 1}"`);
      expectSame(patched.name.flatMap(({ text }: Body) => (numbers.includes(text) ? [text] : [])), numbers);
    });

    test('Multiple matches: 412, and nothing is patched', async () => {
      const { criteria, value, ids } = await pair(http());
      expect(refusedQuietly(await activate(`/Patient?${criteria}`), value)).toEqual({ status: 412, code: 'multiple-matches' });
      for (const id of ids) expect((await http().get(`/Patient/${id}`)).headers.get('etag')).toBe('W/"1"');
    });
  });

  describe('createdAt beside _id', () => {
    test('is when the first version was made, whatever the resource has become since', async () => {
      const id = freshId();
      await http().put(`/Patient/${id}`, patient({ id }));
      const { body: first } = await http().get(`/Patient/${id}`);
      // Another instant than that of the first version.
      await new Promise((later) => setTimeout(later, 5));
      await http().put(`/Patient/${id}`, patient({ id, active: true }));
      const made = first.meta.lastUpdated;
      const criteria = (value: string): string => `/Patient?_id=${id}&createdAt=${value}`;
      expect((await http().delete(criteria(`gt${made}`))).headers.get('etag')).toBeNull();
      expect((await http().get(`/Patient/${id}`)).status).toBe(200);
      expect((await http().put(criteria(made), patient({ id }))).headers.get('etag')).toBe('W/"3"');
      expect((await http().put(criteria(`lt${made}`), patient({ id }))).status).toBe(409);
      expect((await http().delete(criteria(`lt${made},le${made}`))).headers.get('etag')).toBe('W/"4"');
    });

    test('is refused without _id, and where it is no date', async () => {
      const id = freshId();
      expect(refusal(await http().delete('/Patient?createdAt=2024'))).toEqual({ status: 400, code: 'invalid' });
      expect(refusal(await http().delete(`/Patient?_id=${id}&createdAt=yesterday`))).toEqual({ status: 400, code: 'invalid' });
      expect(refusal(await http().delete(`/Patient?_id=${id}&createdAt:missing=true`))).toEqual({ status: 400, code: 'not-supported' });
    });
  });

  describe('delete', () => {
    test('One match: the server performs an ordinary delete', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const deleted = await http().delete(`/Patient?${criteria}`);
      expect([deleted.status, deleted.headers.get('etag')]).toEqual([204, 'W/"2"']);
      expect((await http().get(`/Patient/${body.id}`)).status).toBe(410);
    });

    test('No match: as an ordinary delete of what is not there', async () => {
      const { criteria } = unique();
      expect((await http().delete(`/Patient?${criteria}`)).status).toBe(204);
      expect((await http().delete(`/Patient?${criteria}`, { prefer: 'return=OperationOutcome' })).status).toBe(200);
      expect((await http().delete(`/Patient?${criteria}`, { 'if-match': '*' })).status).toBe(412);
    });

    test('Multiple matches: 412, and nothing is deleted', async () => {
      const { criteria, value, ids } = await pair(http());
      expect(refusedQuietly(await http().delete(`/Patient?${criteria}`), value)).toEqual({ status: 412, code: 'multiple-matches' });
      for (const id of ids) expect((await http().get(`/Patient/${id}`)).status).toBe(200);
    });

    test('of many at once under equal criteria one deletes, and the others find nothing', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const answers = await Promise.all(Array.from({ length: 10 }, () => http().delete(`/Patient?${criteria}`)));
      expectSame(answers.map(({ status }) => status), answers.map(() => 204));
      expect(answers.filter(({ headers }) => headers.get('etag') === 'W/"2"')).toHaveLength(1);
      expect((await http().get(`/Patient/${body.id}/_history/3`)).status).toBe(404);
    });

    test('with _count up to so many are deleted, and the link next goes on with the rest', async () => {
      const { sent, criteria } = await pair(http());
      await http().post('/Patient', sent);
      const sizes: number[] = [];
      let url: string | undefined = `/Patient?${criteria}&_count=2`;
      for (let page = 0; url !== undefined && page < 3; page += 1) {
        const { status, body }: Answer = await http().delete(url);
        expect([status, body.type]).toEqual([200, 'batch-response']);
        for (const { response } of body.entry ?? []) expect(response).toMatchObject({ status: '204', location: expect.stringMatching(/^Patient\/[^/]+\/_history\/2$/) });
        sizes.push(body.entry?.length ?? 0);
        url = body.link.find(({ relation }: Body) => relation === 'next')?.url;
      }
      expect(sizes).toEqual([2, 1]);
      expect(idsOf(await http().get(`/Patient?${criteria}`))).toEqual([]);
    });

    test.each(['0', '1001', 'many'])('a _count of %s is refused, and so is If-Match beside one', async (count) => {
      const { criteria } = unique();
      expect(refusal(await http().delete(`/Patient?${criteria}&_count=${count}`))).toEqual({ status: 400, code: 'invalid' });
      expect(refusal(await http().delete(`/Patient?${criteria}&_count=1`, { 'if-match': '*' }))).toEqual({ status: 400, code: 'invalid' });
    });
  });
};
