/**
 * `$export` by Bulk Data Access 3.0.0 (https://hl7.org/fhir/uv/bulkdata/export.html): kick-off, status, manifest, files and their
 * removal, at the levels of the system, of patients and of a group. Files may be elsewhere, behind a link that needs nothing.
 */
import { expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { follow, freshId, patient, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import { expectSame, system, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

const prefer = { prefer: 'respond-async' };
const lenient = { prefer: 'respond-async, handling=lenient' };
const pollMs = 50;
/** Over several processes an export waits until all of them know of its beginning. */
const exportMs = 5 * 60 * 1000;

type Parameter = readonly [name: string, value: string];

const query = (parameters: readonly Parameter[]): string => parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');

/** @returns where the job tells how it goes */
function locationOf(http: Client, { status, headers, body }: Answer): string {
  expect([body?.issue?.[0]?.severity, status]).toEqual(['information', 202]);
  const location = headers.get('content-location') ?? '';
  expect(location).toMatch(new RegExp(`^${http.baseUrl}/export/[0-9a-f]{32}$`));
  return location;
}

async function begun(http: Client, path: string, parameters: readonly Parameter[] = [], headers: Record<string, string> = prefer): Promise<string> {
  return locationOf(http, await http.get(`${path}/$export?${query(parameters)}`, headers));
}

async function ended(http: Client, location: string): Promise<Answer> {
  for (;;) {
    const answer = await http.get(location, { accept: 'application/json' });
    if (answer.status !== 202) return answer;
    expect(answer.headers.get('x-progress')).toMatch(/^[A-Z_]+: .{1,80}$/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await pause(pollMs);
  }
}

/** What is in the files of the manifest's list. */
async function contents(http: Client, files: readonly Body[]): Promise<Body[]> {
  const lines: Body[] = [];
  for (const { type, url, count } of files) {
    expect(url).toMatch(new RegExp(`^${http.baseUrl}/export/[0-9a-f]{32}/[A-Za-z]+/[A-Za-z]+-[0-9-]+\\.ndjson$`));
    const { text } = await downloaded(http, url);
    const read: Body[] = text.trimEnd().split('\n').map((line) => JSON.parse(line));
    expect([read.length, [...new Set(read.map(({ resourceType }) => resourceType))]]).toEqual([count, [type]]);
    lines.push(...read);
  }
  return lines;
}

async function downloaded(http: Client, url: string): Promise<Answer> {
  const answer = await http.get(url, { accept: 'application/fhir+ndjson' });
  const file = answer.status === 307 ? await follow(answer.headers.get('location')!) : answer;
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/fhir+ndjson']);
  return file;
}

interface Exported {
  readonly manifest: Body;
  readonly output: Body[];
  readonly deleted: Body[];
  readonly error: Body[];
}

async function exported(http: Client, location: string): Promise<Exported> {
  const { status, headers, body } = await ended(http, location);
  expect([status, headers.get('content-type'), body.issue]).toEqual([200, 'application/json', undefined]);
  expect(Date.parse(headers.get('expires') ?? '')).toBeGreaterThan(Date.now());
  const [output, deleted, error] = [await contents(http, body.output), await contents(http, body.deleted), await contents(http, body.error)];
  return { manifest: body, output, deleted, error };
}

const idsOf = (resources: readonly Body[]): string[] => resources.map(({ resourceType, id }) => `${resourceType}/${id}`);
const withTag = (tag: string): Parameter => ['_tag', `${system}|${tag}`];
const of = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const observation = (changes: object): Body => ({ resourceType: 'Observation', status: 'final', code: { text: 'Height' }, ...changes });

/** Two patients with an observation each, and an organization, under one tag. */
async function cohort(http: Client): Promise<{ tag: string; ids: readonly string[]; observations: readonly string[]; organization: string }> {
  const [first, second] = [freshId(), freshId()];
  const { tag, ids: [firstObservation, secondObservation, organization] } = await tagged(http,
    observation(of(first)), observation({ ...of(second), status: 'amended' }), { resourceType: 'Organization', name: 'Østre' });
  const meta = { tag: [{ system, code: tag }] };
  for (const id of [first, second]) expect((await http.put(`/Patient/${id}`, patient({ id, meta }))).status).toBe(201);
  return { tag, ids: [first, second], observations: [firstObservation!, secondObservation!], organization: organization! };
}

export const exportTopic: Topic = (http) => {
  test('the system is exported as it is, in files of one type each, until the export is deleted', async () => {
    const { tag, ids, observations, organization } = await cohort(http());
    const location = await begun(http(), '', [withTag(tag), ['_outputFormat', 'ndjson']]);
    const { manifest, output } = await exported(http(), location);
    expectSame(idsOf(output), [...ids.map((id) => `Patient/${id}`), ...observations.map((id) => `Observation/${id}`), `Organization/${organization}`]);
    expect(output.find(({ id }) => id === observations[0])).toEqual((await http().get(`/Observation/${observations[0]}`)).body);
    expect(manifest).toMatchObject({
      transactionTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), requiresAccessToken: true, deleted: [], error: [],
      request: `${http().baseUrl}/$export?${query([withTag(tag), ['_outputFormat', 'ndjson']])}`,
    });
    const [{ url }] = manifest.output;
    expect((await http().send('HEAD', url)).status).toBeLessThan(400);
    expect((await http().delete(location)).status).toBe(202);
    expect(refusal(await http().get(location))).toEqual({ status: 404, code: 'not-found' });
    expect(refusal(await http().get(url, { accept: 'application/fhir+ndjson' }))).toEqual({ status: 404, code: 'not-found' });
    expect(refusal(await http().delete(location))).toEqual({ status: 404, code: 'not-found' });
  }, exportMs);

  test('patients are exported with what is in their compartments, all of them or those who are named', async () => {
    const { tag, ids: [first, second], observations } = await cohort(http());
    const all = await exported(http(), await begun(http(), '/Patient', [withTag(tag)]));
    expectSame(idsOf(all.output), [`Patient/${first}`, `Patient/${second}`, ...observations.map((id) => `Observation/${id}`)]);
    const parameter = [{ name: 'patient', valueReference: { reference: `Patient/${second}` } }, { name: '_type', valueString: 'Patient,Observation' }];
    const named = locationOf(http(), await http().post('/Patient/$export', { resourceType: 'Parameters', parameter }, prefer));
    const { manifest, output } = await exported(http(), named);
    expectSame(idsOf(output), [`Patient/${second}`, `Observation/${observations[1]}`]);
    expect(manifest.request).toBe(`${http().baseUrl}/Patient/$export`);
  }, exportMs);

  test('a group is exported with its members, but for those who are inactive', async () => {
    const { ids: [first, second], observations } = await cohort(http());
    const member = [{ entity: { reference: `Patient/${first}` } }, { entity: { reference: `Patient/${second}` }, inactive: true }];
    const { body: { id } } = await http().post('/Group', { resourceType: 'Group', type: 'person', actual: true, member });
    const { output } = await exported(http(), await begun(http(), `/Group/${id}`, [['_type', 'Patient,Observation']]));
    expectSame(idsOf(output), [`Patient/${first}`, `Observation/${observations[0]}`]);
  }, exportMs);

  test('types, elements and searches of one type, any of which may be met, make it less', async () => {
    const { tag, ids, observations } = await cohort(http());
    const { output } = await exported(http(), await begun(http(), '', [
      withTag(tag), ['_type', 'Patient'], ['_type', 'Observation'], ['_elements', 'id,Patient.birthDate'],
      ['_typeFilter', 'Observation?status=amended'], ['_typeFilter', 'Observation?status=cancelled,entered-in-error'],
    ]));
    expectSame(idsOf(output), [...ids.map((id) => `Patient/${id}`), `Observation/${observations[1]}`]);
    for (const resource of output) {
      expect(resource.meta.tag).toContainEqual({ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' });
      expect(Object.keys(resource).toSorted()).toEqual(resource.resourceType === 'Patient' ? ['birthDate', 'id', 'meta', 'resourceType'] : ['code', 'id', 'meta', 'resourceType', 'status']);
    }
  }, exportMs);

  test('since the last export is told what was changed, and what was deleted', async () => {
    const { tag, ids: [first, second], observations } = await cohort(http());
    const { manifest: { transactionTime } } = await exported(http(), await begun(http(), '/Patient', [withTag(tag)]));
    await pause(2);
    expect((await http().put(`/Patient/${first}`, patient({ id: first, meta: { tag: [{ system, code: tag }] }, active: true }))).status).toBe(200);
    expect((await http().delete(`/Observation/${observations[1]}`)).status).toBe(204);
    const { output, deleted } = await exported(http(), await begun(http(), '', [['_since', transactionTime], ['_type', 'Patient,Observation']]));
    expect(idsOf(output)).toContain(`Patient/${first}`);
    expect(idsOf(output)).not.toContain(`Patient/${second}`);
    expect(deleted).toContainEqual(expect.objectContaining({ resourceType: 'Bundle', type: 'transaction', entry: expect.arrayContaining([{ request: { method: 'DELETE', url: `Observation/${observations[1]}` } }]) }));
  }, exportMs);

  test('output that is organized by patients has blocks, which begin with a header, of all that belongs to one of them', async () => {
    const { tag, ids, observations: [first, second] } = await cohort(http());
    const location = await begun(http(), '', [withTag(tag), ['organizeOutputBy', 'Patient']]);
    const { body } = await ended(http(), location);
    expect(body).toMatchObject({ outputOrganizedBy: 'Patient', error: [], deleted: [] });
    const found: Record<string, string[]> = {};
    for (const { type, url, count } of body.output as readonly Body[]) {
      const lines: Body[] = (await downloaded(http(), url)).text.trimEnd().split('\n').map((line) => JSON.parse(line));
      expect([type, lines.length]).toEqual([undefined, count]);
      let block: string[] = [];
      for (const { resourceType, id, parameter } of lines) {
        if (resourceType === 'Parameters') found[parameter[0].valueReference.reference] = block = [];
        else block.push(`${resourceType}/${id}`);
      }
    }
    const patients = ids.map((id) => `Patient/${id}`);
    expect(found).toEqual({ [patients[0]!]: [patients[0], `Observation/${first}`], [patients[1]!]: [patients[1], `Observation/${second}`] });
    expect((await http().delete(location)).status).toBe(202);
  }, exportMs);

  test('what is not offered is refused, or left out and told of where the client can do without', async () => {
    const { tag } = await cohort(http());
    const asked: readonly Parameter[] = [withTag(tag), ['_type', 'Organization'], ['organizeOutputBy', 'Organization'], ['_typeFilter', 'Organization?colour=blue']];
    expect(refusal(await http().get(`/$export?${query(asked)}`, prefer))).toEqual({ status: 400, code: 'not-supported' });
    const { manifest, output, error } = await exported(http(), await begun(http(), '', asked, lenient));
    expect([output.length, manifest.error.length, error.length]).toEqual([1, 1, 2]);
    expect(error.map(({ issue: [{ severity }] }) => severity)).toEqual(['warning', 'warning']);
    expect(JSON.stringify(error)).toMatch(/organizeOutputBy[^]*colour/);
  }, exportMs);

  test.each([
    ['GET', '/$export', {}, 400],
    ['GET', '/$export?_outputFormat=csv', prefer, 400],
    ['GET', '/$export?_since=yesterday', prefer, 400],
    ['GET', '/$export?_type=Nothing', prefer, 400],
    ['GET', '/Patient/$export?patient=Patient/1', prefer, 400],
    ['GET', '/Patient/$export?_type=Organization', prefer, 400],
    ['GET', `/Group/${'0'.repeat(32)}/$export`, prefer, 404],
    ['GET', '/$export', { ...prefer, accept: 'application/fhir+xml' }, 406],
    ['HEAD', '/$export', prefer, 405],
    ['DELETE', '/$export', prefer, 405],
    ['GET', '/Observation/$export', prefer, 404],
    ['GET', `/export/${'0'.repeat(32)}`, {}, 404],
    ['DELETE', `/export/${'0'.repeat(32)}`, {}, 404],
    ['GET', '/export/none', {}, 404],
    ['GET', `/export/${'0'.repeat(32)}/Patient/Patient-00001-0-0.ndjson`, {}, 404],
  ])('%s %s with %j is refused', async (method, path, headers, status) => {
    const answer = await http().send(method, path, { headers });
    expect([answer.status, method === 'HEAD' ? 'OperationOutcome' : answer.body.resourceType]).toEqual([status, 'OperationOutcome']);
  });

  test('patients whom there are not are not exported', async () => {
    const parameter = [{ name: 'patient', valueReference: { reference: `Patient/${freshId()}` } }];
    expect(refusal(await http().post('/Patient/$export', { resourceType: 'Parameters', parameter }, prefer))).toEqual({ status: 404, code: 'not-found' });
  });

  test('an export that goes on is cancelled', async () => {
    const location = await begun(http(), '');
    expect((await http().delete(location)).status).toBe(202);
    expect((await http().get(location)).status).toBe(404);
  });

  test('the files of one export are no other\'s', async () => {
    const { tag } = await cohort(http());
    const [one, other] = [await begun(http(), '', [withTag(tag), ['_type', 'Patient']]), await begun(http(), '', [withTag(tag), ['_type', 'Observation']])];
    const { body: { output: [{ url }] } } = await ended(http(), one);
    await ended(http(), other);
    expect(url.startsWith(`${one}/Patient/`)).toBe(true);
    expect((await http().get(url.replace(one, other))).status).toBe(404);
    expect((await http().get(`${one}/Patient/..%2F..%2Fmanifest.json`)).status).toBeGreaterThanOrEqual(400);
  }, exportMs);

  test('the CapabilityStatement tells of it', async () => {
    const { body } = await http().get('/metadata');
    const definition = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/';
    expect(body.instantiates).toEqual(['http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data']);
    expect(body.rest[0].operation).toContainEqual({ name: 'export', definition: `${definition}export` });
    const operationsOf = (type: string): Body[] => body.rest[0].resource.find((one: Body) => one.type === type).operation;
    expect(operationsOf('Patient')).toContainEqual({ name: 'export', definition: `${definition}patient-export` });
    expect(operationsOf('Group')).toEqual([{ name: 'export', definition: `${definition}group-export` }]);
  });
};
