/** https://hl7.org/fhir/R4/http.html#patch, https://hl7.org/fhir/R4/fhirpatch.html */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import type { Topic } from './topic.ts';

const jsonPatch = 'application/json-patch+json';

function sendJsonPatch(http: Client, target: string, operations: string | object[], headers: Record<string, string> = {}): Promise<Answer> {
  const body = typeof operations === 'string' ? operations : JSON.stringify(operations);
  return http.send('PATCH', target, { headers: { 'content-type': jsonPatch, ...headers }, body });
}

function parameters(...operations: (readonly [type: string, path: string, ...parts: object[]])[]): object {
  const parameter = operations.map(([type, path, ...parts]) => (
    { name: 'operation', part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...parts] }
  ));
  return { resourceType: 'Parameters', parameter };
}

const becomes = (birthDate: string): object => parameters(['replace', 'Patient.birthDate', { name: 'value', valueDate: birthDate }]);

function binary(operations: object[], contentType = jsonPatch): object {
  return { resourceType: 'Binary', contentType, data: Buffer.from(JSON.stringify(operations)).toString('base64') };
}

function bundle(type: 'batch' | 'transaction', ...entry: object[]): object {
  return { resourceType: 'Bundle', type, entry };
}

function patchEntry(id: string, resource: object, request: object = {}): object {
  return { resource, request: { method: 'PATCH', url: `Patient/${id}`, ...request } };
}

function statuses({ body }: Answer): string[] {
  return body.entry.map(({ response }: Body) => response.status.slice(0, 3));
}

export const patchTopic: Topic = (http) => {
  const made = async (changes: object = {}): Promise<Body> => (await http().post('/Patient', patient(changes))).body;

  test('JSON Patch makes a new version and answers 200 with ETag and Last-Modified', async () => {
    const { id } = await made();
    const patched = await sendJsonPatch(http(), `/Patient/${id}`, [{ op: 'replace', path: '/birthDate', value: '1980' }, { op: 'add', path: '/active', value: true }]);
    expect(patched.status).toBe(200);
    expect(patched.headers.get('etag')).toBe('W/"2"');
    expect(patched.headers.get('last-modified')).toBeTruthy();
    expect(patched.body).toMatchObject({ id, birthDate: '1980', active: true, meta: { versionId: '2' } });
    expect((await http().get(`/Patient/${id}`)).body).toEqual(patched.body);
    expect((await http().get(`/Patient?_id=${id}&birthdate=1980&active=true`)).body.entry).toHaveLength(1);
  });

  test('FHIRPath Patch is a Parameters resource', async () => {
    const { id } = await made({ contact: [{ name: { text: 'a' } }] });
    const patched = await http().send('PATCH', `/Patient/${id}`, {
      body: parameters(
        ['add', 'Patient.contact[0]', { name: 'name', valueString: 'gender' }, { name: 'value', valueCode: 'male' }],
        ['insert', 'Patient.identifier', { name: 'index', valueInteger: 0 }, { name: 'value', valueIdentifier: { system: 'urn:caldera:conformance', value: freshId() } }],
        ['move', 'Patient.identifier', { name: 'source', valueInteger: 0 }, { name: 'destination', valueInteger: 1 }],
        ['delete', 'Patient.identifier[0]'],
        ['replace', 'Patient.birthDate', { name: 'value', valueDate: '1980-01-01' }],
      ),
    });
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ birthDate: '1980-01-01', contact: [{ name: { text: 'a' }, gender: 'male' }], meta: { versionId: '2' } });
    expect(patched.body.identifier).toHaveLength(1);
  });

  test('decimals keep their digits, patched or not', async () => {
    const text = '{"resourceType":"Observation","status":"final","code":{"text":"w"},"valueQuantity":{"value":1.10},"referenceRange":[{"low":{"value":0.50}}]}';
    const { body } = await http().send('POST', '/Observation', { headers: { 'content-type': 'application/fhir+json' }, body: text });
    const patched = await sendJsonPatch(http(), `/Observation/${body.id}`, '[{"op":"add","path":"/referenceRange/0/high","value":{"value":7.00}},{"op":"copy","from":"/valueQuantity","path":"/referenceRange/0/low"}]');
    expect(patched.text).toContain('"valueQuantity":{"value":1.10}');
    expect(patched.text).toContain('{"low":{"value":1.10},"high":{"value":7.00}}');
    const replace = '{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.value.value"},{"name":"value","valueDecimal":2.50}]}]}';
    const again = await http().send('PATCH', `/Observation/${body.id}`, { headers: { 'content-type': 'application/fhir+json' }, body: replace });
    expect(again.text).toContain('"valueQuantity":{"value":2.50}');
    expect(again.text).toContain('"high":{"value":7.00}');
  });

  test('a patch that changes nothing makes a version too, as an update does', async () => {
    const { id, birthDate } = await made();
    expect((await sendJsonPatch(http(), `/Patient/${id}`, [{ op: 'test', path: '/birthDate', value: birthDate }])).headers.get('etag')).toBe('W/"2"');
  });

  test.each(['W/"1"', '*'])('If-Match: %s lets a patch of version 1 through', async (ifMatch) => {
    const { id } = await made();
    expect((await http().send('PATCH', `/Patient/${id}`, { headers: { 'if-match': ifMatch }, body: becomes('1980') })).status).toBe(200);
  });

  test('If-Match with another version is 412 and changes nothing', async () => {
    const { id } = await made();
    await http().send('PATCH', `/Patient/${id}`, { body: becomes('1980') });
    const refused = await http().send('PATCH', `/Patient/${id}`, { headers: { 'if-match': 'W/"1"' }, body: becomes('1990') });
    expect(refusal(refused)).toEqual({ status: 412, code: 'conflict' });
    expect((await http().get(`/Patient/${id}`)).body).toMatchObject({ birthDate: '1980', meta: { versionId: '2' } });
  });

  test('what does not exist is 404, what was deleted 410, and 412 under If-Match', async () => {
    const { id } = await made();
    await http().delete(`/Patient/${id}`);
    expect(refusal(await http().send('PATCH', `/Patient/${freshId()}`, { body: becomes('1980') }))).toEqual({ status: 404, code: 'not-found' });
    expect(refusal(await http().send('PATCH', `/Patient/${id}`, { body: becomes('1980') }))).toEqual({ status: 410, code: 'deleted' });
    expect((await http().send('PATCH', `/Patient/${id}`, { headers: { 'if-match': '*' }, body: becomes('1980') })).status).toBe(412);
  });

  test('If-None-Match is refused, not ignored', async () => {
    const { id } = await made();
    expect((await http().send('PATCH', `/Patient/${id}`, { headers: { 'if-none-match': '*' }, body: becomes('1980') })).status).toBe(400);
  });

  test('all operations are applied or none', async () => {
    const { id } = await made();
    const refused = await sendJsonPatch(http(), `/Patient/${id}`, [{ op: 'replace', path: '/birthDate', value: '1980' }, { op: 'test', path: '/active', value: true }]);
    expect(refusal(refused)).toEqual({ status: 422, code: 'business-rule' });
    expect((await http().get(`/Patient/${id}`)).body).toMatchObject({ birthDate: '1970-02', meta: { versionId: '1' } });
  });

  test('the result is validated as the resource of an update is, at the level that is asked for', async () => {
    const { id } = await made();
    const nonsense = [{ op: 'add', path: '/gender', value: 'robot' }];
    const refused = await sendJsonPatch(http(), `/Patient/${id}`, nonsense);
    expect(refused.status).toBe(400);
    expect(refused.body.issue[0].expression).toEqual(['Patient.gender']);
    const minimal = await sendJsonPatch(http(), `/Patient/${id}`, nonsense, { 'x-amzn-healthlake-fhir-validation-level': 'minimal' });
    expect(minimal.status).toBe(200);
    expect(minimal.headers.get('x-amzn-healthlake-validation-issues')).toBe('true');
  });

  test.each(['/id', '/resourceType', '/meta/versionId'])('a patch cannot change %s', async (path) => {
    const { id } = await made();
    expect((await sendJsonPatch(http(), `/Patient/${id}`, [{ op: 'replace', path, value: 'Group' }])).status).toBe(422);
  });

  test('a patch that is none is 400, one of another kind 415', async () => {
    const { id } = await made();
    expect((await sendJsonPatch(http(), `/Patient/${id}`, '{')).status).toBe(400);
    expect((await sendJsonPatch(http(), `/Patient/${id}`, '{}')).status).toBe(400);
    expect((await http().send('PATCH', `/Patient/${id}`, { body: patient() })).status).toBe(400);
    expect((await http().send('PATCH', `/Patient/${id}`, { body: parameters(['replace', 'Patient.name.select(given)']) })).status).toBe(400);
    const refused = await http().send('PATCH', `/Patient/${id}`, { headers: { 'content-type': 'application/xml-patch+xml' }, body: '<diff/>' });
    expect(refused.status).toBe(415);
    expect(refused.headers.get('accept-patch')).toContain(jsonPatch);
  });

  test.each([
    ['return=minimal', undefined],
    ['return=OperationOutcome', 'OperationOutcome'],
    ['return=representation', 'Patient'],
  ])('Prefer: %s is honoured', async (prefer, resourceType) => {
    const { id } = await made();
    const patched = await http().send('PATCH', `/Patient/${id}`, { headers: { prefer }, body: becomes('1980') });
    expect(patched.status).toBe(200);
    expect(patched.body?.resourceType).toBe(resourceType);
  });

  test('concurrent patches all take effect, one after the other', async () => {
    const { id } = await made();
    const added = (value: string): object[] => [{ op: 'add', path: '/identifier/-', value: { system: 'urn:caldera:conformance', value } }];
    const answers = await Promise.all(Array.from({ length: 8 }, (_, place) => sendJsonPatch(http(), `/Patient/${id}`, added(`${id}-${place}`))));
    const accepted = answers.filter(({ status }) => status === 200);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const { body } = await http().get(`/Patient/${id}`);
    expect(body.identifier).toHaveLength(1 + accepted.length);
    expect(body.meta.versionId).toBe(String(accepted.length + 1));
  });

  test('a batch takes patches as Binary and as Parameters', async () => {
    const [{ id: one }, { id: other }] = [await made(), await made()];
    const answer = await http().post('', bundle(
      'batch',
      patchEntry(one, binary([{ op: 'replace', path: '/birthDate', value: '1980' }])),
      patchEntry(other, becomes('1990')),
      patchEntry(freshId(), becomes('1990')),
      patchEntry(one, binary([], 'text/plain')),
    ));
    expect(statuses(answer)).toEqual(['200', '200', '404', '415']);
    expect(answer.body.entry[0].response).toMatchObject({ etag: 'W/"2"', location: `Patient/${one}/_history/2` });
    expect((await http().get(`/Patient/${one}`)).body.birthDate).toBe('1980');
    expect((await http().get(`/Patient/${other}`)).body.birthDate).toBe('1990');
  });

  test('a transaction takes patches, under ifMatch too, and writes all or nothing', async () => {
    const { id } = await made();
    const other = freshId();
    const put = { resource: patient({ id: other }), request: { method: 'PUT', url: `Patient/${other}` } };
    const refused = await http().post('', bundle('transaction', put, patchEntry(id, becomes('1980'), { ifMatch: 'W/"2"' })));
    expect(refusal(refused)).toMatchObject({ status: 412, code: 'conflict' });
    expect((await http().get(`/Patient/${other}`)).status).toBe(404);
    const answer = await http().post('', bundle('transaction', put, patchEntry(id, binary([{ op: 'replace', path: '/birthDate', value: '1980' }]), { ifMatch: 'W/"1"' })));
    expect(statuses(answer)).toEqual(['201', '200']);
    expect(answer.body.entry[1].response).toMatchObject({ etag: 'W/"2"' });
    expect((await http().get(`/Patient/${id}`)).body.birthDate).toBe('1980');
  });

  test('a large resource is patched like any other', async () => {
    const id = freshId();
    const data = randomBytes(450_000).toString('base64');
    await http().put(`/Binary/${id}`, { resourceType: 'Binary', id, contentType: 'text/plain', data });
    const patched = await sendJsonPatch(http(), `/Binary/${id}`, [{ op: 'replace', path: '/contentType', value: 'text/csv' }]);
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ contentType: 'text/csv', meta: { versionId: '2' } });
    expect(patched.body.data).toBe(data);
  });
};
