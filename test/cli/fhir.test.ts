/** `caldera fhir …` against the embedded server. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { caldera, spawned } from './command.ts';

let folder: string;
let server: RunningServer;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-command-'));
  server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, reportFault: () => {} });
  // The base URL of a data store names the store too.
  env = { CALDERA_ENDPOINT: server.baseUrl };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const fhir = (line: readonly string[], input = '') => caldera(['fhir', ...line], { env, input });
const patient = (id: string, more: object = {}) => JSON.stringify({ resourceType: 'Patient', id, ...more });

describe('a resource', () => {
  test('is written, read, changed and deleted', async () => {
    expect(await fhir(['put', '-'], patient('ana', { name: [{ family: 'Rivera' }] }))).toMatchObject({ code: 0, errors: 'Created Patient/ana/_history/1\n' });
    expect(await fhir(['put', '-', '--if-match', '1'], patient('ana', { active: true }))).toMatchObject({ code: 0, errors: '' });
    expect(await fhir(['put', '-', '--if-match', '1'], patient('ana'))).toMatchObject({ code: 1, out: '', errors: expect.stringMatching(/^error: 412 /) });
    const patched = await fhir(['patch', 'Patient/ana', '-'], '[{"op": "add", "path": "/birthDate", "value": "1990-02-28"}]');
    expect(JSON.parse(patched.out)).toMatchObject({ id: 'ana', active: true, birthDate: '1990-02-28' });
    expect(JSON.parse((await fhir(['get', 'Patient/ana'])).out)).toMatchObject({ meta: { versionId: '3' } });
    expect(JSON.parse((await fhir(['get', 'Patient/ana/_history/1'])).out)).toMatchObject({ name: [{ family: 'Rivera' }] });
    expect(await fhir(['delete', 'Patient/ana'])).toMatchObject({ code: 0, out: '' });
    expect(await fhir(['get', 'Patient/ana'])).toMatchObject({ code: 1, out: '', errors: expect.stringContaining('410 ') });
  });

  test('keeps the digits of its decimals, on a screen too', async () => {
    const observation = '{"resourceType":"Observation","id":"digits","status":"final","code":{"text":"x"},"valueQuantity":{"value":72.0}}';
    await fhir(['put', '-'], observation);
    for (const line of [['get', 'Observation/digits'], ['search', 'Observation', '_id=digits']]) {
      expect((await fhir(line)).out).toContain('"value":72.0');
    }
    const shown = await caldera(['fhir', 'get', 'Observation/digits'], { env, screen: true });
    expect(shown.out).toContain('\n    "value": 72.0\n');
  });

  test('is created once under a criterion', async () => {
    const born = JSON.stringify({ resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '7' }] });
    const first = await fhir(['create', '-', '--if-none-exist', 'identifier=urn:mrn|7'], born);
    expect(first).toMatchObject({ code: 0, errors: expect.stringMatching(/^Created Patient\/\S+\n$/) });
    expect(await fhir(['create', '-', '--if-none-exist', 'identifier=urn:mrn|7'], born)).toMatchObject({ code: 0, errors: '' });
  });

  test('comes from a file, which has to be a resource', async () => {
    const file = join(folder, 'berta.json');
    writeFileSync(file, patient('berta'));
    expect(await fhir(['put', file])).toMatchObject({ code: 0 });
    writeFileSync(file, '{"id": "berta"}');
    expect(await fhir(['put', file])).toMatchObject({ code: 1, errors: 'error: What was read is no resource: it has no resourceType.\n' });
    expect(await fhir(['put', join(folder, 'missing.json')])).toMatchObject({ code: 1, errors: expect.stringContaining('ENOENT') });
    expect(await fhir(['put', '-'], '{"resourceType": "Patient"}')).toMatchObject({ code: 2 });
  });
});

describe('a bundle', () => {
  const bundle = (type: string, id: string) =>
    JSON.stringify({ resourceType: 'Bundle', type, entry: [{ resource: { resourceType: 'Patient', id }, request: { method: 'PUT', url: `Patient/${id}` } }] });

  test('is carried out while one waits', async () => {
    const { code, out } = await fhir(['bundle', '-'], bundle('batch', 'batched'));
    expect([code, JSON.parse(out).entry[0].response.status]).toEqual([0, expect.stringMatching(/^201/)]);
  });

  test('is carried out by the server in its own time, with --async', async () => {
    const { code, out } = await fhir(['bundle', '-', '--async'], bundle('transaction', 'later'));
    expect([code, JSON.parse(out).type]).toEqual([0, 'transaction-response']);
  });
});

describe('a search', () => {
  const ids = ['one', 'two', 'three', 'four', 'five'].map((name) => `found-${name}`);

  beforeAll(async () => {
    for (const id of ids) await fhir(['put', '-'], patient(id, { gender: 'other', name: [{ family: 'Searched & found' }] }));
  });

  const found = (out: string): string[] => out.trimEnd().split('\n').map((line) => JSON.parse(line).id as string).toSorted((one, other) => one.localeCompare(other));

  test('prints one page, a resource a line, and says when there are more', async () => {
    const { code, out, errors } = await fhir(['search', 'Patient', 'gender=other', '_count=2']);
    expect([code, found(out).length, errors]).toEqual([0, 2, 'There are more: add --all for all of them.\n']);
  });

  test('follows the links to further pages with --all', async () => {
    const { out, errors } = await fhir(['search', 'Patient', 'gender=other', '_count=2', '--all']);
    expect([found(out), errors]).toEqual([ids.toSorted((one, other) => one.localeCompare(other)), '']);
  });

  test('takes a query as in a URL, values with reserved characters, and no type', async () => {
    expect(found((await fhir(['search', 'Patient?gender=other&_count=9'])).out)).toHaveLength(5);
    expect(found((await fhir(['search', 'Patient', 'name=Searched & found'])).out)).toHaveLength(5);
    expect(found((await fhir(['search', '_type=Patient', '_id=found-one,found-two'])).out)).toEqual(['found-one', 'found-two']);
  });

  test('that is too long for a URL is sent as a form', async () => {
    const many = Array.from({ length: 400 }, (_none, index) => `absent-${index}-00000000`);
    expect(found((await fhir(['search', 'Patient', `_id=${[...many, 'found-one'].join(',')}`])).out)).toEqual(['found-one']);
  });

  test('prints Bundles on request', async () => {
    const { out } = await fhir(['search', 'Patient', 'gender=other', '_summary=count', '--bundle']);
    expect(JSON.parse(out)).toMatchObject({ resourceType: 'Bundle', total: 5 });
  });

  test('that the server refuses tells why, in words or as JSON', async () => {
    expect(await fhir(['search', 'Patient', 'shoe-size=42'])).toMatchObject({ code: 1, out: '', errors: expect.stringMatching(/^error: 400 .*shoe-size/) });
    const { errors } = await fhir(['search', 'Patient', 'shoe-size=42', '--json']);
    expect(JSON.parse(errors)).toMatchObject({ status: 400, body: { resourceType: 'OperationOutcome' } });
  });
});

test('a history lists versions, with what was deleted', async () => {
  await fhir(['put', '-'], patient('past'));
  await fhir(['delete', 'Patient/past']);
  const lines = (await fhir(['history', 'Patient/past'])).out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ +/))).toEqual([
    ['VERSION', 'WRITTEN', 'BY', 'RESOURCE'],
    ['2', expect.stringMatching(/^\d{4}-/), 'DELETE', 'Patient/past'],
    ['1', expect.stringMatching(/^\d{4}-/), 'PUT', 'Patient/past'],
  ]);
  expect((await fhir(['history', '_count=1'])).errors).toContain('There are more');
});

test('as a process it reads standard input, prints results alone on standard output, and ends with its code', async () => {
  expect(await spawned(['fhir', 'put', '-'], { env, input: patient('process') })).toMatchObject({ code: 0, out: expect.stringMatching(/^\{.*\}\n$/), errors: expect.stringContaining('Created') });
  expect(await spawned(['fhir', 'get', 'Patient/absent'], { env })).toMatchObject({ code: 1, out: '' });
  expect(await spawned(['fhir', 'get'], { env })).toMatchObject({ code: 2, out: '' });
});
