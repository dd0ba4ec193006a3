/** The README's tour, word for word, against a server as its reader has it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultPatients, defaultSeed } from '../../src/embedded/arguments.ts';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```sh tour(?<refused> refused)?\n(?<commands>[^]*?)^```$/gm)].map(({ groups }) => ({
  commands: groups?.['commands'] ?? '',
  refused: groups?.['refused'] !== undefined,
}));

/** A CapabilityStatement, made readable, is more than the megabyte that Node expects of a command. */
const maxBuffer = 64 * 1024 * 1024;

/** Commands by bash, their answers' bodies; a refused request is an error unless the reader is told to expect one. */
async function run(script: string, refused: boolean): Promise<string> {
  const prelude = `set -euo pipefail; curl() { command curl -sS ${refused ? '' : '--fail-with-body'} "$@"; echo; }\n`;
  const { stdout } = await promisify(execFile)('bash', ['-c', prelude + script], { maxBuffer });
  return stdout;
}

let directory: string;
let server: RunningServer;
const told: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'caldera-readme-'));
  const population = { patients: defaultPatients, seed: defaultSeed };
  server = await startServer({ dataDirectory: join(directory, 'data'), port: 0, population, reportFault: ({ id }) => told.push(id) });
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

describe("the README's tour", () => {
  test('has its steps', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(7);
    expect(blocks.filter(({ refused }) => refused)).toHaveLength(1);
  });

  test.each(blocks.map(({ commands, refused }) => [/^.*$/m.exec(commands)?.[0] ?? '', commands, refused] as const))(
    'works as written: %s',
    async (_, commands, refused) => {
      const output = await run(`BASE=${server.baseUrl}\n${commands}`, refused);
      expect(output.includes('"resourceType":"OperationOutcome"')).toBe(refused);
      expect(output).toMatch(/"resourceType": ?"|"columns": ?\[/);
      expect(told).toEqual([]);
    },
  );

  test('finds what it promises', async () => {
    const found = async (query: string) => JSON.parse(await (await fetch(`${server.baseUrl}/${query}`)).text());
    const willa = /^WILLA=(\S+)$/m.exec(readme)?.[1] ?? '';
    expect((await found('Patient?name=quillfeather')).entry[0].resource.id).toBe(willa);
    expect((await found('Patient?name=penaflor')).entry).toHaveLength(1);
    expect((await found(`Observation?patient=${willa}&code=http://loinc.org|85354-9&date=ge2024`)).entry.length).toBeGreaterThan(3);
    const [heartRate] = (await (await fetch(`${server.baseUrl}/Observation?code=http://loinc.org|8867-4&date=2026-01-15`)).text()).match(/"value":\s*72[.0]*/) ?? [];
    expect(heartRate).toBe('"value":72.0');
  });
});
