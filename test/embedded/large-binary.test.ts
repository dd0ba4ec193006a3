/** Contents that only this runtime takes as the body of a request: there is no gateway before it. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as open } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { maxBinaryBytes, maxDataBytes } from '../../src/operations/binary/binary-limits.ts';

let directory: string;
let server: RunningServer;
const faults: unknown[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'caldera-binary-'));
  server = await startServer({ dataDirectory: directory, port: 0, reportFault: ({ error }) => faults.push(error) });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
  expect(faults).toEqual([]);
});

const pieces = (length: number): Buffer[] => {
  const piece = createHash('sha512').update(String(length)).digest();
  const made: Buffer[] = [];
  for (let left = length; left > 0; left -= piece.length * 1024) made.push(Buffer.concat(Array(1024).fill(piece)).subarray(0, left));
  return made;
};

/** Sent without a length unless one is given. */
function put(id: string, body: readonly Buffer[], headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = open(`${server.baseUrl}/Binary/${id}`, { method: 'PUT', headers: { 'content-type': 'image/png', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ status: response.statusCode!, text }));
    });
    request.on('error', reject);
    for (const piece of body) request.write(piece);
    request.end();
  });
}

const read = (id: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${server.baseUrl}/Binary/${id}`, { headers });

test.each([['a length', true], ['none', false]])('a large body with %s goes to the disk and comes back', async (_name, hasLength) => {
  const body = pieces(20 * 1024 * 1024);
  const whole = Buffer.concat(body);
  const id = `large-${String(hasLength)}`;
  const { status, text } = await put(id, body, hasLength ? { 'content-length': String(whole.length) } : {});
  expect([status, JSON.parse(text).data]).toEqual([201, undefined]);
  const answer = await read(id);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('accept-ranges')]).toEqual([200, 'image/png', 'bytes']);
  expect(answer.headers.get('content-length')).toBe(String(whole.length));
  expect(Buffer.from(await answer.arrayBuffer()).equals(whole)).toBe(true);
});

test('a small body without a length is the data of the resource all the same', async () => {
  await put('small', [Buffer.from('few')]);
  const resource = (await (await read('small', { accept: 'application/fhir+json' })).json()) as { data: string };
  expect(Buffer.from(resource.data, 'base64').toString()).toBe('few');
});

test('a compressed body is stored as what it was before', async () => {
  const whole = Buffer.concat(pieces(maxDataBytes + 1));
  const sent = gzipSync(whole);
  expect((await put('zipped', [sent], { 'content-encoding': 'gzip', 'content-length': String(sent.length) })).status).toBe(201);
  expect(Buffer.from(await (await read('zipped')).arrayBuffer()).equals(whole)).toBe(true);
});

test('more than a Binary may have is 413 before it is sent, and leaves nothing', async () => {
  const { status } = await new Promise<{ status: number }>((resolve, reject) => {
    const headers = { 'content-type': 'image/png', 'content-length': String(maxBinaryBytes + 1) };
    const request = open(`${server.baseUrl}/Binary/huge`, { method: 'PUT', headers }, (response) => {
      resolve({ status: response.statusCode! });
      request.destroy();
    });
    request.on('error', reject);
    request.flushHeaders();
  });
  expect(status).toBe(413);
  expect((await read('huge')).status).toBe(404);
});

test('HEAD tells the size, a range behind the end is 416, and a client that goes away leaves nothing half', async () => {
  const id = 'ranges';
  await put(id, pieces(5 * 1024 * 1024));
  const head = await fetch(`${server.baseUrl}/Binary/${id}`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(5 * 1024 * 1024)]);
  const behind = await read(id, { range: 'bytes=99999999-' });
  expect([behind.status, behind.headers.get('content-range')]).toEqual([416, `bytes */${5 * 1024 * 1024}`]);
  await new Promise<void>((resolve) => {
    const request = open(`${server.baseUrl}/Binary/gone`, { method: 'PUT', headers: { 'content-type': 'image/png', 'content-length': String(9_000_000) } });
    request.on('error', () => resolve());
    request.write(Buffer.alloc(1_000_000), () => request.destroy());
    request.on('close', resolve);
  });
  expect((await read('gone')).status).toBe(404);
  const uploads = join(directory, 'stores', server.datastoreIds[0]!, 'objects', '~uploads');
  for (let looks = 0; looks < 100 && (await readdir(uploads)).some((name) => name.endsWith('.draft')); looks++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await readdir(uploads)).filter((name) => name.endsWith('.draft'))).toEqual([]);
});
