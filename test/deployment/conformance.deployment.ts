/**
 * The conformance suite over what would be deployed: its requests signed, routed by the synthesized API, answered by the
 * bundled functions over tables that the workflow made; then what was asked of AWS in the course of it, against roles.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { client, patient } from '../conformance/client.ts';
import type { Answer, Body, Client } from '../conformance/client.ts';
import { conformance } from '../conformance/suite.ts';
import { deployedControlWalk } from './control-walk.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import type { Access } from './endpoint/service.ts';
import { jsonError } from './endpoint/service.ts';
import { dynamoCall } from './engines.ts';
import { moveBack } from './queues.ts';
import { surplusGrants } from './surplus-grants.ts';
import { TaskFailed } from './state-machines.ts';
import type { Interruption } from './state-machines.ts';
import { signAs } from './signing-environment.ts';

let deployed: Deployed;
let baseUrl = '';
let datastoreId = '';
let stopSigning: (() => void) | undefined;
/** Streams feed functions while the suite runs, as they always do; what follows reads them by itself. */
const feeding = new AbortController();
let fed: Promise<void> | undefined;

async function feed(): Promise<void> {
  for (; !feeding.signal.aborted; await pause(feedPauseMs)) await deployed.drainStreams();
}

const feedPauseMs = 500;

beforeAll(async () => {
  deployed = await deploy();
  datastoreId = await settleDatastore(deployed, 'Create');
  baseUrl = `${deployed.gateway.url}/datastore/${datastoreId}/r4`;
  stopSigning = signAs(deployed);
  fed = feed();
});

afterAll(async () => {
  // Already so, but where the suite itself ended before its time.
  feeding.abort();
  stopSigning?.();
  await deployed?.close();
  await Promise.allSettled([fed]);
});

conformance('deployed', { baseUrl: () => baseUrl });
deployedControlWalk(() => deployed);

describe('what the suite does not reach', () => {
  beforeAll(async () => {
    feeding.abort();
    await fed;
  });

  const narrative = (letters: number): object => ({ status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${incompressible(letters)}</div>` });
  const large = (changes: object = {}): object => patient({ text: narrative(600_000), ...changes });

  test('bodies that a table cannot hold are written, changed, read, found and told of', async () => {
    const http = client(baseUrl);
    const created = await http.post('/Patient', large());
    const { id, identifier } = created.body;
    expect(created.status).toBe(201);
    expect((await http.put(`/Patient/${id}`, large({ id, identifier }))).status).toBe(200);
    const paths = [`/Patient/${id}`, `/Patient/${id}/_history/1`, `/Patient/${id}/_history`, `/Patient?identifier=${identifier[0].value}`, '/Patient/_history?_count=10', '/_history?_count=10'];
    for (const path of paths) expect((await http.get(path)).status).toBe(200);
    expect((await http.delete(`/Patient/${id}`)).status).toBe(204);
  });

  test.each(['batch', 'transaction'])('a %s reads, searches, writes and tells of such bodies, at once and later', async (type) => {
    const http = client(baseUrl);
    for (const headers of [{}, { prefer: 'respond-async' }] as Record<string, string>[]) {
      const resource = large() as { identifier: { value: string }[] };
      const found = (await http.post('/Patient', resource)).body;
      const requests = [`Patient/${found.id}`, `Patient/${found.id}/_history`, `Patient?identifier=${resource.identifier[0]!.value}`, 'Patient/_history?_count=2'];
      const entry = [
        { resource: large(), request: { method: 'POST', url: 'Patient' } },
        { resource: { ...found, active: false }, request: { method: 'PUT', url: `Patient/${found.id}` } },
        ...requests.map((url) => ({ request: { method: 'GET', url } })),
      ];
      const answer = await http.post('', { resourceType: 'Bundle', type, entry }, headers);
      const done = answer.status === 202 ? await settled(http, answer.headers.get('content-location')!) : answer;
      expect(done.body.entry.map(({ response }: Body) => response.status.slice(0, 3))).toEqual(['201', '200', '200', '200', '200', '200']);
    }
  });

  test('the feed carries what was announced, and carries again what an operator moves back', async () => {
    const refused = ({ access }: { access: Access }) =>
      (access.action === 'sqs:SendMessage' && access.resource.endsWith('-clean-up') ? jsonError('ServiceUnavailable', 'Injected.', 503) : undefined);
    expect(await deployed.drainStreams()).toBeGreaterThan(0);
    const entry = [{ resource: patient(), request: { method: 'POST', url: 'Patient' } }];
    await client(baseUrl).post('', { resourceType: 'Bundle', type: 'transaction', entry });
    deployed.endpoint.interfere(refused);
    expect(await deployed.drainStreams()).toBeGreaterThan(0);
    deployed.endpoint.interfere(undefined);
    const Item = { pk: { S: 'nothing that a store announces' }, sk: { S: '?' }, announce: { BOOL: true } };
    await dynamoCall(deployed.engines.dynamodb, 'DynamoDB_20120810.PutItem', { TableName: `caldera-${datastoreId}-resources`, Item });
    await deployed.drainStreams();
    expect(await moveBack(deployed)).toBeGreaterThan(1);
  });

  test('a $reindex whose run ends before its time goes on by the next request, is cancelled by one, or is told to have failed', async () => {
    const http = client(baseUrl);
    const begun = async (interruption: Interruption): Promise<string> => {
      deployed.interrupt(interruption);
      const answer = await http.send('POST', '/$reindex');
      expect(answer.status).toBe(202);
      return answer.headers.get('content-location')!;
    };
    /** Asks again and again: the run may be at its end only now. */
    const urged = async (location: string, method: string, target: string): Promise<Answer> => {
      for (let answer = await http.get(location); ; answer = await http.get(location)) {
        if (answer.status !== 202) return answer;
        const sent = await http.send(method, target);
        // It had ended meanwhile, and this is another.
        if (sent.status === 202 && method === 'POST') await settled(http, sent.headers.get('content-location')!);
        await pause(100);
      }
    };
    const nothingWorks = { before: (state: string) => failAt(state, state) };
    const stopped = await begun(nothingWorks);
    expect((await http.send('POST', '/$reindex')).status).toBe(409);
    deployed.interrupt(undefined);
    expect((await urged(stopped, 'POST', '/$reindex')).status).toBe(200);
    const cancelled = await begun(nothingWorks);
    await http.send('DELETE', cancelled);
    deployed.interrupt(undefined);
    expect((await urged(cancelled, 'DELETE', cancelled)).body.parameter[0].valueCode).toBe('CANCEL_COMPLETED');
    const failed = await begun({ before: (state) => failAt('run-reindex', state) });
    expect((await settled(http, failed)).status).toBe(500);
    deployed.interrupt(undefined);
  });

  test('schedules clean up; a store is changed, told to have failed, changed again, and deleted', async () => {
    await deployed.callSchedules();
    deployed.interrupt({ before: (state) => failAt('check-objects', state) });
    await expect(settleDatastore(deployed, 'Update')).rejects.toThrow('UPDATE_FAILED');
    deployed.interrupt(undefined);
    // As an earlier version may have left it.
    for (const mapping of deployed.mappings.enabled()) mapping.settings = { ...mapping.settings, BatchSize: 1 };
    await settleDatastore(deployed, 'Update', { WarmReadUnits: '13000', WarmWriteUnits: '5000', MaxReadUnits: '4000' });
    await settleDatastore(deployed, 'Delete', { RemovalPolicy: 'destroy' });
  });
});

describe('what was asked of AWS', () => {
  test('every call to AWS was allowed by the role of its caller', () => {
    // Jobs that name a bucket that is none of the deployment's are refused it, and told so.
    const ofOthers = / on arn:aws:s3:::bucket(?:\/|:|$)/;
    expect([...new Set(deployed.endpoint.denials)].filter((denial) => !ofOthers.test(denial))).toEqual([]);
  });

  test('nothing was asked of AWS that the harness does not know, and no function failed', () => {
    expect([...deployed.endpoint.faults, ...deployed.problems].map(String)).toEqual([]);
  });

  test('every grant was needed, but for those that have a reason', () => {
    expect(surplusGrants(deployed)).toEqual([]);
  });

  test('no log has anything of a patient', () => {
    const logs = deployed.logs();
    for (const word of ['Østergård', 'Æsa', 'urn:caldera:conformance', '"resourceType"']) expect(logs).not.toContain(word);
  });
});

function failAt(wanted: string, state: string): void {
  if (state === wanted) throw new TaskFailed('Lambda.ServiceException', 'Injected.');
}

/** Text that stays as large however it is compressed, the same in every run. */
function incompressible(letters: number): string {
  let text = '';
  for (let block = 0; text.length < letters; block++) text += createHash('sha512').update(String(block)).digest('base64url');
  return text.slice(0, letters);
}

async function settled(http: Client, poll: string): Promise<Answer> {
  for (let looks = 0; looks < 800; looks++) {
    const answer = await http.get(poll);
    if (answer.status !== 202) return answer;
    await pause(25);
  }
  throw new Error('The bundle is still not done.');
}
