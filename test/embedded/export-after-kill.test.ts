/** An export whose server is killed with SIGKILL in the middle of it, while writers are at work: the next start goes on with it, exactly. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServerProcess } from '../../bench/server-process.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { client } from '../conformance/client.ts';

const patients = 3000;
const perTransaction = 1000;
const pollMs = 10;

let directory: string;
let server: ServerProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'caldera-export-'));
});
afterEach(async () => {
  await server?.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function started(): Promise<ReturnType<typeof client>> {
  server = await startServerProcess({ dataDirectory: directory });
  return client(server.baseUrl);
}

/** A page of a scan has a thousand rows, so this takes some; the narrative makes each worth a moment. */
function patient(number: number, active: boolean): object {
  const div = `<div xmlns="http://www.w3.org/1999/xhtml">${String(number).repeat(200)}</div>`;
  return { resourceType: 'Patient', id: `p${number}`, text: { status: 'generated', div }, active };
}

function transaction(from: number, active: boolean): object {
  const entry = Array.from({ length: perTransaction }, (_none, place) => ({
    resource: patient(from + place, active), request: { method: 'PUT', url: `Patient/p${from + place}` },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

async function control(operation: string, input: object): Promise<Record<string, unknown>> {
  const DatastoreId = /datastore\/([0-9a-f]+)/.exec(server!.baseUrl)![1]!;
  const answer = await fetch(new URL('/', server!.baseUrl), {
    method: 'POST', body: JSON.stringify({ DatastoreId, ...input }),
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `HealthLake.${operation}` },
  });
  expect(answer.status).toBe(200);
  return await answer.json() as Record<string, unknown>;
}

async function status(JobId: string): Promise<unknown> {
  const { ExportJobProperties } = await control('DescribeFHIRExportJob', { JobId });
  return (ExportJobProperties as Record<string, unknown>)['JobStatus'];
}

test('every resource is exported once, as it was at the cut, whatever was written before and after the kill', async () => {
  let http = await started();
  for (let from = 0; from < patients; from += perTransaction) expect((await http.post('', transaction(from, true))).status).toBe(200);
  const { JobId } = await control('StartFHIRExportJob', {
    DataAccessRoleArn: 'arn:aws:iam::000000000000:role/any', OutputDataConfig: { S3Configuration: { S3Uri: 's3://caldera/out', KmsKeyId: 'alias/any' } },
  }) as { JobId: string };
  while ((await status(JobId)) === 'SUBMITTED') await pause(pollMs);
  const writing = http.post('', transaction(0, false)).catch(() => undefined);
  await pause(pollMs);
  await server!.kill();
  await writing;
  http = await started();
  const again = http.post('', transaction(perTransaction, false));
  expect((await http.delete('/Patient/p2999')).status).toBe(204);
  expect((await again).status).toBe(200);
  while ((await status(JobId)) !== 'COMPLETED') await pause(pollMs);
  const folder = join(directory, 'buckets', 'caldera', 'out');
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.ndjson'));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')).map((line) => JSON.parse(line) as { id: string; active: boolean; meta: object });
  expect(new Set(lines.map(({ id }) => id)).size).toBe(patients);
  expect(lines).toHaveLength(patients);
  // The cut was kept when the job was told to be in progress: what was written later came behind it.
  expect(lines.filter(({ active }) => !active)).toEqual([]);
});
