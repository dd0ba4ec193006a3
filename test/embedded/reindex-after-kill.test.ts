/** A `$reindex` whose server is killed with SIGKILL in the middle of it, twice: the next start goes on with it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServerProcess } from '../../bench/server-process.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { client } from '../conformance/client.ts';
import type { Answer, Body } from '../conformance/client.ts';

const patients = 4000;
const perTransaction = 1000;
const pollMs = 20;

let directory: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'caldera-reindex-'));
});
afterEach(async () => {
  await server?.kill();
  rmSync(directory, { recursive: true, force: true });
});

/** It has the same port at no two starts. */
async function started(): Promise<ReturnType<typeof client>> {
  server = await startServerProcess({ dataDirectory: directory });
  return client(server.baseUrl);
}

test('every resource is found by the new parameter, and none is examined twice for what was kept', async () => {
  let http = await started();
  for (let begin = 0; begin < patients; begin += perTransaction) {
    const entry = Array.from({ length: perTransaction }, (_none, place) => ({
      resource: { resourceType: 'Patient', id: `p${begin + place}`, multipleBirthInteger: (begin + place) % 7, gender: 'male' },
      request: { method: 'PUT', url: `Patient/p${begin + place}` },
    }));
    expect((await http.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
  }
  const definition = {
    resourceType: 'SearchParameter', id: 'birth', url: 'http://example.org/birth', name: 'birth', status: 'active', description: 'birth',
    code: 'birth', base: ['Patient'], type: 'number', expression: 'Patient.multipleBirth.as(integer)',
  };
  expect((await http.put('/SearchParameter/birth', definition)).status).toBe(201);
  const accepted = await http.send('POST', '/$reindex');
  expect(accepted.status).toBe(202);
  const path = accepted.headers.get('content-location')!.slice(http.baseUrl.length);

  // As it begins, and when part of it is done, where that can be seen.
  const examined = async (): Promise<number> => {
    const { status, headers } = await http.get(path);
    return status === 202 ? Number(/(\d+) resources/.exec(headers.get('x-progress')!)![1]) : Infinity;
  };
  expect(await examined()).toBe(0);
  await server!.kill();
  http = await started();
  while ((await examined()) === 0) await pause(pollMs);
  await server!.kill();
  http = await started();

  let answer: Answer;
  for (answer = await http.get(path); answer.status === 202; answer = await http.get(path)) await pause(pollMs);
  expect(answer.status).toBe(200);
  const told = new Map<string, Body>(answer.body.parameter.map((one: Body) => [one.name, one]));
  expect(told.get('status').valueCode).toBe('COMPLETED');
  expect(told.get('resources').valueDecimal).toBe(patients + 1);
  const counts = await Promise.all(Array.from({ length: 7 }, async (_none, value) => (await http.get(`/Patient?birth=${value}&_summary=count`)).body.total));
  expect(counts).toEqual(Array.from({ length: 7 }, (_none, value) => Math.ceil((patients - value) / 7)));
}, 120_000);
