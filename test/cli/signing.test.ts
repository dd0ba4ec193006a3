/** Signed requests, by the command itself and by the proxy for programs that sign for another service. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { signedHeaders } from '../conformance/signature.ts';
import { program, spawned } from './command.ts';
import { recordedServer } from './recorded-server.ts';
import type { Asked, RecordedServer } from './recorded-server.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret', sessionToken: 'session' };
const env = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken };
const base = '/v1/datastore/0123/r4';

let server: RecordedServer;
beforeEach(async () => {
  server = await recordedServer(() => ({ headers: { 'x-told': 'yes' }, body: '{"resourceType":"Bundle"}' }));
});
afterEach(() => server.close());

/** What the gateway does: signs what came with the secret of the caller, and compares. */
async function isSignedRight({ method, url, headers, body }: Asked): Promise<boolean> {
  const [, signed = ''] = /SignedHeaders=([^,]+)/.exec(String(headers.authorization)) ?? [];
  const kept = signed.split(';').filter((name) => !['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'].includes(name));
  const at = new Date(String(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const signable = { method, url: server.url + url, headers: Object.fromEntries(kept.map((name) => [name, String(headers[name])])), body: body.length > 0 ? body : undefined };
  return (await signedHeaders(signable, credentials, { region: 'eu-west-1', at }))['authorization'] === headers.authorization;
}

describe('the command', () => {
  test('signs for execute-api where a region is said, page tokens and operations included', async () => {
    const endpoint = ['--endpoint', `${server.url}/v1`, '--region', 'eu-west-1', '--datastore', '0123'];
    await spawned(['fhir', 'search', 'Patient', "name=O'Neill (x)", '_count=1', ...endpoint], { env });
    await spawned(['fhir', 'get', 'Patient/1/$everything?page=abc==', ...endpoint], { env });
    expect(server.asked.map(({ url }) => url)).toEqual([`${base}/Patient?name=O%27Neill%20%28x%29&_count=1`, `${base}/Patient/1/$everything?page=abc%3D%3D`]);
    for (const asked of server.asked) {
      expect(asked.headers.authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request/);
      expect([asked.headers['x-amz-security-token'], await isSignedRight(asked)]).toEqual(['session', true]);
    }
  });

  test('without credentials says so', async () => {
    const nothing = { AWS_EC2_METADATA_DISABLED: 'true' };
    const outcome = await spawned(['datastore', 'list', '--endpoint', server.url, '--region', 'eu-west-1'], { env: nothing });
    expect(outcome).toMatchObject({ code: 1, out: '', errors: expect.stringContaining('AWS credentials') });
    expect(server.asked).toEqual([]);
  });
});

describe('the proxy', () => {
  let proxy: ChildProcess;
  let port: number;

  beforeEach(async () => {
    proxy = spawn(process.execPath, [program, 'sign-proxy', '--endpoint', `${server.url}/v1`, '--region', 'eu-west-1', '--port', '0'], {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env }, stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(proxy.stdout!, 'data')) as [Buffer];
    port = Number(/:(\d+)\n/.exec(line.toString())?.[1]);
  });
  afterEach(async () => {
    proxy.kill();
    await once(proxy, 'close');
  });

  async function ask(headers: Record<string, string>, body = '{}') {
    const sent = request({ port, host: '127.0.0.1', path: '/', method: 'POST', headers }).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  test('puts its own signature in the place of the one that came', async () => {
    const headers = { 'x-amz-target': 'HealthLake.ListFHIRDatastores', 'content-type': 'application/x-amz-json-1.0', authorization: 'AWS4-HMAC-SHA256 Credential=x/healthlake', 'x-amz-date': '20200101T000000Z' };
    expect(await ask(headers)).toMatchObject({ status: 200, headers: { 'x-told': 'yes' }, body: '{"resourceType":"Bundle"}' });
    const [asked] = server.asked as [Asked];
    expect(asked).toMatchObject({ method: 'POST', url: '/v1/', headers: { 'x-amz-target': 'HealthLake.ListFHIRDatastores' } });
    expect(asked.headers.authorization).toContain('/eu-west-1/execute-api/');
    expect(await isSignedRight(asked)).toBe(true);
  });

  test('signs for no web page, and for nobody who knows it by another name', async () => {
    for (const [name, value] of [['origin', 'http://localhost:3000'], ['sec-fetch-site', 'same-site'], ['host', 'evil.example.org']] as const) {
      expect(await ask({ [name]: value })).toMatchObject({ status: 403 });
    }
    expect(server.asked).toEqual([]);
  });

  test('passes no request on that the gateway would not take', async () => {
    expect(await ask({}, 'x'.repeat(10 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
    expect(server.asked).toEqual([]);
  });
});
