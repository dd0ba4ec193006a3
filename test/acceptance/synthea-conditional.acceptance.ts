/**
 * Synthea's patients as its exporter means them to be loaded: hospitals and practitioners first, by conditional creates, then
 * patients in any order, whose references are searches for those. Eight at a time over HTTP.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, type RunningServer } from '../../src/embedded/server.ts';

interface Answer {
  readonly status: number;
  readonly statuses: readonly string[];
}

const clients = 8;
const archive = join(__dirname, '../../../shared/data/synthea/synthea-hiv-79-bundles.tar.xz');
const described = existsSync(archive) ? describe : describe.skip;
if (!existsSync(archive)) console.warn('The Synthea patients of ../shared are not here: this suite is skipped.');

described('the 79 Synthea patients with conditional references', () => {
  let server: RunningServer;
  let folder: string;
  let files: readonly string[];
  const shared = (name: string): boolean => /(?:hospital|practitioner)Information/.test(name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'caldera-conditional-'));
    execFileSync('tar', ['xJf', archive, '-C', folder]);
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).sort();
    server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, reportFault: ({ error }) => { throw error; } });
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function send(name: string): Promise<Answer> {
    const body = readFileSync(join(folder, name));
    const response = await fetch(server.baseUrl, { method: 'POST', body, headers: { 'Content-Type': 'application/fhir+json' } });
    const { entry = [] } = (await response.json()) as { entry?: { response: { status: string } }[] };
    return { status: response.status, statuses: [...new Set(entry.map(({ response: { status } }) => status))] };
  }

  async function sendAll(names: readonly string[]): Promise<Answer[]> {
    const waiting = [...names];
    const answers: Answer[] = [];
    await Promise.all(Array.from({ length: clients }, async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) answers.push(await send(name));
    }));
    return answers;
  }

  async function count(query: string): Promise<number> {
    const { total } = (await (await fetch(`${server.baseUrl}/${query}`)).json()) as { total: number };
    return total;
  }

  test('a patient before the hospitals is refused, and nothing of it is stored', async () => {
    const [patient] = files.filter((name) => !shared(name));
    expect((await send(patient!)).status).toBe(412);
    expect(await count('Patient?_summary=count')).toBe(0);
  });

  test('hospitals and practitioners are made once, however often their files are sent', async () => {
    const names = files.filter(shared);
    expect(names).toHaveLength(2);
    for (const name of names) expect(await send(name)).toEqual({ status: 200, statuses: ['201'] });
    // The roles of practitioners have no criteria: each time they are made anew.
    const counts = () => Promise.all(['Organization', 'Location', 'Practitioner'].map((type) => count(`${type}?_summary=count`)));
    const before = await counts();
    for (const name of names) expect((await send(name)).statuses).toContain('200');
    expect(await counts()).toEqual(before);
  });

  test('all patients load, in any order, and refer to what there is', async () => {
    const names = files.filter((name) => !shared(name)).reverse();
    const answers = await sendAll(names);
    expect(answers.filter(({ status, statuses }) => status !== 200 || statuses.join() !== '201')).toEqual([]);
    expect(await count('Patient?_summary=count')).toBe(79);
    const encounters = await count('Encounter?_summary=count');
    expect(encounters).toBeGreaterThan(1000);
    expect(await count('Encounter?service-provider.name:missing=false&_summary=count')).toBe(encounters);
  });
});
