import { beforeAll, describe, expect, test } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { admission } from '../../src/embedded/admission.ts';
import { listen } from '../../src/embedded/http-server.ts';
import type { HttpServer } from '../../src/embedded/http-server.ts';
import type { OperationResponse } from '../../src/operations/operation.ts';
import type { RestRequest } from '../../src/operations/rest.ts';
import { maxResourceBytes } from '../../src/operations/table.ts';
import { call, issueOf, raw } from './http-client.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
const base = `/datastore/${datastoreId}/r4`;

let server: HttpServer;
let seen: RestRequest[] = [];
const arrived = Promise.withResolvers<void>();
const finished = Promise.withResolvers<void>();
const faults: unknown[] = [];

beforeAll(async () => {
  server = await listen({
    host: '127.0.0.1',
    port: 0,
    ids: { uuid: () => 'fault-1' },
    report: ({ error }) => faults.push(error),
    desk: () => undefined,
    control: () => Promise.reject(new Error('No operation of the control plane is called here.')),
    events: { publish: async () => {}, after: async () => ({ events: [], next: 0, missed: false }), release: () => {} },
    admission: admission({ keys: [], clock: { now: () => 0 } }),
    find: (id) =>
      id !== datastoreId
        ? undefined
        : async (request): Promise<OperationResponse> => {
            seen.push(request);
            if (request.query === 'slow') {
              arrived.resolve();
              await finished.promise;
            }
            if (request.query === 'fault') throw new Error('Doe, Jane');
            if (request.query === 'nothing') return { status: 204, headers: { ETag: 'W/"1"' } };
            if (request.query.startsWith('file')) return { status: 200, headers: { 'Content-Type': 'application/fhir+ndjson' }, content: lines(request.query === 'file') };
            const json = JSON.stringify({ resourceType: 'Patient', length: request.body?.length ?? 0, text: 'x'.repeat(4000) });
            return { status: 200, headers: { 'Content-Type': 'application/fhir+json;charset=utf-8', ETag: 'W/"1"' }, json };
          },
  });
});



/** A file of text that is streamed. */
const text = '{"resourceType":"Patient"}\n'.repeat(1000);
const lines = (isCompressible: boolean): OperationResponse['content'] => ({
  sizeBytes: text.length,
  isCompressible,
  open: async (range = { first: 0, last: text.length - 1 }) => (async function* () {
    yield Buffer.from(text.slice(range.first, range.last + 1));
  })(),
});

const send = (path: string, options: Partial<Parameters<typeof call>[0]> = {}) => {
  seen = [];
  return call({ port: server.port, path, ...options });
};
const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  send(`${base}/Patient`, { method: 'POST', body, headers });

describe('a file that is streamed', () => {
  const gzip = { 'accept-encoding': 'gzip' };

  test('is compressed on the way where its kind is worth it and the client understands it', async () => {
    const { status, headers, bytes } = await send(`${base}/metadata?file`, { headers: gzip });
    expect([status, headers['content-encoding'], headers['content-length'], headers['vary'], headers['content-type']]).toEqual([200, 'gzip', undefined, 'Accept-Encoding', 'application/fhir+ndjson']);
    expect(gunzipSync(bytes).toString() === text).toBe(true);
    expect(bytes.length).toBeLessThan(text.length / 10);
    const head = await send(`${base}/metadata?file`, { method: 'HEAD', headers: gzip });
    expect([head.headers['content-encoding'], head.bytes.length]).toEqual(['gzip', 0]);
  });

  test('goes as it is to others, in parts, and where it is no text', async () => {
    for (const [query, sent] of [['file', {}], ['file', { 'accept-encoding': 'gzip;q=0' }], ['file-of-bytes', gzip]] as const) {
      const { headers, text: body } = await send(`${base}/metadata?${query}`, { headers: sent });
      expect([headers['content-encoding'], headers['content-length'], body === text]).toEqual([undefined, String(text.length), true]);
    }
    const part = await send(`${base}/metadata?file`, { headers: { ...gzip, range: 'bytes=27-' } });
    expect([part.status, part.headers['content-range'], part.text === text.slice(27)]).toEqual([206, `bytes 27-${text.length - 1}/${text.length}`, true]);
  });
});

describe('the path', () => {
  test('is /datastore/{datastoreId}/r4, with and without a slash behind it', async () => {
    await send(`${base}?_count=1`, { method: 'POST', body: '{}' });
    expect(seen).toMatchObject([{ path: '', query: '_count=1', body: '{}' }]);
    await send(`${base}/`, { method: 'POST', body: '{}' });
    expect(seen).toMatchObject([{ path: '/', query: '' }]);
    await send(`${base}/Patient/1?_elements=name`);
    expect(seen).toMatchObject([{ method: 'GET', path: '/Patient/1', query: '_elements=name', caller: 'local' }]);
  });

  test('gives the base URL by the name under which the client reached the server', async () => {
    await send(`${base}/metadata`, { headers: { host: `localhost:${server.port}` } });
    expect(seen[0]?.baseUrl).toBe(`http://localhost:${server.port}${base}`);
  });

  test.each(['/', '/metadata', '/datastore', '/datastore//r4/Patient', `${base}x/Patient`, '*'])('%s answers 404', async (path) => {
    const answer = await send(path);
    expect([answer.status, issueOf(answer).code, seen]).toEqual([404, 'not-found', []]);
  });

  test('an unknown data store answers 404 and does not repeat its id', async () => {
    const answer = await send('/datastore/ffffffffffffffffffffffffffffffff/r4/Patient');
    expect([answer.status, issueOf(answer).code]).toEqual([404, 'not-found']);
    expect(answer.text).not.toContain('ffff');
  });

  test('a type that R4 does not have answers 404 before the body is read', async () => {
    const answer = await send(`${base}/Patients`, { method: 'POST', body: '{}' });
    expect([answer.status, seen]).toEqual([404, []]);
  });

  test('a method that the path does not have answers 405 with Allow', async () => {
    const answer = await send(`${base}/Patient/1/_history`, { method: 'DELETE' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('only this machine is served', () => {
  test.each(['localhost', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST:1', '127.9.9.9'])('Host %s is answered', async (host) => {
    expect((await send(`${base}/metadata`, { headers: { host } })).status).toBe(200);
  });

  test.each(['example.org', 'localhost.example.org', '127.0.0.1.example.org:80', '192.168.1.4', 'user@localhost', '0.0.0.0'])(
    'Host %s answers 421',
    async (host) => {
      const answer = await send(`${base}/metadata`, { headers: { host } });
      expect([answer.status, issueOf(answer).code, seen]).toEqual([421, 'security', []]);
    },
  );

  test.each(['https://example.org', 'null', 'http://localhost.example.org', 'http://localhost/', 'file://'])('Origin %s answers 403', async (origin) => {
    const answer = await send(`${base}/Patient`, { method: 'POST', body: '{}', headers: { origin } });
    expect([answer.status, issueOf(answer).code, seen]).toEqual([403, 'security', []]);
  });

  test('a page on this machine may send requests', async () => {
    expect((await send(`${base}/metadata`, { headers: { origin: 'http://localhost:3000' } })).status).toBe(200);
  });

  test('a page of another site may link here, and not send requests', async () => {
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    expect((await send(`${base}/metadata`, { headers: crossSite })).status).toBe(403);
    expect((await send(`${base}/metadata`, { headers: { ...crossSite, 'sec-fetch-mode': 'navigate' } })).status).toBe(200);
    expect((await send(`${base}/Patient`, { method: 'POST', headers: { ...crossSite, 'sec-fetch-mode': 'navigate' } })).status).toBe(403);
  });
});

describe('the body of a request', () => {
  test('arrives as it was sent, in UTF-8', async () => {
    await post('{"text":"Żółć 東京 🙂"}');
    expect(seen[0]?.body).toBe('{"text":"Żółć 東京 🙂"}');
  });

  test('may come in chunks', async () => {
    await post('{"a":1}', { 'transfer-encoding': 'chunked' });
    expect(seen[0]?.body).toBe('{"a":1}');
  });

  test('may begin with a byte order mark', async () => {
    await post('\uFEFF{}');
    expect(seen[0]?.body).toBe('{}');
  });

  test('is absent when nothing was sent', async () => {
    await post('');
    expect(seen[0]).not.toHaveProperty('body');
  });

  test('may be compressed with gzip', async () => {
    await post(gzipSync('{"text":"é"}'), { 'content-encoding': 'gzip' });
    expect(seen[0]?.body).toBe('{"text":"é"}');
  });

  test.each(['deflate', 'br', 'gzip, gzip'])('with Content-Encoding %s answers 415 and says what is understood', async (coding) => {
    const answer = await post('{}', { 'content-encoding': coding });
    expect([answer.status, answer.headers['accept-encoding'], seen]).toEqual([415, 'gzip', []]);
  });

  test('that is not UTF-8 answers 400', async () => {
    const answer = await post(Buffer.from([0x22, 0xff, 0x22]));
    expect([answer.status, issueOf(answer).code, seen]).toEqual([400, 'invalid', []]);
  });

  test.each([
    ['is no gzip', Buffer.from('{}')],
    ['ends early', gzipSync('{"resourceType":"Patient"}').subarray(0, 20)],
  ])('that %s although it says gzip answers 400', async (_, body) => {
    const answer = await post(body, { 'content-encoding': 'gzip' });
    expect([answer.status, issueOf(answer).code, seen]).toEqual([400, 'invalid', []]);
  });

  test('of exactly the limit is taken', async () => {
    await post(Buffer.alloc(maxResourceBytes, 0x20));
    expect(seen[0]?.body).toHaveLength(maxResourceBytes);
  });

  test('over the limit answers 413 as soon as its length is known', async () => {
    const text = await raw(
      server.port,
      `POST ${base}/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${maxResourceBytes + 1}\r\n\r\n{`,
      /"too-long"/,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"too-long"');
  });

  test('that was refused is read to its end, so that the connection can go on', async () => {
    const refused = `POST ${base}/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${maxResourceBytes + 1}\r\n\r\n`;
    const next = `GET ${base}/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const text = await raw(server.port, refused + ' '.repeat(maxResourceBytes + 1) + next);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('of unknown length answers 413 when it passes the limit', async () => {
    const answer = await post(Buffer.alloc(maxResourceBytes + 1, 0x20), { 'transfer-encoding': 'chunked' });
    expect([answer.status, issueOf(answer).code, seen]).toEqual([413, 'too-long', []]);
  });

  test('that is small and unpacks to more than the limit answers 413', async () => {
    const answer = await post(gzipSync(Buffer.alloc(maxResourceBytes * 4)), { 'content-encoding': 'gzip' });
    expect([answer.status, issueOf(answer).code, seen]).toEqual([413, 'too-long', []]);
  });

  test('of a bundle may be larger than that of a resource', async () => {
    await send(base, { method: 'POST', body: Buffer.alloc(maxResourceBytes + 1, 0x20) });
    expect(seen[0]?.body).toHaveLength(maxResourceBytes + 1);
  });

  test('is asked for when the client waits for that, and not when it would be refused', async () => {
    const head = `POST ${base}/Patient HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n`;
    const refused = await raw(server.port, `${head}Content-Length: ${maxResourceBytes + 1}\r\n\r\n`);
    expect(refused).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(server.port, `${head}Content-Length: 2\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test('that nobody reads is ignored', async () => {
    const answer = await send(`${base}/Patient/1`, { method: 'DELETE', body: 'x'.repeat(100), headers: { 'content-length': 100 } });
    expect([answer.status, seen[0]?.body]).toEqual([200, undefined]);
  });
});

describe('the answer', () => {
  test('is compressed for those who understand it', async () => {
    const answer = await send(`${base}/metadata`, { headers: { 'accept-encoding': 'br;q=1, gzip;q=0.5' } });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(answer.bytes.length) });
    expect(JSON.parse(gunzipSync(answer.bytes).toString()).resourceType).toBe('Patient');
    expect(answer.headers.vary).toContain('Accept-Encoding');
  });

  test.each([undefined, 'identity', 'gzip;q=0', '*;q=0', 'br'])('is sent as it is with Accept-Encoding %s', async (coding) => {
    const answer = await send(`${base}/metadata`, { headers: coding === undefined ? {} : { 'accept-encoding': coding } });
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
  });

  test('to HEAD has the length of the body and no body', async () => {
    const got = await send(`${base}/Patient/1`);
    const headed = await send(`${base}/Patient/1`, { method: 'HEAD' });
    expect([headed.status, headed.bytes.length, headed.headers.etag]).toEqual([200, 0, 'W/"1"']);
    expect(headed.headers['content-length']).toBe(got.headers['content-length']);
  });

  test('204 says nothing of a body', async () => {
    const answer = await send(`${base}/Patient/1?nothing`, { method: 'DELETE' });
    expect([answer.status, answer.bytes.length, answer.headers['content-length']]).toEqual([204, 0, undefined]);
  });

  test('may be kept by no proxy', async () => {
    expect((await send(`${base}/Patient/1`)).headers['cache-control']).toBe('private, no-cache');
  });

  test('to a fault is 500 with its number, and its message goes nowhere', async () => {
    const answer = await send(`${base}/Patient?fault`);
    expect([answer.status, issueOf(answer).code]).toEqual([500, 'exception']);
    expect(answer.text).toContain('fault-1');
    expect(answer.text).not.toContain('Jane');
    expect(faults).toHaveLength(1);
  });
});

describe('malformed HTTP', () => {
  test('answers 400 with an OperationOutcome', async () => {
    const text = await raw(server.port, 'HELLO\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"resourceType":"OperationOutcome"');
  });

  test('a URL that is not percent-encoded answers 400 and says so', async () => {
    const text = await raw(server.port, `GET ${base}/Patient?name=peñaflor HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('percent-encoded');
  });

  test('longer headers than 32 kB answer 431 and say what to do', async () => {
    const text = await raw(server.port, `GET ${base}/Patient?name=${'x'.repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
    expect(text).toContain('_search');
  });
});

test('closing waits for the requests in progress', async () => {
  const pending = send(`${base}/Patient/1?slow`);
  await arrived.promise;
  const closed = server.close();
  finished.resolve();
  const answer = await pending;
  expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
  await closed;
  await expect(send(`${base}/metadata`)).rejects.toThrow('ECONNREFUSED');
});
