/** `caldera export` against the embedded server, also over a connection that breaks. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { caldera } from './command.ts';

let folder: string;
let server: RunningServer;
let proxy: Server;
let env: Record<string, string>;
/** Ranges in which files were asked for; how many bytes of a file pass before the connection breaks, while there are any. */
let ranges: (string | undefined)[] = [];
let breaks: number[] = [];

/** Between command and server: breaks off answers that are files. */
function breakingProxy(port: number): Server {
  return createServer((asked, answer) => {
    const isFile = asked.url!.endsWith('.ndjson');
    if (isFile) ranges.push(asked.headers.range);
    // Uncompressed: so many bytes are so many of the file.
    const headers = { ...asked.headers, 'accept-encoding': 'identity', host: `127.0.0.1:${port}` };
    const onward = request({ host: '127.0.0.1', port, path: asked.url, method: asked.method, headers }, (found) => {
      answer.writeHead(found.statusCode!, found.headers);
      const limit = isFile ? breaks.shift() : undefined;
      if (limit === undefined) return void found.pipe(answer);
      const begin = Number(/^bytes=(\d+)-/.exec(asked.headers.range ?? '')?.[1] ?? 0);
      found.once('data', (chunk: Buffer) => answer.write(chunk.subarray(0, limit), () => void laidDown(begin + limit).then(() => answer.destroy())));
    });
    asked.pipe(onward);
  });
}

/** Resolves when the client has so much of a file: what a broken connection takes along of the last bytes is chance. */
async function laidDown(sizeBytes: number): Promise<void> {
  const isThere = (name: string): boolean => name.endsWith('.part') && statSync(join(folder, name)).size >= sizeBytes;
  for (let looks = 0; looks < 500 && !readdirSync(folder, { recursive: true, encoding: 'utf8' }).some(isThere); looks += 1) await pause(10);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-export-'));
  server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, reportFault: () => {} });
  proxy = breakingProxy(server.port).listen(0, '127.0.0.1');
  await new Promise((resolve) => proxy.once('listening', resolve));
  env = { CALDERA_ENDPOINT: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  for (const id of ['a', 'b']) await put('Patient', { id, active: true });
  await put('Observation', { id: 'o', status: 'final', code: { text: 'Height' }, subject: { reference: 'Patient/a' } });
  await put('Organization', { id: 'g' });
  await put('Group', { id: 'few', type: 'person', actual: true, member: [{ entity: { reference: 'Patient/a' } }] });
});

afterAll(async () => {
  proxy.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function put(resourceType: string, content: Readonly<Record<string, unknown>>): Promise<void> {
  const body = JSON.stringify({ resourceType, ...content });
  const { status } = await fetch(`${server.baseUrl}/${resourceType}/${String(content['id'])}`, { method: 'PUT', headers: { 'content-type': 'application/fhir+json' }, body });
  expect(status).toBe(201);
}

/** How far it is may be told, where the machine is slow. */
const fine: unknown = expect.not.stringContaining('error:');

let made = 0;
const place = (): string => join(folder, `out-${(made += 1)}`);
const exported = (output: string, ...line: string[]) => {
  ranges = [];
  return caldera(['export', '--output', output, ...line], { env });
};

/** What lies in the directory, as `Type/id`. */
function found(output: string): string[] {
  const files = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ndjson'));
  const lines = files.flatMap((name) => readFileSync(join(output, name), 'utf8').trimEnd().split('\n'));
  return lines.map((line) => JSON.parse(line) as { resourceType: string; id: string }).map(({ resourceType, id }) => `${resourceType}/${id}`).toSorted();
}

describe('export', () => {
  test('writes what is asked for into a directory, tells what, and removes it from the server', async () => {
    const output = place();
    const { code, out, errors } = await exported(output);
    expect([code, errors]).toEqual([0, fine]);
    expect(out).toMatch(/^TYPE +FILES +RESOURCES\nGroup +1 +1\nObservation +1 +1\nOrganization +1 +1\nPatient +1 +2\nOf \d{4}-.*Z, in .*\n$/);
    expect(found(output)).toEqual(['Group/few', 'Observation/o', 'Organization/g', 'Patient/a', 'Patient/b']);
    expect(readdirSync(output).toSorted()).toEqual(['Group', 'Observation', 'Organization', 'Patient']);
  });

  test('takes levels, types, searches and times', async () => {
    const [patients, group] = [place(), place()];
    expect((await exported(patients, '--level', 'patient', '--type', 'Patient,Observation', '--type-filter', 'Observation?status=cancelled', '--until', '2999-01-01T00:00:00Z')).code).toBe(0);
    expect(found(patients)).toEqual(['Patient/a', 'Patient/b']);
    const { code, out } = await exported(group, '--group', 'few', '--type', 'Patient', '--elements', 'id', '--json', '--keep');
    const { directory, output: [{ url, count }] } = JSON.parse(out);
    expect([code, directory, count, found(group)]).toEqual([0, group, 1, ['Patient/a']]);
    expect((await fetch(url)).status).toBe(200);
  });

  test('goes on with a file where the connection broke', async () => {
    const output = place();
    breaks = [10, 7];
    expect(await exported(output, '--type', 'Observation')).toMatchObject({ code: 0, errors: fine });
    expect(ranges).toEqual([undefined, 'bytes=10-', 'bytes=17-']);
    expect(found(output)).toEqual(['Observation/o']);
  }, 20_000);

  test('is gone on with by a later call, which fetches only what is not there', async () => {
    const output = place();
    expect((await exported(output, '--type', 'Observation,Organization', '--keep')).code).toBe(0);
    const [organization] = readdirSync(join(output, 'Organization'));
    const [observation] = readdirSync(join(output, 'Observation'));
    // As a call leaves it that was killed.
    const began = place();
    mkdirSync(join(began, 'Organization'), { recursive: true });
    writeFileSync(join(began, 'Organization', organization!), readFileSync(join(output, 'Organization', organization!)));
    mkdirSync(join(began, 'Observation'));
    writeFileSync(join(began, 'Observation', `${observation}.part`), readFileSync(join(output, 'Observation', observation!)).subarray(0, 20));
    writeFileSync(join(began, '.caldera-export'), await lastExport());
    expect(await exported(began)).toMatchObject({ code: 2, errors: expect.stringContaining('--resume') });
    expect(await exported(began, '--resume')).toMatchObject({ code: 0, errors: fine });
    expect(ranges).toEqual(['bytes=20-']);
    expect(found(began)).toEqual(['Observation/o', 'Organization/g']);
    expect(readdirSync(began)).not.toContain('.caldera-export');
  });

  test('refuses as wrong use what cannot be meant, before anything is begun', async () => {
    const full = place();
    mkdirSync(full);
    writeFileSync(join(full, 'a.ndjson'), '');
    expect(await exported(full)).toMatchObject({ code: 2, errors: expect.stringContaining('Take an empty one') });
    expect(await exported(place(), '--resume')).toMatchObject({ code: 2, errors: expect.stringContaining('no export to go on with') });
    expect(await exported(place(), '--level', 'group')).toMatchObject({ code: 2 });
    expect(await exported(place(), '--level', 'patient', '--group', 'few')).toMatchObject({ code: 2 });
    expect(await caldera(['export'], { env })).toMatchObject({ code: 2, errors: expect.stringContaining('--output') });
  });

  test('tells why the server refuses', async () => {
    expect(await exported(place(), '--group', 'none')).toMatchObject({ code: 1, errors: expect.stringContaining('There is no Group with this id.') });
    expect(await exported(place(), '--type', 'Nothing')).toMatchObject({ code: 1, errors: expect.stringContaining('_type lists resource types') });
  });
});

/** The path of the newest export that the server knows of. */
async function lastExport(): Promise<string> {
  const { out } = await caldera(['job', 'list', '--kind', 'export', '--json'], { env });
  const [{ JobId, DatastoreId }] = JSON.parse(out);
  return `/datastore/${DatastoreId}/r4/export/${JobId}`;
}
