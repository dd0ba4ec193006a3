/** The tour of docs/command-line.md, word for word, against a server as its reader has it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultPatients, defaultSeed } from '../../src/embedded/arguments.ts';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';

const page = readFileSync(join(__dirname, '../../docs/command-line.md'), 'utf8');
const program = join(__dirname, '../../src/cli/caldera.mjs');
const blocks = [...page.matchAll(/^```sh tour(?<profiles> profiles)?\n(?<commands>[^]*?)^```$/gm)].map(({ groups }) => ({
  commands: groups?.['commands'] ?? '',
  profiles: groups?.['profiles'] !== undefined,
}));

let directory: string;
let server: RunningServer;
const told: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'caldera-command-line-'));
  const population = { patients: defaultPatients, seed: defaultSeed };
  server = await startServer({ dataDirectory: join(directory, 'data'), port: 0, population, reportFault: ({ id }) => told.push(id) });
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

test('the page has its steps', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(6);
});

test.each(blocks.map(({ commands, profiles }) => [/^.*$/m.exec(commands)?.[0] ?? '', commands, profiles] as const))(
  'works as written: %s',
  async (_, commands, profiles) => {
    const script = `set -eu; caldera() { ${JSON.stringify(process.execPath)} ${JSON.stringify(program)} "$@"; }\n${commands}`;
    // The page's reader has the server where the command looks for it; this one is on another port.
    const endpoint = profiles ? {} : { CALDERA_ENDPOINT: `http://127.0.0.1:${server.port}` };
    const env = { PATH: process.env['PATH'], HOME: directory, ...endpoint };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: directory, env, maxBuffer: 64 * 1024 * 1024 });
    expect([stdout.length > 0, stderr.includes('error:'), told]).toEqual([true, false, []]);
  },
);

test('a search with --all finds as many as there are', async () => {
  const { total } = (await (await fetch(`${server.baseUrl}/Observation?_summary=count`)).json()) as { total: number };
  const lines = readFileSync(join(directory, 'observations.ndjson'), 'utf8').trimEnd().split('\n');
  expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size).toBe(total);
});
