/** The life of data stores by `caldera`, against the embedded server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
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
  env = { CALDERA_ENDPOINT: `http://127.0.0.1:${server.port}` };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a data store is made, found, tagged, renamed, used and deleted', async () => {
  const made = await spawned(['datastore', 'create', '--name', 'trial', '--tag', 'team=research', '--wait', '--json'], { env });
  expect(made.code).toBe(0);
  const { DatastoreId: id } = JSON.parse(made.out) as { DatastoreId: string };
  const statuses = async (): Promise<string[]> => (await caldera(['datastore', 'list', '--name', 'renamed'], { env })).out.trimEnd().split('\n').slice(1).map((line) => line.split(/ +/)[1]!);

  expect((await caldera(['datastore', 'tag', id, 'stage=trial', '--remove', 'team'], { env })).out).toBe('stage  trial\n');
  expect((await caldera(['datastore', 'update', id, '--name', 'renamed', '--wait'], { env })).out).toMatch(/Name +renamed\n/);
  expect(await statuses()).toEqual(['ACTIVE']);
  expect(await caldera(['fhir', 'search', 'Patient'], { env })).toMatchObject({ code: 2, errors: expect.stringContaining('--datastore') });

  const input = '{"resourceType": "Patient", "id": "ana"}';
  expect(await caldera(['fhir', 'put', '-', '--datastore', id], { env, input })).toMatchObject({ code: 0 });
  expect(await caldera(['job', 'list', '--datastore', id, '--json'], { env })).toMatchObject({ code: 0, out: '[]\n' });
  expect(await caldera(['job', 'describe', '0'.repeat(32), '--datastore', id], { env })).toMatchObject({ code: 1, errors: 'error: The data store has no import or export job of this id.\n' });

  expect(await caldera(['datastore', 'delete', id, '--yes', '--wait'], { env })).toMatchObject({ code: 0 });
  expect(await statuses()).not.toContain('ACTIVE');
  expect(await caldera(['fhir', 'get', 'Patient/ana', '--datastore', id], { env })).toMatchObject({ code: 1 });
});
