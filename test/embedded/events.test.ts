import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, HealthLakeClient, StartFHIRImportJobCommand } from '@aws-sdk/client-healthlake';
import type { DeliveredEvent, EventPage } from '../../src/embedded/event-log.ts';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer, ServerOptions } from '../../src/embedded/server.ts';
import { call } from './http-client.ts';

let folder: string;
let server: RunningServer;
const faults: unknown[] = [];

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  server = await startServer({ dataDirectory: join(folder, 'data'), port: 0, reportFault: ({ error }) => faults.push(error), ...options });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caldera-events-'));
  await start();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  expect(faults).toEqual([]);
});

async function eventsAfter(query: string): Promise<EventPage> {
  const answer = await call({ port: server.port, path: `/events?${query}` });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as EventPage;
}

const clientOf = ({ port }: RunningServer): HealthLakeClient =>
  new HealthLakeClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });

/** Asks on until the event has come. */
async function followed(detailType: string, after: number): Promise<readonly DeliveredEvent[]> {
  const page = await eventsAfter(`after=${after}&wait=10`);
  return page.events.some((event) => event['detail-type'] === detailType) ? page.events : [...page.events, ...(await followed(detailType, page.next))];
}

describe('the endpoint of events', () => {
  test('tells what becomes of a data store, in order, and still after the next start', async () => {
    const { next } = await eventsAfter('');
    const client = clientOf(server);
    const { DatastoreId, DatastoreArn, DatastoreEndpoint } = await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', DatastoreName: 'clinic' }));
    await followed('Data Store Active', next);
    await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }));
    const events = await followed('Data Store Deleted', next);
    expect(events.map((event) => event['detail-type'])).toEqual(['Data Store Creating', 'Data Store Active', 'Data Store Deleting', 'Data Store Deleted']);
    expect(events.map(({ detail, resources }) => ({ detail, resources }))).toEqual(events.map(() => ({
      detail: { datastoreId: DatastoreId, datastoreName: 'clinic', datastoreTypeVersion: 'R4', datastoreEndpoint: DatastoreEndpoint },
      resources: [DatastoreArn],
    })));
    client.destroy();
    await server.close();
    await start();
    expect((await eventsAfter(`after=${next}`)).events).toEqual(events);
  });

  test('tells what becomes of a job', async () => {
    const { next } = await eventsAfter('');
    const client = clientOf(server);
    const [, DatastoreId] = /datastore\/([0-9a-f]{32})/.exec(server.baseUrl) ?? [];
    const { JobId } = await client.send(new StartFHIRImportJobCommand({
      DatastoreId, InputDataConfig: { S3Uri: 's3://nowhere/in/' }, DataAccessRoleArn: 'arn:aws:iam::000000000000:role/any',
      JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://caldera/out/', KmsKeyId: 'alias/any' } },
    }));
    client.destroy();
    const events = await followed('Import Job Failed', next);
    expect(events.map((event) => event['detail-type'])).toEqual(['Import Job Submitted', 'Import Job Failed']);
    expect(events.at(-1)?.detail).toMatchObject({ jobId: JobId, datastoreId: DatastoreId, inputDataConfig: { s3Uri: 's3://nowhere/in/' } });
    expect(events.at(-1)?.detail['message']).toContain('no such bucket');
  });

  test('tells of the default data store of a new directory', async () => {
    expect(await eventsAfter('after=0')).toMatchObject({ events: [{ 'detail-type': 'Data Store Active', detail: { datastoreId: server.datastoreIds[0] } }], next: 1 });
  });

  test.each(['after=-1', 'after=x', 'after=1.5', 'wait=21'])('refuses %s', async (query) => {
    const { status, text } = await call({ port: server.port, path: `/events?${query}` });
    expect([status, JSON.parse(text).__type]).toEqual([400, 'com.amazonaws.healthlake#ValidationException']);
  });

  test('refuses web pages, other methods, and where there are access keys the unsigned', async () => {
    expect((await call({ port: server.port, path: '/events', headers: { Origin: 'https://elsewhere.example' } })).status).toBe(403);
    expect((await call({ port: server.port, path: '/events', method: 'DELETE' })).status).toBe(404);
    await server.close();
    await start({ accessKeys: [{ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }] });
    expect((await call({ port: server.port, path: '/events' })).status).toBe(403);
  });

  test('does not hold up the end of the server', async () => {
    const { next } = await eventsAfter('');
    const waiting = eventsAfter(`after=${next}&wait=20`);
    // A second request behind the first: when it is answered, the first one waits.
    await eventsAfter('');
    const [page] = await Promise.all([waiting, server.close()]);
    expect(page.events).toEqual([]);
    await start();
  });
});
