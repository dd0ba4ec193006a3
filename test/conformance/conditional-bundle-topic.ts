/** Criteria in batches and transactions: https://hl7.org/fhir/R4/http.html#trules */
import { describe, expect, test } from '@jest/globals';
import { freshId, patient } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import { expectSame, idsOf, system } from './tagged.ts';
import type { Topic } from './topic.ts';

const bundle = (type: 'batch' | 'transaction', ...entry: object[]): object => ({ resourceType: 'Bundle', type, entry });

function unique(): { sent: ReturnType<typeof patient>; value: string; criteria: string } {
  const sent = patient();
  const { value } = sent.identifier[0]!;
  return { sent, value, criteria: `identifier=${system}|${value}` };
}

/** `POST` unless one satisfies the criteria. */
function postUnless(resource: Body, ifNoneExist: string, fullUrl = `urn:uuid:${freshId()}`): object {
  return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType, ifNoneExist } };
}

function observation(reference: string): object {
  return { resource: { resourceType: 'Observation', status: 'final', code: { text: 'Weight' }, subject: { reference } }, request: { method: 'POST', url: 'Observation' } };
}

const statuses = ({ body }: Answer): string[] => body.entry.map(({ response }: Body) => response.status);
/** The id in the location of an entry's response. */
const idAt = ({ body }: Answer, place: number): string => body.entry[place].response.location.split('/')[1];

async function subjectOf(http: Client, answer: Answer, place: number): Promise<string> {
  return (await http.get(`/Observation/${idAt(answer, place)}`)).body.subject.reference;
}

/** Refused as a whole with one issue of the first entry, and without the values of its criteria. */
function refused(answer: Answer, value: string): [status: number, code: string, expression: string] {
  expect(answer.text).not.toContain(value);
  const [issue] = answer.body.issue;
  return [answer.status, issue.code, issue.expression?.[0]];
}

/** A patch that fits any Patient. */
const deactivation = {
  resourceType: 'Parameters',
  parameter: [{
    name: 'operation',
    part: [
      { name: 'type', valueCode: 'add' }, { name: 'path', valueString: 'Patient' }, { name: 'name', valueString: 'active' }, { name: 'value', valueBoolean: false },
    ],
  }],
};

export const conditionalBundleTopic: Topic = (http) => {
  describe.each(['batch', 'transaction'] as const)('in a %s', (type) => {
    test('ifNoneExist creates where there is none, and answers 200 with the one there is', async () => {
      const { sent, criteria } = unique();
      const send = () => http().post('', bundle(type, postUnless(sent, criteria)), { prefer: 'return=representation' });
      const first = await send();
      const second = await send();
      expect([statuses(first), statuses(second)]).toEqual([['201'], ['200']]);
      expect(second.body.entry[0].response).toMatchObject({ location: `Patient/${idAt(first, 0)}/_history/1`, etag: 'W/"1"' });
      expect(second.body.entry[0].resource).toEqual(first.body.entry[0].resource);
      expect(idsOf(await http().get(`/Patient?${criteria}`))).toEqual([idAt(first, 0)]);
    });

    test('PUT with criteria creates, then updates the match; DELETE with criteria deletes it', async () => {
      const { sent, criteria } = unique();
      const put = { resource: sent, request: { method: 'PUT', url: `Patient?${criteria}` } };
      const first = await http().post('', bundle(type, put));
      const second = await http().post('', bundle(type, put));
      expect([statuses(first), statuses(second)]).toEqual([['201'], ['200']]);
      expect(second.body.entry[0].response.location).toBe(`Patient/${idAt(first, 0)}/_history/2`);
      const remove = { request: { method: 'DELETE', url: `Patient?${criteria}` } };
      expect(statuses(await http().post('', bundle(type, remove)))).toEqual(['204']);
      expect((await http().get(`/Patient/${idAt(first, 0)}`)).status).toBe(410);
      expect(statuses(await http().post('', bundle(type, remove)))).toEqual(['204']);
    });
  });

  describe.each(['batch', 'transaction'] as const)('PATCH with criteria in a %s', (type) => {
    const activate = JSON.stringify([{ op: 'add', path: '/active', value: true }]);
    const operation = { name: 'operation', part: [{ name: 'type', valueCode: 'replace' }, { name: 'path', valueString: 'Patient.birthDate' }, { name: 'value', valueDate: '1981' }] };
    const forms: readonly object[] = [
      { resourceType: 'Binary', contentType: 'application/json-patch+json', data: Buffer.from(activate).toString('base64') },
      { resourceType: 'Parameters', parameter: [operation] },
    ];
    const patchOf = (criteria: string, resource: object = forms[0]!, ifMatch?: string) => ({ resource, request: { method: 'PATCH', url: `Patient?${criteria}`, ifMatch } });
    const statusOf = (answer: Answer): string => (answer.body.resourceType === 'Bundle' ? statuses(answer)[0]! : String(answer.status));

    test('patches the one match, in both forms', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      for (const [place, form] of forms.entries()) {
        const answer = await http().post('', bundle(type, patchOf(criteria, form)));
        expect(answer.body.entry[0].response).toMatchObject({ status: '200', location: `Patient/${body.id}/_history/${place + 2}`, etag: `W/"${place + 2}"` });
      }
      expect((await http().get(`/Patient/${body.id}`)).body).toMatchObject({ active: true, birthDate: '1981' });
    });

    test('is 404 where nothing matches, and 412 where several do', async () => {
      const { sent, criteria, value } = unique();
      const none = await http().post('', bundle(type, patchOf(criteria)));
      await http().post('/Patient', sent);
      await http().post('/Patient', sent);
      const several = await http().post('', bundle(type, patchOf(criteria)));
      expect([statusOf(none), statusOf(several)]).toEqual(['404', '412']);
      expect(none.text + several.text).not.toContain(value);
      expect((await http().get(`/Patient?${criteria}&active=true`)).body.entry ?? []).toEqual([]);
    });

    test('holds ifMatch against the match', async () => {
      const { sent, criteria } = unique();
      await http().post('/Patient', sent);
      expect(statusOf(await http().post('', bundle(type, patchOf(criteria, forms[0], 'W/"2"'))))).toBe('412');
      expect(statusOf(await http().post('', bundle(type, patchOf(criteria, forms[0], 'W/"1"'))))).toBe('200');
    });
  });

  test('in a batch an entry whose criteria find several is 412, and disturbs no other', async () => {
    const { sent, criteria, value } = unique();
    await http().post('/Patient', sent);
    await http().post('/Patient', sent);
    const answer = await http().post('', bundle(
      'batch', postUnless(sent, criteria), { resource: sent, request: { method: 'PUT', url: `Patient?${criteria}` } },
      { request: { method: 'DELETE', url: `Patient?${criteria}` } }, { request: { method: 'DELETE', url: `Patient?${criteria}&_count=2` } },
      { resource: patient(), request: { method: 'POST', url: 'Patient' } },
    ));
    expect(statuses(answer)).toEqual(['412', '412', '412', '400', '201']);
    expect(answer.text).not.toContain(value);
    expect(idsOf(await http().get(`/Patient?${criteria}`))).toHaveLength(2);
  });

  describe('a transaction', () => {
    test('links to what a conditional create finds', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const fullUrl = `urn:uuid:${freshId()}`;
      const answer = await http().post('', bundle('transaction', postUnless(sent, criteria, fullUrl), observation(fullUrl)));
      expect(statuses(answer)).toEqual(['200', '201']);
      expect(await subjectOf(http(), answer, 1)).toBe(`Patient/${body.id}`);
    });

    test('makes one resource of equal criteria in it', async () => {
      const { sent, criteria } = unique();
      const [one, other] = [`urn:uuid:${freshId()}`, `urn:uuid:${freshId()}`];
      const answer = await http().post('', bundle(
        'transaction', postUnless(sent, criteria, one), postUnless(sent, criteria, other), observation(one), observation(other),
      ));
      expect(statuses(answer)).toEqual(['201', '200', '201', '201']);
      const [first, second] = [await subjectOf(http(), answer, 2), await subjectOf(http(), answer, 3)];
      expect([first, second]).toEqual([`Patient/${idAt(answer, 0)}`, `Patient/${idAt(answer, 0)}`]);
      expect(idsOf(await http().get(`/Patient?${criteria}`))).toHaveLength(1);
    });

    test('replaces search URIs by what they find, stored before or written by itself', async () => {
      const { sent, criteria } = unique();
      const { body } = await http().post('/Patient', sent);
      const within = unique();
      const answer = await http().post('', bundle(
        'transaction', observation(`Patient?${criteria}`), observation(`Patient?${within.criteria}`), postUnless(within.sent, within.criteria),
      ));
      expect(statuses(answer)).toEqual(['201', '201', '201']);
      expect(await subjectOf(http(), answer, 0)).toBe(`Patient/${body.id}`);
      expect(await subjectOf(http(), answer, 1)).toBe(`Patient/${idAt(answer, 2)}`);
    });

    test('fails where a search URI finds nothing, several, or what it deletes itself', async () => {
      const { sent, criteria, value } = unique();
      const reference = 'Bundle.entry[0].resource.subject.reference';
      const send = (...entries: object[]) => http().post('', bundle('transaction', observation(`Patient?${criteria}`), ...entries));
      expect(refused(await send(), value)).toEqual([412, 'not-found', reference]);
      const { body } = await http().post('/Patient', sent);
      expect(refused(await send({ request: { method: 'DELETE', url: `Patient/${body.id}` } }), value)).toEqual([412, 'not-found', reference]);
      await http().post('/Patient', sent);
      expect(refused(await send(), value)).toEqual([412, 'multiple-matches', reference]);
      const [status] = refused(await http().post('', bundle('transaction', observation(`Patient?nothing-like-it=${value}`))), value);
      expect(status).toBe(400);
    });

    test.each([
      ['POST', 'request.ifNoneExist'], ['PUT', 'request.url'], ['PATCH', 'request.url'], ['DELETE', 'request.url'],
    ])('is refused as a whole where the criteria of %s find several', async (method, element) => {
      const { sent, criteria, value } = unique();
      await http().post('/Patient', sent);
      await http().post('/Patient', sent);
      const id = freshId();
      const entry = method === 'POST'
        ? postUnless(sent, criteria)
        : { ...(method === 'PUT' ? { resource: sent } : method === 'PATCH' ? { resource: deactivation } : {}), request: { method, url: `Patient?${criteria}` } };
      const answer = await http().post('', bundle('transaction', entry, { resource: patient({ id }), request: { method: 'PUT', url: `Patient/${id}` } }));
      expect(refused(answer, value)).toEqual([412, 'multiple-matches', `Bundle.entry[0].${element}`]);
      expect((await http().get(`/Patient/${id}`)).status).toBe(404);
    });

    test('holds the id and the preconditions of a conditional update against the match', async () => {
      const { sent, criteria, value } = unique();
      const { body } = await http().post('/Patient', sent);
      const put = (resource: object, request: object = {}) =>
        http().post('', bundle('transaction', { resource, request: { method: 'PUT', url: `Patient?${criteria}`, ...request } }));
      expect(refused(await put({ ...sent, id: freshId() }), value)).toEqual([400, 'invalid', 'Bundle.entry[0].resource.id']);
      expect(refused(await put(sent, { ifMatch: 'W/"2"' }), value)).toEqual([412, 'conflict', 'Bundle.entry[0].request.url']);
      expect(refused(await put(sent, { ifNoneMatch: '*' }), value)).toEqual([412, 'conflict', 'Bundle.entry[0].request.url']);
      expect(statuses(await put({ ...sent, id: body.id }, { ifMatch: 'W/"1"' }))).toEqual(['200']);
    });

    test('writes what its criteria find only once', async () => {
      const { sent, criteria, value } = unique();
      const { body } = await http().post('/Patient', sent);
      const put = { resource: sent, request: { method: 'PUT', url: `Patient?${criteria}` } };
      const remove = { request: { method: 'DELETE', url: `Patient/${body.id}` } };
      expect(refused(await http().post('', bundle('transaction', put, remove)), value)[0]).toBe(400);
      expect(refused(await http().post('', bundle('transaction', postUnless(sent, criteria), remove)), value)[0]).toBe(400);
      const patch = { resource: deactivation, request: { method: 'PATCH', url: `Patient?${criteria}` } };
      expect(refused(await http().post('', bundle('transaction', patch, put)), value)[0]).toBe(400);
      expect(refused(await http().post('', bundle('transaction', patch, patch)), value)[0]).toBe(400);
      expect((await http().get(`/Patient/${body.id}`)).headers.get('etag')).toBe('W/"1"');
    });
  });

  test('equal criteria make one resource, whether creates or transactions ask, and many of them at once', async () => {
    const { sent, criteria } = unique();
    const fullUrl = `urn:uuid:${freshId()}`;
    const transaction = bundle('transaction', observation(fullUrl), postUnless(sent, criteria, fullUrl));
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) =>
      i % 2 === 0 ? http().post('/Patient', sent, { 'if-none-exist': criteria }) : http().post('', transaction)));
    const made = answers.map((answer) => (answer.body.resourceType === 'Patient' ? String(answer.status) : statuses(answer)[1]));
    expectSame(made, [...Array<string>(15).fill('200'), '201']);
    const [only, ...others] = idsOf(await http().get(`/Patient?${criteria}`));
    expect(others).toEqual([]);
    for (const answer of answers.filter(({ body }) => body.resourceType === 'Bundle')) expect(await subjectOf(http(), answer, 0)).toBe(`Patient/${only}`);
  });
};
