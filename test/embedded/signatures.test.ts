import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthLakeClient, ListFHIRDatastoresCommand } from '@aws-sdk/client-healthlake';
import { accessKeys } from '../../src/embedded/access-keys.ts';
import { startServer } from '../../src/embedded/server.ts';
import type { RunningServer } from '../../src/embedded/server.ts';
import { maxResourceBytes } from '../../src/operations/table.ts';
import { signedHeaders } from '../conformance/signature.ts';
import { call } from './http-client.ts';
import type { Answer } from './http-client.ts';

const key = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of some length' };
const region = 'eu-central-1';
const target = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'HealthLake.ListFHIRDatastores' };
const parent = mkdtempSync(join(tmpdir(), 'caldera-signatures-'));
let open: RunningServer;
let guarded: RunningServer;

beforeAll(async () => {
  const options = { port: 0, reportFault: () => {} };
  open = await startServer({ ...options, dataDirectory: join(parent, 'open') });
  guarded = await startServer({ ...options, dataDirectory: join(parent, 'guarded'), accessKeys: [key] });
});

afterAll(async () => {
  await open.close();
  await guarded.close();
  rmSync(parent, { recursive: true });
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly key?: typeof key;
  readonly at?: Date;
  /** What goes over the wire in place of what was signed. */
  readonly altered?: { readonly path?: string; readonly body?: string; readonly headers?: Record<string, string | undefined> };
}

/** Signed for `execute-api`, as programs do that are to work with both runtimes. */
async function signed({ port }: RunningServer, { method = 'POST', path = '/', headers = target, body = '{}', key: signer = key, at = new Date(), altered = {} }: Sent = {}): Promise<Answer> {
  const url = `http://127.0.0.1:${port}${path}`;
  const all = await signedHeaders({ method, url, headers, body: Buffer.from(body) }, signer, { region, at });
  const kept = Object.entries({ ...all, ...altered.headers }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return call({ port, path: altered.path ?? path, method, headers: Object.fromEntries(kept), body: altered.body ?? body });
}

const typeOf = ({ text }: Answer): string => JSON.parse(text).__type;

describe('without access keys', () => {
  test('requests are answered unsigned, and signed with local and local', async () => {
    expect((await call({ port: open.port, path: '/', method: 'POST', headers: target, body: '{}' })).status).toBe(200);
    expect((await signed(open, { key: { accessKeyId: 'local', secretAccessKey: 'local' } })).status).toBe(200);
  });

  test('other signatures are refused by HealthLake\'s API, and not looked at by the FHIR interface', async () => {
    for (const wrong of [key, { accessKeyId: 'local', secretAccessKey: 'other' }]) {
      const answer = await signed(open, { key: wrong });
      expect([answer.status, typeOf(answer)]).toEqual([403, 'com.amazonaws.healthlake#AccessDeniedException']);
    }
    expect((await signed(open, { method: 'GET', path: `/datastore/${open.datastoreIds[0]}/r4/Patient`, headers: {}, body: '' })).status).toBe(200);
  });
});

describe('with access keys', () => {
  const fhir = (): string => `/datastore/${guarded.datastoreIds[0]}/r4`;

  test('a request that is not signed is refused by both interfaces', async () => {
    const control = await call({ port: guarded.port, path: '/', method: 'POST', headers: target, body: '{}' });
    expect([control.status, typeOf(control)]).toEqual([403, 'com.amazonaws.healthlake#AccessDeniedException']);
    const read = await call({ port: guarded.port, path: `${fhir()}/Patient` });
    expect([read.status, JSON.parse(read.text).issue[0].code]).toEqual([401, 'login']);
    expect((await signed(guarded, { key: { accessKeyId: 'local', secretAccessKey: 'local' } })).status).toBe(403);
  });

  test.each(['healthlake', 'execute-api'])('AWS\'s client is answered, signing for %s in any region', async (signingName) => {
    const config: object = { endpoint: `http://127.0.0.1:${guarded.port}`, region: 'ap-south-1', credentials: key, signingName };
    const client = new HealthLakeClient(config);
    expect((await client.send(new ListFHIRDatastoresCommand({}))).DatastorePropertiesList).toHaveLength(1);
    client.destroy();
  });

  test('resources are written, read and searched by those who sign', async () => {
    const patient = JSON.stringify({ resourceType: 'Patient', name: [{ family: 'Ñandú', given: ['Ana María'] }] });
    const headers = { 'content-type': 'application/fhir+json' };
    expect((await signed(guarded, { path: `${fhir()}/Patient`, headers, body: patient })).status).toBe(201);
    const found = await signed(guarded, { method: 'GET', path: `${fhir()}/Patient?name=%C3%91and%C3%BA&name=ana%20mar%C3%ADa&_count=5&given:exact=Ana%20Mar%C3%ADa`, headers: {}, body: '' });
    expect(JSON.parse(found.text).entry).toHaveLength(1);
    const content = Buffer.alloc(maxResourceBytes + 1, 7);
    expect((await signed(guarded, { path: `${fhir()}/Binary`, headers: { 'content-type': 'application/pdf' }, body: content })).status).toBe(201);
  });

  test('a body that is not the one signed is refused, and nothing is written', async () => {
    const headers = { 'content-type': 'application/fhir+json' };
    const body = '{"resourceType":"Basic","code":{"text":"one"}}';
    const altered = { body: body.replace('one', 'two') };
    expect((await signed(guarded, { path: `${fhir()}/Basic`, headers, body, altered })).status).toBe(403);
    const content = Buffer.alloc(maxResourceBytes + 1, 7);
    const large = await signed(guarded, { path: `${fhir()}/Binary`, headers: { 'content-type': 'application/pdf' }, body: content, altered: { body: 'x'.repeat(content.length) } });
    expect(large.status).toBe(403);
    for (const type of ['Basic?code:text=two', 'Binary?_summary=count&_lastUpdated=gt2999']) {
      expect(JSON.parse((await signed(guarded, { method: 'GET', path: `${fhir()}/${type}`, headers: {}, body: '' })).text).total ?? 0).toBe(0);
    }
    expect(JSON.parse((await signed(guarded, { method: 'GET', path: `${fhir()}/Basic?_summary=count`, headers: {}, body: '' })).text).total).toBe(0);
  });

  test.each<[string, Sent]>([
    ['an unknown key', { key: { ...key, accessKeyId: 'AKIAOTHER' } }],
    ['another secret', { key: { ...key, secretAccessKey: 'another secret of a length' } }],
    ['a signature six minutes old', { at: new Date(Date.now() - 6 * 60_000) }],
    ['a signature six minutes ahead', { at: new Date(Date.now() + 6 * 60_000) }],
    ['another path', { altered: { path: '/?more' } }],
    ['another header that was signed', { altered: { headers: { 'x-amz-target': 'HealthLake.DeleteFHIRDatastore' } } }],
    ['a missing date', { altered: { headers: { 'x-amz-date': undefined } } }],
    ['a date that is none', { altered: { headers: { 'x-amz-date': 'today' } } }],
    ['another token', { altered: { headers: { authorization: 'Bearer abc' } } }],
    ['a hash that is not the body\'s', { altered: { headers: { 'x-amz-content-sha256': '0'.repeat(64) } } }],
    ['a body that is not signed', { altered: { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } } }],
  ])('%s is refused', async (_what, sent) => {
    expect((await signed(guarded, sent)).status).toBe(403);
  });

  test('a signature for another service, or that leaves the host out, is refused', async () => {
    for (const change of [(text: string) => text.replace('execute-api', 's3'), (text: string) => text.replace('host;', '')]) {
      const url = `http://127.0.0.1:${guarded.port}/`;
      const headers = { ...(await signedHeaders({ method: 'POST', url, headers: target, body: Buffer.from('{}') }, key, { region, at: new Date() })) };
      const answer = await call({ port: guarded.port, path: '/', method: 'POST', headers: { ...headers, authorization: change(headers['authorization']!) }, body: '{}' });
      expect(answer.status).toBe(403);
    }
  });
});

describe('access keys', () => {
  const file = join(parent, 'keys');
  const of = (text: string, mode = 0o600) => {
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode });
    return () => accessKeys({ file, environment: {} });
  };

  test('come from a file of one a line, and from the environment', () => {
    expect(of('# ours\nAKIAONE a-secret-of-16-characters\n\nAKIATWO  another-of-16-characters\n')()).toHaveLength(2);
    expect(accessKeys({ environment: { CALDERA_ACCESS_KEY_ID: 'AKIAONE', CALDERA_SECRET_ACCESS_KEY: 'a-secret-of-16-characters' } }))
      .toEqual([{ accessKeyId: 'AKIAONE', secretAccessKey: 'a-secret-of-16-characters' }]);
    expect(accessKeys({ environment: {} })).toEqual([]);
  });

  test.each([
    ['', '0 keys'], ['AKIAONE', 'line 1'], ['AKIAONE short', '16 characters'], ['local a-secret-of-16-characters', 'line 1'],
    ['A a-secret-of-16-characters\nA a-secret-of-16-characters', 'more than once'],
  ])('are refused: %j', (text, reason) => {
    expect(of(text)).toThrow(reason);
  });

  test('are refused where others can read the file, where there is none, and where one half is missing', () => {
    expect(of('AKIAONE a-secret-of-16-characters', 0o644)).toThrow('chmod 600');
    expect(() => accessKeys({ file: join(parent, 'none'), environment: {} })).toThrow('ENOENT');
    expect(() => accessKeys({ environment: { CALDERA_ACCESS_KEY_ID: 'AKIAONE' } })).toThrow('together');
  });

  test('nothing of a secret stands in a refusal', () => {
    expect(of('AKIAONE my-secret')).not.toThrow('my-secret');
  });
});
