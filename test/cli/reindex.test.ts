/** `caldera reindex` against the embedded server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { caldera } from './command.ts';

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-command-'));
  server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, reportFault: () => {} });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a search parameter of one\'s own is searched by after reindexing', async () => {
  const surroundings = { env: { CALDERA_ENDPOINT: server.baseUrl } };
  const put = (resource: object) => caldera(['fhir', 'put', '-'], { ...surroundings, input: JSON.stringify(resource) });
  const found = async () => await caldera(['fhir', 'search', 'Patient', 'shoe-size=42'], surroundings);
  const extension = [{ url: 'urn:shoe-size', valueInteger: 42 }];
  expect(await put({ resourceType: 'Patient', id: 'tall', extension })).toMatchObject({ code: 0 });
  expect(await put({
    resourceType: 'SearchParameter', id: 'shoe-size', url: 'urn:shoe-size', name: 'ShoeSize', status: 'active', description: 'Size of shoes', code: 'shoe-size',
    base: ['Patient'], type: 'number', expression: "Patient.extension.where(url = 'urn:shoe-size').value",
  })).toMatchObject({ code: 0 });
  expect(await found()).toMatchObject({ code: 1 });

  const job = (await caldera(['reindex', '--no-wait'], surroundings)).out.trimEnd();
  expect(job).toMatch(/^[0-9a-f]{32}$/);
  expect(await caldera(['reindex', job], surroundings)).toMatchObject({ code: 0, out: expect.stringContaining('"COMPLETED"') });
  expect(await found()).toMatchObject({ code: 0, out: expect.stringContaining('"tall"') });
  expect(await caldera(['reindex', 'x'], surroundings)).toMatchObject({ code: 2 });
});
