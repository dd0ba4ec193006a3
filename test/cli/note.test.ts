/** `caldera note` against the embedded server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { caldera } from './command.ts';

let folder: string;
let server: RunningServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-command-'));
  server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, nlp: true, reportFault: () => {} });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const surroundings = (screen = false) => ({ env: { CALDERA_ENDPOINT: server.baseUrl }, screen });
async function put(id: string, contentType: string, text: string): Promise<void> {
  const resource = { resourceType: 'DocumentReference', id, status: 'current', subject: { reference: 'Patient/p1' }, content: [{ attachment: { contentType, data: Buffer.from(text).toString('base64') } }] };
  expect(await caldera(['fhir', 'put', '-'], { ...surroundings(), input: JSON.stringify(resource) })).toMatchObject({ code: 0 });
  while ((await caldera(['note', id], surroundings())).out.includes('not read')) await pause(30);
}

test('a note is printed with its findings marked, and what became of each', async () => {
  await put('n1', 'text/plain; charset=utf-8', 'Café\u001b[2J visit. Denies fever. Has hypertension. Takes metformin 500 mg PO BID.');
  const { code, out } = await caldera(['note', 'n1'], surroundings());
  expect(code).toBe(0);
  expect(out).toContain('Café [2J visit. Denies [fever][1]. Has [hypertension][2]. Takes [metformin][3] 500 mg PO BID.');
  expect(out).toMatch(/^Status {3}SUCCESS\nRead by {2}caldera-lexicon\//m);
  expect(out).toMatch(/^1 {2}fever .* SYMPTOM NEGATION +nothing: it is denied$/m);
  expect(out).toMatch(/^2 {2}hypertension +dx name +DIAGNOSIS +Condition\/[0-9a-f]{32} \(active, unconfirmed; I10 /m);
  expect(out).toMatch(/^3 {2}metformin .*MedicationStatement\/[0-9a-f]{32} \(active; 6809 metformin; 500 mg PO BID\)$/m);
  expect((await caldera(['note', 'n1'], surroundings(true))).out).toContain('\u001b[31m\u001b[4mhypertension');
});

test('of a note in another format the findings are printed, and of one that could not be read why', async () => {
  await put('n2', 'text/html', '<p>Has <b>gout</b>.');
  expect((await caldera(['note', 'DocumentReference/n2'], surroundings())).out).toMatch(/^Status {3}SUCCESS\n[^]*^1 {2}gout /m);
  await put('n3', 'application/pdf', 'rubbish');
  expect((await caldera(['note', 'n3'], surroundings())).out).toMatch(/NOT_READ\n.*damaged/);
  expect(await caldera(['note', 'n9'], surroundings())).toMatchObject({ code: 1 });
});
