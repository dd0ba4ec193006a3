/** examples/predictive as its reader runs it: from the lake to a model, and the predictions back in the store. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';

const root = join(__dirname, '../..');
const example = join(root, 'examples/predictive');
const environment = join(root, '.cache/predictive');
const run = promisify(execFile);

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  if (!existsSync(join(environment, 'installed'))) {
    await run('python3', ['-m', 'venv', environment]);
    await run(join(environment, 'bin/pip'), ['install', '--quiet', '-r', join(example, 'requirements.txt')]);
    await run('touch', [join(environment, 'installed')]);
  }
  directory = mkdtempSync(join(tmpdir(), 'caldera-predictive-'));
  // Enough for each of five folds to have patients with a stay.
  server = await startServer({ dataDirectory: join(directory, 'data'), port: 0, population: { patients: 200, seed: 1 }, reportFault: () => {} });
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

async function ask(query: string): Promise<readonly (readonly unknown[])[]> {
  const answer = await fetch(`${server.baseUrl}/sql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  return ((await answer.json()) as { rows: readonly (readonly unknown[])[] }).rows;
}

describe('The predictive example', () => {
  test('trains a model, says how good it is, and writes a RiskAssessment for each patient', async () => {
    const file = join(directory, 'train.csv');
    const { stdout } = await run(join(environment, 'bin/python'), [join(example, 'risk_model.py'), '--base', server.baseUrl, '--training-file', file]);
    expect(stdout).toMatch(/AUC 0\.\d+/);
    const [, written, all] = /(\d+) of (\d+) RiskAssessments written\n$/.exec(stdout)!;
    expect(Number(written)).toBeGreaterThan(150);
    expect(written).toBe(all);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.every((line) => /^[01],/.test(line))).toBe(true);

    const [row] = await ask('SELECT count(*), count(DISTINCT subject.reference_id), min(prediction[1].probabilitydecimal) >= 0, max(prediction[1].probabilitydecimal) <= 1 FROM riskassessment WHERE cardinality(prediction) = 1');
    expect(row).toEqual([Number(all), Number(all), true, true]);
  });
});
