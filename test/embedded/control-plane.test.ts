import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, DescribeFHIRDatastoreCommand, HealthLakeClient, waitUntilFHIRDatastoreActive, waitUntilFHIRDatastoreDeleted,
} from '@aws-sdk/client-healthlake';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { healthlakeClientWalk } from '../control/healthlake-client.ts';

let folder: string;
let server: RunningServer;
let client: HealthLakeClient;
const faults: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-control-'));
  server = await startServer({ dataDirectory: folder, port: 0, reportFault: ({ error }) => faults.push(error) });
  client = new HealthLakeClient({ endpoint: `http://127.0.0.1:${server.port}`, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
});

afterAll(async () => {
  client.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function fhir(method: string, url: string, body?: object) {
  const answer = await fetch(url, { method, headers: { 'Content-Type': 'application/fhir+json' }, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

healthlakeClientWalk(() => ({ client, fhir, place: 's3://caldera/walk', arnPattern: /^arn:aws:healthlake:local:000000000000:datastore\/fhir\/[0-9a-f]{32}$/ }));

test('a data store is filled with the synthetic population', async () => {
  const { DatastoreId } = await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', PreloadDataConfig: { PreloadDataType: 'SYNTHEA' } }));
  const waiting = { client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 };
  await waitUntilFHIRDatastoreActive(waiting, { DatastoreId });
  const { DatastoreProperties: { DatastoreEndpoint = '', PreloadDataConfig } = {} } = await client.send(new DescribeFHIRDatastoreCommand({ DatastoreId }));
  expect(PreloadDataConfig).toEqual({ PreloadDataType: 'SYNTHEA' });
  expect((await fhir('GET', `${DatastoreEndpoint}Patient?_summary=count`)).body.total).toBe(20);
  await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }));
  await waitUntilFHIRDatastoreDeleted(waiting, { DatastoreId });
});

describe('the embedded server afterwards', () => {
  test('has nothing left of what was deleted, and no fault to report', () => {
    expect(readdirSync(join(folder, 'stores'))).toEqual(server.datastoreIds);
    expect(existsSync(join(folder, 'stores', server.datastoreIds[0]!))).toBe(true);
    expect(faults).toEqual([]);
  });
});
