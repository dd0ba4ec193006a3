/** HealthLake's asynchronous bundles: `Prefer: respond-async`, then `GET [base]/Transaction/{id}`. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/fhir/json.ts';
import { maxPendingTransactions, reservationMs, resultRetentionMs } from '../../src/operations/bundle/transaction-jobs.ts';
import { maxJobAttempts } from '../../src/operations/run-transaction-job.ts';
import { emptyDisk, platform, ProcessDied } from './bundle-platform.ts';
import type { Disk, Platform } from './bundle-platform.ts';
import { baseUrl } from './requests.ts';
import type { Answer } from './requests.ts';

let disk: Disk;
let server: Platform;
beforeEach(() => {
  disk = emptyDisk();
  server = platform(disk);
});

const uuid = 'urn:uuid:0b1f0c6e-51f8-4c4a-9f1b-0a4d5a4f2f11';
const patient = { resourceType: 'Patient', active: true };
const headers = { prefer: 'respond-async' };

function bundle(type: 'batch' | 'transaction'): JsonObject {
  return {
    resourceType: 'Bundle',
    type,
    entry: [
      { fullUrl: uuid, resource: patient, request: { method: 'POST', url: 'Patient' } },
      { resource: { ...patient, id: 'a' }, request: { method: 'PUT', url: 'Patient/a' } },
      { request: { method: 'DELETE', url: 'Patient/b' } },
      { request: { method: 'GET', url: 'Patient/a' } },
    ],
  };
}

async function submit(target: Platform, body: JsonObject): Promise<string> {
  const answer = await target.send('POST', '/', { body, headers });
  expect(answer.status).toBe(202);
  return (answer.headers['Content-Location'] ?? '').slice(baseUrl.length);
}

const diagnostics = ({ resource }: Answer): unknown => (resource['issue'] as JsonObject[] | undefined)?.[0]?.['diagnostics'];
const statuses = ({ resource }: Answer): unknown[] => (resource['entry'] as JsonObject[]).map(({ response }) => (response as JsonObject)['status']);
const idOf = (location: string): string => location.slice('/Transaction/'.length);

describe('an asynchronous bundle', () => {
  test.each(['batch', 'transaction'] as const)('is accepted with 202, polled, and answered as if it had been sent at once: %s', async (type) => {
    const accepted = await server.send('POST', '/', { body: bundle(type), headers });
    expect(accepted).toMatchObject({ status: 202, headers: { 'Content-Location': expect.stringMatching(new RegExp(`^${baseUrl}/Transaction/[^/]+$`)) } });
    expect(diagnostics(accepted)).toBe('Submitted Asynchronous Bundle Transaction');
    expect(server.woken.count).toBe(1);
    const location = (accepted.headers['Content-Location'] ?? '').slice(baseUrl.length);
    const waiting = await server.send('GET', location);
    expect([waiting.status, diagnostics(waiting)]).toEqual([202, 'SUBMITTED']);
    expect(await server.runner.pending()).toEqual([idOf(location)]);

    await server.runner.run(idOf(location));
    const done = await server.send('GET', location);
    expect(done).toMatchObject({ status: 200, resource: { resourceType: 'Bundle', type: `${type}-response` } });
    expect(statuses(done)).toEqual(['201', '201', '204', '200']);
    expect(await server.runner.pending()).toEqual([]);
  });

  test('is IN_PROGRESS from its first attempt to its end', async () => {
    const location = await submit(server, bundle('transaction'));
    const dying = platform(disk, { left: 12 });
    await expect(dying.runner.run(idOf(location))).rejects.toBeInstanceOf(ProcessDied);
    const answer = await platform(disk).send('GET', location);
    expect([answer.status, diagnostics(answer)]).toEqual([202, 'IN_PROGRESS']);
  });

  test('that is refused answers with its failure', async () => {
    const body = bundle('transaction');
    (body['entry'] as JsonObject[])[1] = { resource: { ...patient, id: 'a' }, request: { method: 'PUT', url: 'Patient/a', ifMatch: 'W/"3"' } };
    const location = await submit(server, body);
    await server.runner.run(idOf(location));
    expect(await server.send('GET', location)).toMatchObject({ status: 412, resource: { resourceType: 'OperationOutcome' } });
    expect((await server.send('GET', '/Patient/a')).status).toBe(404);
  });

  test('is checked for being a bundle before it is accepted', async () => {
    expect((await server.send('POST', '/', { body: patient, headers })).status).toBe(400);
    expect(await server.runner.pending()).toEqual([]);
  });

  test('keeps what its request preferred and the level of validation, and no other header', async () => {
    const secret = { authorization: 'Bearer x', 'x-amz-security-token': 'y' };
    const level = { 'x-amzn-healthlake-fhir-validation-level': 'minimal', prefer: 'respond-async, return=representation' };
    const body = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { ...patient, colour: 'red' }, request: { method: 'POST', url: 'Patient' } }] };
    const accepted = await server.send('POST', '/', { body, headers: { ...secret, ...level } });
    const location = (accepted.headers['Content-Location'] ?? '').slice(baseUrl.length);
    expect(JSON.stringify(disk.jobs.all())).not.toMatch(/Bearer|security-token/);
    await server.runner.run(idOf(location));
    const [entry] = (await server.send('GET', location)).resource['entry'] as JsonObject[];
    expect(entry).toMatchObject({ resource: { resourceType: 'Patient' }, response: { outcome: { resourceType: 'OperationOutcome' } } });
  });

  test('of an unknown id is not found', async () => {
    expect((await server.send('GET', '/Transaction/never')).status).toBe(404);
  });

  test('keeps its result for 90 days, and leaves nothing after them', async () => {
    const location = await submit(server, bundle('transaction'));
    await server.runner.run(idOf(location));
    disk.time.now += resultRetentionMs - 1000;
    expect((await server.send('GET', location)).status).toBe(200);
    expect(await server.runner.sweep()).toBe(0);
    disk.time.now += 2000;
    expect((await server.send('GET', location)).status).toBe(404);
    expect(await server.runner.sweep()).toBe(1);
    expect([disk.jobs.all(), [...disk.objects.keys()]]).toEqual([[], []]);
  });

  test('over 500 pending ones is answered 429 with Retry-After, until one is done', async () => {
    const empty = { resourceType: 'Bundle', type: 'batch' };
    const first = await submit(server, empty);
    for (let count = 1; count < maxPendingTransactions; count++) await submit(server, empty);
    const refused = await server.send('POST', '/', { body: empty, headers });
    expect(refused).toMatchObject({ status: 429, headers: { 'Retry-After': expect.stringMatching(/^\d+$/) } });
    await server.runner.run(idOf(first));
    await submit(server, empty);
    expect(await server.runner.pending()).toHaveLength(maxPendingTransactions);
  });
});

describe('a process that dies', () => {
  test('while a bundle is submitted leaves either the whole job or, after a while, nothing', async () => {
    const leftOver: unknown[] = [];
    let accepted: number | undefined;
    for (let left = 0; accepted === undefined; left++) {
      const own = emptyDisk();
      const { status } = await platform(own, { left }).send('POST', '/', { body: bundle('transaction'), headers });
      own.time.now += 2 * reservationMs;
      const pending = await platform(own).runner.pending();
      if (status === 202) accepted = pending.length;
      else if (pending.length === 0) leftOver.push(...own.jobs.all(), ...own.objects.keys());
    }
    expect({ accepted, leftOver }).toEqual({ accepted: 1, leftOver: [] });
  });

  test.each(['batch', 'transaction'] as const)('at any moment of a %s neither loses it nor applies any of it twice', async (type) => {
    let died = 0;
    for (let left = 0; ; left++) {
      const own = emptyDisk();
      await platform(own).send('PUT', '/Patient/b', { body: { ...patient, id: 'b' } });
      const location = await submit(platform(own), bundle(type));
      const dying = platform(own, { left });
      // Once it has died, nothing of the process reaches the disk any more.
      await dying.runner.run(idOf(location)).catch(unlessDead);
      const after = platform(own);
      const cutOff = (await after.runner.pending()).length > 0;
      for (const id of await after.runner.pending()) await after.runner.run(id);
      expect(await after.runner.pending()).toEqual([]);
      const done = await after.send('GET', location);
      expect([left, statuses(done)]).toEqual([left, ['201', '201', '204', '200']]);
      const history = (await after.send('GET', '/_history?_count=100')).resource['entry'] as JsonObject[];
      expect([left, history.length]).toEqual([left, 4]);
      expect((await after.send('GET', '/Patient?active=true')).resource['entry']).toHaveLength(2);
      if (!cutOff) break;
      died++;
    }
    expect(died).toBeGreaterThan(40);
  }, 120_000);

  test('each time is given up after a number of attempts, and says so', async () => {
    const location = await submit(server, bundle('transaction'));
    for (let attempt = 0; attempt < maxJobAttempts; attempt++) await platform(disk, { left: 12 }).runner.run(idOf(location)).catch(() => {});
    await server.runner.run(idOf(location));
    expect(await server.send('GET', location)).toMatchObject({ status: 500, resource: { resourceType: 'OperationOutcome' } });
    expect(await server.runner.pending()).toEqual([]);
  });
});

function unlessDead(error: unknown): void {
  if (!(error instanceof ProcessDied)) throw error;
}
