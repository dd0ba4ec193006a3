/** https://hl7.org/fhir/R4/http.html#transaction, https://hl7.org/fhir/R4/http.html#async */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import type { Topic } from './topic.ts';

function bundle(type: 'batch' | 'transaction', ...entry: object[]): object {
  return { resourceType: 'Bundle', type, entry };
}

function post(resource: { resourceType: string }, fullUrl?: string): object {
  return { ...(fullUrl === undefined ? {} : { fullUrl }), resource, request: { method: 'POST', url: resource.resourceType } };
}

function put(resource: Body, request: object = {}): object {
  return { resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ...request } };
}

function observation(subject: string, changes: object = {}): { resourceType: 'Observation' } & Record<string, unknown> {
  return { resourceType: 'Observation', status: 'final', code: { text: 'Weight' }, subject: { reference: subject }, ...changes };
}

function statuses({ body }: Answer): string[] {
  return body.entry.map(({ response }: Body) => response.status.slice(0, 3));
}

/** The path behind the base of a version that an entry's response tells of. */
function location(answer: Answer, place: number): string {
  const told: string = answer.body.entry[place].response.location;
  return `/${/(?:^|\/)([A-Z]\w+\/[^/]+)\/_history\/\d+$/.exec(told)?.[1]}`;
}

async function settled(http: Client, poll: string): Promise<Answer> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await http.get(poll);
    if (answer.status !== 202) return answer;
    await pause(25);
  }
  throw new Error('The transaction is still not done.');
}

export const bundleTopic: Topic = (http) => {
  test('the response to a batch has one entry for each, in order, with its own status', async () => {
    const { body } = await http().post('/Patient', patient());
    const id = freshId();
    const answer = await http().post('', bundle(
      'batch',
      post(patient()),
      { request: { method: 'GET', url: `Patient/${body.id}` } },
      { request: { method: 'GET', url: `Patient/${freshId()}` } },
      put(patient({ id })),
      { request: { method: 'DELETE', url: `Patient/${body.id}` } },
      { request: { method: 'GET', url: `Patient?_id=${id}` } },
    ));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'batch-response' });
    const [created, , unknown] = answer.body.entry;
    expect(statuses(answer).slice(0, 1)).toEqual(['201']);
    expect(statuses(answer).slice(2, 5)).toEqual(['404', '201', '204']);
    expect(created.response).toMatchObject({ etag: 'W/"1"', lastModified: expect.any(String), location: expect.stringContaining('_history/1') });
    expect(unknown.response.outcome.resourceType).toBe('OperationOutcome');
    expect((await http().get(location(answer, 0))).status).toBe(200);
  });

  test('a failure within a batch does not touch the other entries', async () => {
    const answer = await http().post('', bundle('batch', post(patient({ gender: 'robot' })), post(patient())));
    expect(answer.status).toBe(200);
    expect(statuses(answer)).toEqual(['400', '201']);
  });

  test('the response to a transaction tells status, location, etag and lastModified of each entry', async () => {
    const id = freshId();
    const answer = await http().post('/', bundle('transaction', post(patient()), put(patient({ id }))));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' });
    expect(statuses(answer)).toEqual(['201', '201']);
    for (const { response } of answer.body.entry) expect(response).toMatchObject({ etag: 'W/"1"', lastModified: expect.any(String) });
    expect(location(answer, 1)).toBe(`/Patient/${id}`);
    expect((await http().get(location(answer, 0))).status).toBe(200);
  });

  test('a transaction is all or nothing: one bad entry refuses it and is named', async () => {
    const id = freshId();
    const refused = await http().post('', bundle('transaction', put(patient({ id })), post(patient({ gender: 'robot' }))));
    expect(refused.status).toBe(400);
    expect(refused.body.issue[0].expression[0]).toMatch(/^Bundle\.entry\[1\]\.resource/);
    expect((await http().get(`/Patient/${id}`)).status).toBe(404);
  });

  test('a precondition that does not hold refuses the whole', async () => {
    const id = freshId();
    const { body } = await http().post('/Patient', patient());
    const stale = put(body, { ifMatch: 'W/"7"' });
    expect((await http().post('', bundle('transaction', put(patient({ id })), stale))).status).toBe(412);
    expect((await http().get(`/Patient/${id}`)).status).toBe(404);
    const current = put(body, { ifMatch: 'W/"1"' });
    expect((await http().post('', bundle('transaction', put(patient({ id })), current))).status).toBe(200);
  });

  test('links to a fullUrl of the bundle are rewritten to the id that was given', async () => {
    const uuid = `urn:uuid:${freshId()}`;
    const narrative = { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${uuid}">The patient</a></div>` };
    const answer = await http().post('', bundle(
      'transaction',
      post(observation(uuid, { text: narrative, extension: [{ url: 'http://example.org/who', valueUri: uuid }] })),
      post(patient(), uuid),
      post(observation('http://elsewhere.example/r4/Patient/1')),
    ));
    expect(answer.status).toBe(200);
    const reference = location(answer, 1).slice(1);
    const { body } = await http().get(location(answer, 0));
    expect(body.subject.reference).toBe(reference);
    expect(body.text.div).toContain(`href="${reference}"`);
    expect(body.extension[0].valueUri).toBe(reference);
    expect((await http().get(location(answer, 2))).body.subject.reference).toBe('http://elsewhere.example/r4/Patient/1');
    expect((await http().get(`/Observation?subject=${reference}`)).body.entry).toHaveLength(1);
  });

  test('a GET within a transaction sees what the transaction wrote', async () => {
    const id = freshId();
    const answer = await http().post('', bundle('transaction', { request: { method: 'GET', url: `Patient/${id}` } }, put(patient({ id }))));
    expect(answer.status).toBe(200);
    expect(statuses(answer)).toEqual(['200', '201']);
    expect(answer.body.entry[0].resource.id).toBe(id);
  });

  test('a resource may be written once in a transaction', async () => {
    const id = freshId();
    const refused = await http().post('', bundle('transaction', put(patient({ id })), { request: { method: 'DELETE', url: `Patient/${id}` } }));
    expect(refused.status).toBe(400);
    expect(refused.body.issue[0].expression[0]).toMatch(/^Bundle\.entry\[[01]\]/);
  });

  test.each<[string, Body]>([
    ['a bundle of another type', { resourceType: 'Bundle', type: 'collection' }],
    ['what is no bundle', patient()],
    ['a bundle without a type', { resourceType: 'Bundle' }],
  ])('%s at the base is 400', async (_what, body) => {
    expect((await http().post('', body)).status).toBe(400);
  });

  test('an entry of a batch or transaction needs a request, and is told so', async () => {
    const refused = await http().post('', bundle('transaction', { resource: patient() }));
    expect(refusal(refused)).toEqual({ status: 400, code: 'required', expression: ['Bundle.entry[0].request'] });
    const { body } = await http().post('', bundle('batch', { resource: patient() }));
    expect(body.entry[0].response).toMatchObject({ status: '400', outcome: { issue: [{ code: 'required' }] } });
  });

  test.each(['batch', 'transaction'] as const)('an empty %s is answered', async (type) => {
    const answer = await http().post('', { resourceType: 'Bundle', type });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: `${type}-response` });
  });

  test('of concurrent transactions over the same resources none is torn', async () => {
    const [one, other] = [freshId(), freshId()];
    const answers = await Promise.all(Array.from({ length: 6 }, (_, place) => {
      const birthDate = String(1990 + place);
      return http().post('', bundle('transaction', put(patient({ id: one, birthDate })), put(patient({ id: other, birthDate }))));
    }));
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const [first, second] = await Promise.all([http().get(`/Patient/${one}`), http().get(`/Patient/${other}`)]);
    expect(first.body.birthDate).toBe(second.body.birthDate);
    expect(first.body.meta.versionId).toBe(String(answers.filter(({ status }) => status === 200).length));
  });

  test.each(['batch', 'transaction'] as const)('a %s under Prefer: respond-async is 202, and polled at its Content-Location', async (type) => {
    const id = freshId();
    const accepted = await http().post('', bundle(type, put(patient({ id }))), { prefer: 'respond-async' });
    expect(accepted.status).toBe(202);
    expect(accepted.body.resourceType).toBe('OperationOutcome');
    const poll = accepted.headers.get('content-location') ?? '';
    expect(poll).toMatch(new RegExp(`^${http().baseUrl}/Transaction/[A-Za-z0-9.-]+$`));
    const done = await settled(http(), poll);
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ resourceType: 'Bundle', type: `${type}-response` });
    expect((await http().get(`/Patient/${id}`)).body.meta.versionId).toBe('1');
  });

  test('an asynchronous transaction that fails tells so at its Content-Location', async () => {
    const { body } = await http().post('/Patient', patient());
    const accepted = await http().post('', bundle('transaction', put(body, { ifMatch: 'W/"7"' })), { prefer: 'respond-async' });
    const done = await settled(http(), accepted.headers.get('content-location') ?? '');
    expect(refusal(done)).toMatchObject({ status: 412, code: 'conflict' });
  });

  test('an unknown transaction is 404', async () => {
    expect(refusal(await http().get(`/Transaction/${freshId()}`))).toEqual({ status: 404, code: 'not-found' });
  });
};
