/** https://hl7.org/fhir/R4/binary.html, and uploads of contents that no request can carry (docs/fhir-interface.md). */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { follow, freshId, refusal } from './client.ts';
import type { Answer, Client } from './client.ts';
import type { Topic } from './topic.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const fhirJson = 'application/fhir+json';
/** No text in any encoding. */
const bytes: Bytes = new Uint8Array([0, 255, 254, 37, 80, 68, 70, 10, 13, 195, 40, 0]);
const base64 = Buffer.from(bytes).toString('base64');

const post = (http: Client, content: Bytes | string, headers: Record<string, string> = {}): Promise<Answer> =>
  http.send('POST', '/Binary', { body: content, headers: { 'content-type': 'application/pdf', ...headers } });
const put = (http: Client, id: string, content: Bytes, headers: Record<string, string> = {}): Promise<Answer> =>
  http.send('PUT', `/Binary/${id}`, { body: content, headers: { 'content-type': 'application/pdf', ...headers } });

async function stored(http: Client): Promise<string> {
  return `/Binary/${(await post(http, bytes)).body.id}`;
}

/** The content, from wherever the answer says that it is. */
async function content(http: Client, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await http.get(path, headers);
  const { range } = headers;
  return answer.status === 307 ? follow(answer.headers.get('location')!, { headers: range === undefined ? {} : { range } }) : answer;
}

export const binaryTopic: Topic = (http) => {
  describe('a content by itself', () => {
    test('is accepted as it is, under the content type of the request, and is returned as it was', async () => {
      const created = await post(http(), bytes);
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject({ resourceType: 'Binary', contentType: 'application/pdf', data: base64 });
      const read = await http().get(`/Binary/${created.body.id}`);
      expect(read.status).toBe(200);
      expect(read.headers.get('content-type')).toBe('application/pdf');
      expect(read.headers.get('etag')).toBe('W/"1"');
      expect(read.headers.get('last-modified')).not.toBeNull();
      expect([...read.bytes]).toEqual([...bytes]);
    });

    test('is never shown as a page of the server', async () => {
      const { body } = await post(http(), '<script>alert(1)</script>', { 'content-type': 'text/html' });
      const { headers } = await http().get(`/Binary/${body.id}`, { accept: 'text/html' });
      expect(headers.get('content-type')).toBe('text/html');
      expect(headers.get('content-disposition')).toBe('attachment');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain('sandbox');
    });

    test('of a Binary that was written as a resource is its data', async () => {
      const { body } = await http().post('/Binary', { resourceType: 'Binary', contentType: 'image/png', data: base64 });
      const read = await http().get(`/Binary/${body.id}`, { accept: 'image/*' });
      expect(read.headers.get('content-type')).toBe('image/png');
      expect([...read.bytes]).toEqual([...bytes]);
    });

    test.each(['*/*', 'application/pdf', 'application/*', 'image/png', 'text/html, application/xhtml+xml, */*;q=0.8', 'application/fhir+json;q=0.5, application/pdf'])(
      'is the answer to Accept: %s',
      async (accept) => {
        const read = await http().get(await stored(http()), { accept });
        expect([read.status, read.headers.get('content-type')]).toEqual([200, 'application/pdf']);
      },
    );

    test.each([fhirJson, 'application/json', 'application/fhir+json, */*', '*/*, application/fhir+json', 'application/fhir+xml, application/fhir+json;q=0.1'])(
      'is not the answer to Accept: %s, which names FHIR\'s format',
      async (accept) => {
        const { status, body } = await http().get(await stored(http()), { accept });
        expect([status, body.resourceType, body.data]).toEqual([200, 'Binary', base64]);
      },
    );

    test('_format goes before Accept, and so do parameters that select elements', async () => {
      const path = await stored(http());
      expect((await http().get(`${path}?_format=json`, { accept: 'application/pdf' })).body.data).toBe(base64);
      expect((await http().get(`${path}?_format=application/pdf`, { accept: fhirJson })).headers.get('content-type')).toBe('application/pdf');
      expect(refusal(await http().get(`${path}?_format=image/png`))).toEqual({ status: 406, code: 'not-supported' });
      const summary = await http().get(`${path}?_summary=true`);
      expect([summary.body.contentType, summary.body.data]).toEqual(['application/pdf', undefined]);
    });

    test('is not there in FHIR\'s formats that are not offered', async () => {
      expect(refusal(await http().get(await stored(http()), { accept: 'application/fhir+xml' }))).toEqual({ status: 406, code: 'not-supported' });
    });

    test('JSON that is no Binary is a content like any other', async () => {
      const text = '{"resourceType": "Patient",  "active": true}';
      for (const type of [fhirJson, 'application/json']) {
        const { status, body } = await post(http(), text, { 'content-type': type });
        expect(status).toBe(201);
        const read = await http().get(`/Binary/${body.id}`);
        expect([read.headers.get('content-type'), read.text]).toEqual([type, text]);
      }
    });

    test('may be empty', async () => {
      const { body } = await http().post('/Binary', { resourceType: 'Binary', contentType: 'text/plain' });
      const read = await http().get(`/Binary/${body.id}`);
      expect([read.status, read.bytes.length, read.headers.get('content-type')]).toEqual([200, 0, 'text/plain']);
    });

    test('update makes versions of it, under the conditions of any update', async () => {
      const id = freshId();
      expect((await put(http(), id, bytes)).status).toBe(201);
      const second = await put(http(), id, new Uint8Array([1, 2, 3]), { 'content-type': 'image/jpeg', 'if-match': 'W/"1"' });
      expect([second.status, second.headers.get('etag')]).toEqual([200, 'W/"2"']);
      expect((await put(http(), id, bytes, { 'if-match': 'W/"1"' })).status).toBe(412);
      const first = await http().get(`/Binary/${id}/_history/1`);
      expect([first.headers.get('content-type'), [...first.bytes]]).toEqual(['application/pdf', [...bytes]]);
      const current = await http().get(`/Binary/${id}`);
      expect([current.headers.get('content-type'), [...current.bytes]]).toEqual(['image/jpeg', [1, 2, 3]]);
    });

    test('a conditional read and HEAD are answered as those of a resource', async () => {
      const path = await stored(http());
      expect((await http().get(path, { 'if-none-match': 'W/"1"' })).status).toBe(304);
      const head = await http().send('HEAD', path);
      expect([head.status, head.bytes.length, head.headers.get('content-type')]).toEqual([200, 0, 'application/pdf']);
      await http().delete(path);
      expect(refusal(await http().get(path, { accept: 'application/pdf' }))).toEqual({ status: 410, code: 'deleted' });
    });

    test('X-Security-Context is the securityContext of the resource, both ways', async () => {
      const { body } = await post(http(), bytes, { 'x-security-context': 'Patient/example' });
      expect(body.securityContext).toEqual({ reference: 'Patient/example' });
      expect((await http().get(`/Binary/${body.id}`)).headers.get('x-security-context')).toBe('Patient/example');
      expect(refusal(await post(http(), bytes, { 'x-security-context': 'Patient/a, Patient/b' }))).toEqual({ status: 400, code: 'invalid' });
    });

    test('without a content type it is 415, without a body 400', async () => {
      expect((await http().send('POST', '/Binary', { body: bytes })).status).toBe(415);
      expect((await http().send('POST', '/Binary', { body: bytes, headers: { 'content-type': 'pdf' } })).status).toBe(415);
      expect((await http().send('POST', '/Binary', { headers: { 'content-type': 'application/pdf' } })).status).toBe(400);
    });

    test('is part of the resource in bundles', async () => {
      const path = await stored(http());
      const entry = [{ request: { method: 'GET', url: path.slice(1) } }];
      const batch = await http().post('', { resourceType: 'Bundle', type: 'batch', entry });
      expect(batch.body.entry[0].resource.data).toBe(base64);
      expect((await http().get(`${path}/_history`)).body.entry[0].resource.data).toBe(base64);
      expect((await http().get(`/Binary?_id=${path.slice(8)}`)).body.entry[0].resource.data).toBe(base64);
    });
  });

  describe('a content that no request carries', () => {
    test('is uploaded to where the server says, written by a second request, and read from where it is', async () => {
      const id = freshId();
      const large = noise(12 * 1024 * 1024, 1);
      const wanted = announced(large, { 'x-security-context': 'Patient/example' });
      const asked = await http().send('PUT', `/Binary/${id}`, { headers: wanted });
      expect([asked.status, asked.body?.resourceType]).toEqual([202, 'Parameters']);
      expect((await http().get(`/Binary/${id}`)).status).toBe(404);
      const commit = { headers: { ...wanted, 'upload-token': invited(asked).token } };
      expect(refusal(await http().send('PUT', `/Binary/${id}`, commit))).toEqual({ status: 409, code: 'conflict' });
      expect(await upload(asked, large)).toBe(200);
      expect((await http().get(`/Binary/${id}`)).status).toBe(404);
      const written = await http().send('PUT', `/Binary/${id}`, commit);
      expect([written.status, written.body.contentType, written.body.data]).toEqual([201, 'application/dicom', undefined]);

      const read = await content(http(), `/Binary/${id}`);
      expect([read.status, read.headers.get('content-type'), read.headers.get('content-disposition')]).toEqual([200, 'application/dicom', 'attachment']);
      expect(Buffer.from(read.bytes).equals(large)).toBe(true);
      const part = await content(http(), `/Binary/${id}`, { range: 'bytes=5000000-5000009' });
      expect([part.status, Buffer.from(part.bytes).equals(Buffer.from(large.subarray(5_000_000, 5_000_010)))]).toEqual([206, true]);
    });

    test('belongs to its version for ever', async () => {
      const id = freshId();
      const [first, second] = [noise(6 * 1024 * 1024, 2), noise(6 * 1024 * 1024, 3)];
      for (const each of [first, second]) expect([200, 201]).toContain((await written(http(), `/Binary/${id}`, each)).status);
      expect((await put(http(), id, bytes)).status).toBe(200);
      expect(Buffer.from((await content(http(), `/Binary/${id}/_history/1`)).bytes).equals(first)).toBe(true);
      expect(Buffer.from((await content(http(), `/Binary/${id}/_history/2`)).bytes).equals(second)).toBe(true);
      expect([...(await content(http(), `/Binary/${id}`)).bytes]).toEqual([...bytes]);
    });

    test('is left out where its resource is shown, and nobody erases it by writing that back', async () => {
      const created = await written(http(), '/Binary', noise(6 * 1024 * 1024, 4));
      const path = `/Binary/${created.body.id}`;
      const subset = { code: 'SUBSETTED' };
      const [version] = (await http().get(`${path}/_history`)).body.entry;
      const [match] = (await http().get(`/Binary?_id=${created.body.id}`)).body.entry;
      for (const { resource } of [version, match]) {
        expect([resource.contentType, resource.data]).toEqual(['application/dicom', undefined]);
        expect(resource.meta.tag).toContainEqual(expect.objectContaining(subset));
      }
      expect(refusal(await http().get(path, { accept: fhirJson }))).toEqual({ status: 406, code: 'too-long' });
      expect((await http().get(`${path}?_summary=true`)).body.contentType).toBe('application/dicom');
      const entry = [{ request: { method: 'GET', url: path.slice(1) } }];
      expect((await http().post('', { resourceType: 'Bundle', type: 'batch', entry })).body.entry[0].response.status).toMatch(/^406/);
      expect((await http().put(path, match.resource)).status).toBe(422);
    });

    test('other bytes than were announced are never written', async () => {
      const large = noise(100_000, 5);
      const asked = await http().send('POST', '/Binary', { headers: announced(large) });
      await upload(asked, noise(100_000, 6));
      const refused = await http().send('POST', '/Binary', { headers: { ...announced(large), 'upload-token': invited(asked).token } });
      expect([409, 422]).toContain(refused.status);
    });

    test('an upload that cannot be is refused before it begins', async () => {
      const small = noise(10, 7);
      const ask = async (headers: Record<string, string | undefined>, path = '/Binary'): Promise<unknown> =>
        refusal(await http().send('POST', path, { headers: JSON.parse(JSON.stringify({ ...announced(small), ...headers })) }));
      expect(await ask({ 'upload-length': String(164 * 1024 * 1024 + 1) })).toEqual({ status: 413, code: 'too-long' });
      expect(await ask({ 'upload-length': '-1' })).toEqual({ status: 400, code: 'invalid' });
      expect(await ask({ 'repr-digest': undefined })).toEqual({ status: 400, code: 'invalid' });
      expect(await ask({ 'content-type': undefined })).toEqual({ status: 415, code: 'not-supported' });
      expect(await ask({ 'upload-token': 'mine' })).toEqual({ status: 400, code: 'invalid' });
      expect(await ask({}, '/Patient')).toEqual({ status: 400, code: 'not-supported' });
    });
  });
};

function announced(large: Bytes, headers: Record<string, string> = {}): Record<string, string> {
  const sha256 = createHash('sha256').update(large).digest('base64');
  return { 'content-type': 'application/dicom', 'upload-length': String(large.length), 'repr-digest': `sha-256=:${sha256}:`, ...headers };
}

interface Parameter {
  readonly name: string;
  readonly valueString?: string;
  readonly valueUrl?: string;
  readonly part?: readonly Parameter[];
}

function invited({ body }: Answer): { readonly url: string; readonly token: string; readonly headers: Record<string, string> } {
  const parameters = body.parameter as readonly Parameter[];
  const find = (name: string): Parameter | undefined => parameters.find((each) => each.name === name);
  const headers = parameters.filter(({ name }) => name === 'header').map(({ part }) => part!.map(({ valueString }) => valueString!));
  return { url: find('url')!.valueUrl!, token: find('token')!.valueString!, headers: Object.fromEntries(headers) };
}

async function upload(asked: Answer, large: Bytes): Promise<number> {
  const { url, headers } = invited(asked);
  return (await follow(url, { method: 'PUT', headers, body: large })).status;
}

/** All three steps. */
async function written(http: Client, path: string, large: Bytes): Promise<Answer> {
  const method = path === '/Binary' ? 'POST' : 'PUT';
  const asked = await http.send(method, path, { headers: announced(large) });
  await upload(asked, large);
  return http.send(method, path, { headers: { ...announced(large), 'upload-token': invited(asked).token } });
}

/** Bytes that no compression makes fewer, the same in every run. */
function noise(length: number, seed: number): Bytes {
  const made = new Uint8Array(length);
  let block = createHash('sha512').update(String(seed)).digest();
  for (let at = 0; at < length; at += block.length) {
    made.set(block.subarray(0, Math.min(block.length, length - at)), at);
    block = createHash('sha512').update(block).digest();
  }
  return made;
}
