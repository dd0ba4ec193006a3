/** https://hl7.org/fhir/R4/http.html#mime-type, #parameters, #custom-headers */
import { gunzipSync, gzipSync } from 'node:zlib';
import { request as openPlainly } from 'node:http';
import { request as openSecurely } from 'node:https';
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal, signedIfAsked } from './client.ts';
import type { Topic } from './topic.ts';

export const formatTopic: Topic = (http) => {
  test.each([
    [undefined, 'application/fhir+json; charset=utf-8'],
    ['*/*', 'application/fhir+json; charset=utf-8'],
    ['application/fhir+json', 'application/fhir+json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/fhir+json;fhirVersion=4.0', 'application/fhir+json; charset=utf-8'],
    ['application/fhir+xml;q=0.9, application/json;q=0.1', 'application/json; charset=utf-8'],
  ])('Accept: %s is answered with %s', async (accept, contentType) => {
    const answer = await http().get('/metadata', accept === undefined ? {} : { accept });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(contentType);
  });

  test.each(['application/fhir+xml', 'text/html', 'application/fhir+json;fhirVersion=3.0'])('Accept: %s is 406', async (accept) => {
    expect(refusal(await http().get('/metadata', { accept }))).toEqual({ status: 406, code: 'not-supported' });
  });

  test('_format overrides Accept', async () => {
    expect((await http().get('/metadata?_format=json', { accept: 'application/fhir+xml' })).status).toBe(200);
    expect((await http().get('/metadata?_format=application/fhir%2Bjson', { accept: 'text/html' })).status).toBe(200);
    expect(refusal(await http().get('/metadata?_format=xml', { accept: 'application/json' }))).toEqual({ status: 406, code: 'not-supported' });
  });

  test('_pretty formats for people', async () => {
    const { body } = await http().post('/Patient', patient());
    const pretty = await http().get(`/Patient/${body.id}?_pretty=true`);
    expect(pretty.text).toContain('\n  "resourceType": "Patient"');
    expect(pretty.body).toEqual(body);
  });

  test('_summary and _elements are defined for use by all interactions: what a write answers is subsetted, what it stores is not', async () => {
    const created = await http().post('/Patient?_elements=birthDate', patient());
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ birthDate: '1970-02', meta: { tag: [expect.objectContaining({ code: 'SUBSETTED' })] } });
    expect(created.body.name).toBeUndefined();
    const { body: whole } = await http().get(`/Patient/${created.body.id}`);
    expect(whole.name).toBeDefined();
    expect(whole.meta.tag).toBeUndefined();
    const updated = await http().put(`/Patient/${whole.id}?_summary=text`, whole);
    expect(updated.status).toBe(200);
    expect(updated.body.name).toBeUndefined();
    expect((await http().delete(`/Patient/${whole.id}?_summary=true`)).status).toBe(204);
  });

  test('a write whose answer cannot be subsetted as asked is refused before anything is written', async () => {
    const id = freshId();
    expect(refusal(await http().put(`/Patient/${id}?_summary=some`, patient({ id })))).toEqual({ status: 400, code: 'invalid' });
    expect((await http().get(`/Patient/${id}`)).status).toBe(404);
  });

  test.each([
    [undefined],
    ['text/plain'],
    ['application/fhir+xml'],
    ['application/json-patch+json'],
    ['application/fhir+json; charset=iso-8859-1'],
    ['application/x-www-form-urlencoded'],
  ])('a resource sent as %s is 415', async (contentType) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const refused = await http().send('POST', '/Patient', { body: JSON.stringify(patient()), headers });
    expect(refusal(refused)).toEqual({ status: 415, code: 'not-supported' });
  });

  test.each(['application/json', 'application/fhir+json; charset=UTF-8', 'application/fhir+json; fhirVersion=4.0'])(
    'a resource sent as %s is read',
    async (contentType) => {
      const answer = await http().send('POST', '/Patient', { body: JSON.stringify(patient()), headers: { 'content-type': contentType } });
      expect(answer.status).toBe(201);
    },
  );

  test('a body compressed with gzip is read, and answers are compressed for those who accept it', async () => {
    const text = JSON.stringify(patient({ name: Array.from({ length: 100 }, (_, place) => ({ family: `Name ${place}` })) }));
    const headers = { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' };
    const created = await http().send('POST', '/Patient', { headers, body: new Uint8Array(gzipSync(text)) });
    expect(created.status).toBe(201);
    const { id, name } = created.body as { id: string; name: unknown };
    expect(name).toEqual((JSON.parse(text) as { name: unknown }).name);
    const raw = await rawGet(`${http().baseUrl}/Patient/${id}`, { 'accept-encoding': 'gzip' });
    expect(raw.encoding).toBe('gzip');
    expect(JSON.parse(gunzipSync(raw.bytes).toString())).toMatchObject({ id });
    expect((await rawGet(`${http().baseUrl}/Patient/${id}`, {})).encoding).toBeUndefined();
  });

  test.each(['gzip', 'identity'])('HEAD tells the length and the encoding that GET would have: %s', async (encoding) => {
    const headers = { 'accept-encoding': encoding };
    const [got, headed] = [await rawGet(`${http().baseUrl}/metadata`, headers), await rawGet(`${http().baseUrl}/metadata`, headers, 'HEAD')];
    expect(headed).toEqual({ ...got, bytes: Buffer.alloc(0) });
    // What is streamed through a gateway has no length to tell.
    expect([String(got.bytes.length), undefined]).toContain(headed.length);
  });

  test('bytes that are not UTF-8 are 400', async () => {
    const body = new Uint8Array(Buffer.from('{"resourceType":"Patient","name":[{"family":"\xd8sterg\xe5rd"}]}', 'latin1'));
    const refused = await http().send('POST', '/Patient', { headers: { 'content-type': 'application/fhir+json' }, body });
    expect(refused.status).toBe(400);
  });

  test('a request id is returned', async () => {
    const id = freshId();
    expect((await http().get('/metadata', { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
  });

  test('every refusal is an OperationOutcome with severity, code and words', async () => {
    const refused = await http().get(`/Patient/${freshId()}`);
    expect(refused.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(refused.body).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'not-found', diagnostics: expect.stringMatching(/\w+ .*\.$/) }],
    });
  });
};

/** `fetch` decompresses unasked. */
interface RawAnswer {
  readonly encoding: string | undefined;
  readonly length: string | undefined;
  readonly bytes: Buffer;
}

async function rawGet(url: string, headers: Record<string, string>, method = 'GET'): Promise<RawAnswer> {
  const signed = await signedIfAsked({ method, url, headers });
  const open = url.startsWith('https:') ? openSecurely : openPlainly;
  return new Promise((resolve, reject) => {
    const request = open(url, { method, headers: signed, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      const { 'content-encoding': encoding, 'content-length': length } = response.headers;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ encoding, length, bytes: Buffer.concat(chunks) }));
    });
    request.on('error', reject).end();
  });
}
