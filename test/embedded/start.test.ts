/** `npm start` as a person sees it: the program started, asked, killed and started again. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(__dirname, '../../src/embedded/main.ts');

let parent: string;
let data: string;
let running: ChildProcess[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'caldera-start-'));
  data = join(parent, 'data');
});

afterEach(async () => {
  await Promise.all(running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map(kill));
  running = [];
  rmSync(parent, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaints: string;
}

function launch(...words: string[]) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const heard = { out: '', complaints: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.complaints += text));
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...heard }));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const line = /^(http:\S+)$/m.exec(heard.out);
      if (line !== null) resolve(line[1] as string);
    });
    child.once('close', () => reject(new Error(`The server did not start. ${heard.complaints}`)));
  });
  ready.catch(() => {});
  return { child, ready, ended, heard };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

const started = (...words: string[]) => launch('--data', data, '--port', '0', ...words);

async function create(baseUrl: string): Promise<string> {
  const headers = { 'content-type': 'application/fhir+json' };
  const response = await fetch(`${baseUrl}/Patient`, { method: 'POST', headers, body: '{"resourceType":"Patient"}' });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

async function countOf(baseUrl: string, type: string): Promise<number> {
  let count = 0;
  let next: string | undefined = `${baseUrl}/${type}?_count=1000`;
  while (next !== undefined) {
    const bundle = (await (await fetch(next)).json()) as { entry?: unknown[]; link: { relation: string; url: string }[] };
    count += bundle.entry?.length ?? 0;
    next = bundle.link.find(({ relation }) => relation === 'next')?.url;
  }
  return count;
}

/** When some of the population is written: the log of the store's database has grown, and the base URL is still to come. */
async function inTheMiddleOfPreloading(): Promise<void> {
  const stores = join(data, 'stores');
  const written = () =>
    existsSync(stores) && readdirSync(stores).some((id) => (statSync(join(stores, id, 'store.sqlite-wal'), { throwIfNoEntry: false })?.size ?? 0) > 100_000);
  while (!written()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('npm start', () => {
  test('whatever it keeps is for the eyes of its owner, also in a directory that others may look into', async () => {
    mkdirSync(data, { mode: 0o755 });
    await started('--empty').ready;
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  test('a damaged database is told in plain words, and without any of its bytes', async () => {
    const first = started('--empty');
    await first.ready;
    await kill(first.child);
    for (const name of readdirSync(data).filter((each) => each.startsWith('control.sqlite'))) rmSync(join(data, name));
    writeFileSync(join(data, 'control.sqlite'), 'Jane Doe is no database '.repeat(300));
    const { code, complaints } = await started().ended;
    expect(code).toBe(1);
    expect(complaints).toContain('damaged');
    expect(complaints).not.toMatch(/Jane|\n +at /);
  });

  test('prints the base URL on a line of its own and three commands to try, and serves it', async () => {
    const { ready, heard } = started('--empty');
    const baseUrl = await ready;
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/datastore\/[0-9a-f]{32}\/r4$/);
    expect(heard.out.match(/^ {2}curl /gm)).toHaveLength(3);
    const metadata = (await (await fetch(`${baseUrl}/metadata`)).json()) as { resourceType: string };
    expect(metadata.resourceType).toBe('CapabilityStatement');
  });

  test('a new data store begins with the synthetic population', async () => {
    const { ready } = started('--patients', '2');
    expect(await countOf(await ready, 'Patient')).toBeGreaterThanOrEqual(2);
  });

  test('a second start on the same directory is refused with the reason, and the first goes on', async () => {
    const baseUrl = await started('--empty').ready;
    const { code, complaints } = await started('--empty').ended;
    expect([code, complaints]).toEqual([1, expect.stringContaining('Another Caldera is running')]);
    expect((await fetch(`${baseUrl}/metadata`)).status).toBe(200);
  });

  test('what was acknowledged before kill -9 is there at the next start, under the same base path', async () => {
    const first = started('--empty');
    const baseUrl = await first.ready;
    const ids = await Promise.all(Array.from({ length: 20 }, () => create(baseUrl)));
    await kill(first.child);
    const again = await started().ready;
    expect(new URL(again).pathname).toBe(new URL(baseUrl).pathname);
    const statuses = await Promise.all(ids.map(async (id) => (await fetch(`${again}/Patient/${id}`)).status));
    expect(statuses).toEqual(ids.map(() => 200));
    expect(await countOf(again, 'Patient')).toBe(20);
  });

  test('a population cut off by kill -9 is finished at the next start, each resource once', async () => {
    const first = started('--patients', '6');
    await inTheMiddleOfPreloading();
    await kill(first.child);
    expect(first.heard.out).toBe('');
    const baseUrl = await started('--patients', '6').ready;
    const whole = await launch('--data', join(parent, 'other'), '--port', '0', '--patients', '6').ready;
    for (const type of ['Patient', 'Observation', 'Encounter', 'Organization']) {
      expect(await countOf(baseUrl, type)).toBe(await countOf(whole, type));
    }
    const versions = (await (await fetch(`${baseUrl}/Patient/_history?_count=1000`)).json()) as { entry?: unknown[] };
    expect(versions.entry?.length).toBe(await countOf(baseUrl, 'Patient'));
  });

  test('SIGTERM ends it with 0, and the directory is free', async () => {
    const first = started('--empty');
    await first.ready;
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
    await started().ready;
  });

  test('wrong arguments answer 2 with the reason', async () => {
    expect(await started('--host', '0.0.0.0').ended).toMatchObject({ code: 2, complaints: expect.stringContaining('until authorization exists') });
    expect(await started('--verbose').ended).toMatchObject({ code: 2, complaints: expect.stringContaining('--help') });
  });

  test('--help explains the options on standard output', async () => {
    expect(await launch('--help').ended).toMatchObject({ code: 0, out: expect.stringContaining('--patients N'), complaints: '' });
  });

  test('a port in use is named, with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, complaints } = await launch('--data', data, '--port', String(port)).ended;
    other.close();
    expect([code, complaints]).toEqual([1, expect.stringContaining(`Port ${port} is in use`)]);
  });

  test('a directory that holds something else is refused', async () => {
    writeFileSync(join(parent, 'thesis.txt'), '');
    const { code, complaints } = await launch('--data', parent).ended;
    expect([code, complaints]).toEqual([1, expect.stringContaining("not Caldera's")]);
  });
});
