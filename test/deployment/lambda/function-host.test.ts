/** Functions run as they would in Lambda: environment, streaming, failures, limits. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { functionHost } from './function-host.ts';
import type { FunctionHost, HostedFunction } from './function-host.ts';

let code: string;
const hosts: FunctionHost[] = [];

beforeAll(async () => {
  code = await mkdtemp(join(tmpdir(), 'caldera-function-'));
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => rm(code, { recursive: true, force: true }));

async function hosted(source: string, changes: Partial<HostedFunction> = {}, maxEnvironments = 1): Promise<FunctionHost> {
  const folder = await mkdtemp(join(code, 'bundle-'));
  await writeFile(join(folder, 'index.mjs'), source);
  const settings = { name: 'probe', arn: 'arn:aws:lambda:eu-central-1:1:function:probe', code: folder, handler: 'index.handler' };
  const options = { region: 'eu-central-1', endpoint: 'http://127.0.0.1:9', accessKeyId: 'ASIAPROBE', maxEnvironments };
  const host = functionHost({ ...settings, memoryMb: 512, timeoutSeconds: 5, environment: { GIVEN: 'yes' }, ...changes }, options);
  hosts.push(host);
  return host;
}

const json = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

describe('a function', () => {
  test('gets its event and answers it, from the same process as long as it lives', async () => {
    const host = await hosted('let count = 0; export const handler = async (event) => ({ event, count: ++count });');
    expect(json((await host.invoke({ a: 1 })).bytes)).toEqual({ event: { a: 1 }, count: 1 });
    expect(json((await host.invoke({ a: 2 })).bytes)).toEqual({ event: { a: 2 }, count: 2 });
    expect(host.coldStarts()).toBe(1);
  });

  test('has the environment of its template and of Lambda, and nothing of this machine', async () => {
    const host = await hosted('export const handler = async () => process.env;');
    const environment = json((await host.invoke({})).bytes) as Record<string, string>;
    expect(environment).toMatchObject({ GIVEN: 'yes', AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512', _HANDLER: 'index.handler' });
    expect(environment['HOME']).toBeUndefined();
    expect(environment['CI']).toBeUndefined();
  });

  test('streams, with a prelude in the way of HTTP integrations', async () => {
    const host = await hosted(`export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
      const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
      body.write(context.functionName);
      await new Promise((resolve) => setImmediate(resolve));
      body.end('!');
    });`);
    const answer = await host.invoke({});
    expect(answer).toMatchObject({ streamed: true, contentType: 'application/vnd.awslambda.http-integration-response' });
    expect(answer.bytes.toString()).toBe(`{"statusCode":201,"headers":{"a":"b"}}${'\0'.repeat(8)}probe!`);
  });

  test('that throws fails with type and message, and goes on serving', async () => {
    const host = await hosted('export const handler = async ({ bad }) => { if (bad) throw new TypeError("no"); return 1; };');
    await expect(host.invoke({ bad: true })).rejects.toThrow('TypeError: no');
    expect(json((await host.invoke({})).bytes)).toBe(1);
  });

  test('that cannot be loaded fails with the reason', async () => {
    const host = await hosted('throw new Error("The environment variable X is missing."); export const handler = 1;');
    await expect(host.invoke({})).rejects.toThrow('X is missing');
  });

  test('that ends its process fails, and the next event has a new one', async () => {
    const host = await hosted('export const handler = async ({ bad }) => { if (bad) process.exit(3); return 1; };');
    await expect(host.invoke({ bad: true })).rejects.toThrow('ended with 3');
    expect(json((await host.invoke({})).bytes)).toBe(1);
    expect(host.coldStarts()).toBe(2);
  });

  test('that runs out of time is stopped', async () => {
    const host = await hosted('export const handler = () => new Promise((resolve) => setTimeout(resolve, 60000));', { timeoutSeconds: 1 });
    await expect(host.invoke({})).rejects.toThrow('SIGKILL');
  });

  test('has events wait, or a further environment, while it is busy', async () => {
    const source = 'export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return process.pid; };';
    const pids = async (host: FunctionHost) => new Set((await Promise.all([1, 2, 3].map(() => host.invoke({})))).map(({ bytes }) => bytes.toString())).size;
    expect(await pids(await hosted(source))).toBe(1);
    expect(await pids(await hosted(source, {}, 3))).toBe(3);
  });

  test('that is closed fails what is under way and what waits, and begins nothing more', async () => {
    const host = await hosted('export const handler = (wait) => new Promise((resolve) => setTimeout(resolve, wait));');
    await host.invoke(0);
    const invocations = [60_000, 60_000].map((wait) => host.invoke(wait));
    const settled = Promise.allSettled(invocations);
    await host.close();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(host.invoke({})).rejects.toThrow('is closed');
    expect(host.coldStarts()).toBe(1);
  });

  test('takes no more than 6 MB and gives no more', async () => {
    const host = await hosted('export const handler = async ({ give }) => "x".repeat(give);');
    await expect(host.invoke({ give: 1, text: 'x'.repeat(6 * 1024 * 1024) })).rejects.toThrow('larger than 6 MB');
    await expect(host.invoke({ give: 6 * 1024 * 1024 })).rejects.toThrow('ResponseSizeTooLarge');
  });
});
