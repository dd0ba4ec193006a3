/** What is deployed: the size of every bundle, what is in it, and how it behaves in Lambda's runtime. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunctions, maxBundleBytes } from '../../scripts/bundle-functions.ts';
import type { BundledFunction } from '../../scripts/bundle-functions.ts';
import { functions } from '../../src/aws/functions.ts';
import { environment } from '../../src/aws/names.ts';
import { datastoreId, gatewayEvent } from '../aws/gateway-events.ts';
import type { GatewayAsked } from '../aws/gateway-events.ts';
import { functionHost } from './lambda/function-host.ts';
import type { FunctionHost } from './lambda/function-host.ts';

let bundles: readonly BundledFunction[];
const names = functions.map(({ name }) => name);
/** Clients wait for these to start. */
const waitedFor = functions.filter(({ routes }) => routes.length > 0).map(({ name }) => name);
const bundleOf = (name: string) => bundles.find((bundle) => bundle.name === name)!;

let folder: string;

/** Ten seconds, and more on a machine that has other work. */
const bundlingMs = 300_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caldera-bundles-'));
  bundles = await bundleFunctions(functions, join(folder, 'functions'));
}, bundlingMs);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('every bundle', () => {
  test.each(names)('is small enough for a quick cold start: %s', (name) => {
    expect(bundleOf(name).sizeBytes).toBeLessThanOrEqual(maxBundleBytes);
  });

  test.each(names)('has the product in it and nothing of tests, scripts, stacks or the embedded runtime: %s', (name) => {
    // DuckDB lies in a layer; what stands for it in a bundle only asks for it there.
    const foreign = Object.keys(bundleOf(name).inputs).filter((file) => !/^(?:(?:src|lambdas|node_modules)\/|duckdb-of-layer:@duckdb\/node-api$)/.test(file) || file.startsWith('src/embedded/'));
    expect(foreign).toEqual([]);
  });

  test('knows the commands that it sends to AWS, and none of the hundreds that nobody sends', () => {
    const code = readFileSync(bundleOf('read').file, 'utf8');
    expect(code).toContain('x-id=GetObject');
    expect(code).not.toContain('PutBucketLifecycle');
  });

  // Printed, not held: absolute times move between machines. The aim is 150 ms.
  test('is loaded, and its time printed', () => {
    const lines = waitedFor.map((name) => `${name.padEnd(28)} ${String(Math.ceil(bundleOf(name).sizeBytes / 1024)).padStart(5)} kB ${String(loadMs(bundleOf(name).file)).padStart(5)} ms`);
    process.stdout.write(`Bundles and the time that loading them takes here:\n${lines.join('\n')}\n`);
    expect(lines).toHaveLength(waitedFor.length);
  });
});

/** In a process of its own, that has nothing loaded yet. */
function loadMs(file: string): number {
  const script = `
    globalThis.awslambda = { streamifyResponse: (handler) => handler };
    const began = performance.now();
    const { handler } = await import(${JSON.stringify(file)});
    if (typeof handler !== 'function') throw new Error('There is no handler.');
    process.stdout.write(String(Math.round(performance.now() - began)));
    process.exit(0);`;
  const variables = Object.fromEntries(Object.values(environment).map((variable) => [variable, 'https://probe']));
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...variables, AWS_REGION: 'eu-central-1' } }));
}

describe('definitions are where they are needed and nowhere else:', () => {
  const extraction = 'src/fhir/definitions/search-extraction.mjs';
  const validation = 'src/fhir/validate/structure.ts';
  const clients = (name: string) => Object.keys(bundleOf(name).inputs).flatMap((file) => /@aws-sdk\/client-([a-z0-9]+)\/dist/.exec(file)?.[1] ?? []);

  test.each([
    ['read', [extraction, validation]],
    ['vread', [extraction, validation]],
    ['history-instance', [extraction, validation]],
    ['history-type', [extraction, validation]],
    ['history-system', [extraction, validation]],
    ['transaction-status', [extraction, validation]],
    ['capabilities', [extraction, validation]],
    ['unrouted', [extraction, validation]],
    ['search-type', [validation]],
    ['search-system', [validation]],
    ['search-compartment', [validation]],
    ['everything', [validation]],
    ['delete', [validation]],
  ])('%s has none of %j', (name, absent) => {
    const { inputs } = bundleOf(name);
    expect(absent.filter((file) => file in inputs)).toEqual([]);
  });

  test.each([['search-type', ['terminology.mjs']], ['read', []], ['extract-note', ['unpdf.mjs']], ['de-identify', ['unpdf.mjs']], ['read-note', []]])('%s has %j beside it, read when a request asks for it', (name, beside) => {
    const { file, inputs, ...bundle } = bundleOf(name);
    expect(bundle.beside).toEqual(beside);
    expect(readdirSync(dirname(file)).sort()).toEqual(['index.mjs', ...beside]);
    expect(inputs).not.toHaveProperty(['src/fhir/definitions/terminology.mjs']);
  });

  test.each([
    ['read', ['dynamodb', 's3']],
    ['capabilities', ['dynamodb']],
    ['search-type', ['dynamodb', 's3', 'sqs']],
    ['search-system', ['dynamodb', 's3', 'sqs']],
    ['search-compartment', ['dynamodb', 's3', 'sqs']],
    ['everything', ['dynamodb', 's3', 'sqs']],
    ['enrich-notes', ['dynamodb', 'sfn', 'sqs']],
    ['extract-note', ['dynamodb', 's3']],
    ['read-note', ['comprehendmedical', 's3']],
    ['settle-note', ['dynamodb', 's3']],
    ['unrouted', []],
  ])('%s brings the clients of what it calls: %j', (name, expected) => {
    expect([...new Set(clients(name))].sort()).toEqual(expected);
  });
});

describe('in the runtime', () => {
  const hosts: FunctionHost[] = [];
  let table: Server;
  /** What DynamoDB answers a GetItem of that key; undefined for a failure that nobody foresaw. */
  let itemOf: (tableName: string, key: string) => object | undefined = () => ({});
  const delay = { ms: 0 };

  beforeAll(async () => {
    table = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('end', () => {
        const { TableName, Key } = JSON.parse(Buffer.concat(chunks).toString()) as { TableName: string; Key: { sk: { S: string } } };
        const found = itemOf(TableName, Key.sk.S);
        const answer = found ?? { __type: 'com.amazon.coral.validate#ValidationException', message: 'One or more parameter values of Jane Doe were invalid' };
        response.writeHead(found === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
        setTimeout(() => response.end(JSON.stringify(answer)), delay.ms).unref();
      });
    });
    await new Promise<void>((resolve) => table.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => table.close(resolve)));
  afterEach(async () => {
    delay.ms = 0;
    for (const host of hosts.splice(0)) await host.close();
  });

  const variables = { [environment.deployment]: 'caldera', [environment.objectsBucket]: 'objects', [environment.metrics]: 'off' };

  function hosted(name: string, changes: { timeoutSeconds?: number; environment?: Record<string, string> } = {}): FunctionHost {
    const settings = { name, arn: `arn:aws:lambda:eu-central-1:1:function:${name}`, code: dirname(bundleOf(name).file), handler: 'index.handler' };
    const endpoint = `http://127.0.0.1:${(table.address() as AddressInfo).port}`;
    const options = { region: 'eu-central-1', endpoint, accessKeyId: 'ASIAPROBE', maxEnvironments: 1 };
    const host = functionHost({ ...settings, memoryMb: 1024, timeoutSeconds: 10, environment: variables, ...changes }, options);
    hosts.push(host);
    return host;
  }

  async function answerOf(host: FunctionHost, asked: GatewayAsked) {
    const { streamed, bytes } = await host.invoke(gatewayEvent(asked));
    const end = bytes.indexOf(Buffer.alloc(8));
    const { statusCode, headers } = JSON.parse(bytes.subarray(0, end).toString()) as { statusCode: number; headers: Record<string, string> };
    const body = bytes.subarray(end + 8).toString();
    return { streamed, statusCode, headers, body, resource: body === '' ? undefined : (JSON.parse(body) as Record<string, unknown>) };
  }

  const active = { Item: { pk: { S: 'datastores' }, sk: { S: datastoreId }, _name: { S: 'default' }, _created: { N: '1' }, _status: { S: 'ACTIVE' }, body: { B: Buffer.alloc(32).toString('base64') } } };

  test('a resource is streamed, with status and headers before it', async () => {
    const json = JSON.stringify({ resourceType: 'Patient', id: '1', name: [{ family: 'x'.repeat(40_000) }] });
    const stored = {
      pk: { S: 'Patient/1' }, sk: { S: '@' }, _rev: { S: 'r' }, _version: { N: '1' }, _updated: { N: '1700000000000' }, _created: { N: '1700000000000' },
      _interaction: { S: 'create' }, _write: { S: 'w' }, _generation: { N: '1' }, body: { B: Buffer.concat([Buffer.of(0), Buffer.from(json)]).toString('base64') },
    };
    itemOf = (tableName) => (tableName === 'caldera-control' ? active : { Item: stored });
    const { streamed, statusCode, headers, body } = await answerOf(hosted('read'), {});
    expect([streamed, statusCode, headers['ETag']]).toEqual([true, 200, 'W/"1"']);
    expect(body).toBe(json);
  });

  test('the record of a data store is read once for many requests', async () => {
    const asked: string[] = [];
    itemOf = (tableName) => {
      asked.push(tableName);
      return tableName === 'caldera-control' ? active : {};
    };
    const host = hosted('read');
    expect((await answerOf(host, {})).statusCode).toBe(404);
    expect((await answerOf(host, {})).statusCode).toBe(404);
    expect(asked).toEqual(['caldera-control', `caldera-${datastoreId}-resources`, `caldera-${datastoreId}-resources`]);
  });

  test('an answer without a body is streamed too', async () => {
    itemOf = (tableName) => (tableName === 'caldera-control' ? active : {});
    const { statusCode, body } = await answerOf(hosted('read'), { method: 'HEAD' });
    expect([statusCode, body]).toEqual([404, '']);
  });

  test('a fault is one line of JSON in the log, with its place, and nothing of what it was about', async () => {
    itemOf = (tableName) => (tableName === 'caldera-control' ? active : undefined);
    const host = hosted('read');
    const { statusCode, body } = await answerOf(host, { path: '/Patient/jane-doe-1970' });
    expect(statusCode).toBe(500);
    const [line, ...more] = host.output().trim().split('\n');
    const logged = JSON.parse(line!) as Record<string, unknown>;
    expect(more).toEqual([]);
    expect(logged).toMatchObject({ level: 'ERROR', event: 'fault', error: 'ValidationException', requestId: expect.any(String), frames: expect.any(Array) });
    expect(body).toContain(logged['fault']);
    expect(host.output()).not.toMatch(/jane|Jane|1970/);
  });

  test('requests that are answered leave nothing in the log', async () => {
    itemOf = (tableName) => (tableName === 'caldera-control' ? active : {});
    const host = hosted('read');
    await answerOf(host, { path: '/Patient/jane-doe-1970' });
    expect(host.output()).toBe('');
  });

  test('where metrics are asked for, requests leave a line of them, and nothing else', async () => {
    itemOf = (tableName) => (tableName === 'caldera-control' ? active : {});
    const host = hosted('read', { environment: { ...variables, [environment.metrics]: 'on' } });
    await answerOf(host, { path: '/Patient/jane-doe-1970' });
    const [line, ...more] = host.output().trim().split('\n');
    expect(more).toEqual([]);
    expect(JSON.parse(line!)).toMatchObject({ Operation: 'ReadResource', DatastoreId: datastoreId, CallCount: 1, UserErrors: 1, Latency: expect.any(Number) });
    expect(line).not.toMatch(/jane|1970/);
  });

  test('a request that takes too long is answered before it is cut off', async () => {
    itemOf = () => active;
    delay.ms = 3000;
    const { statusCode, resource } = await answerOf(hosted('read', { timeoutSeconds: 1 }), {});
    expect(statusCode).toBe(504);
    expect(resource).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'timeout' }] });
  });

  test('a missing variable fails the start, with its name', async () => {
    const { [environment.objectsBucket]: _bucket, ...rest } = variables;
    await expect(hosted('read', { environment: rest }).invoke(gatewayEvent())).rejects.toThrow(environment.objectsBucket);
  });

  test('paths and methods that no operation has are answered without a look at any table', async () => {
    const { statusCode, headers } = await answerOf(hosted('unrouted', { environment: {} }), { method: 'POST' });
    expect([statusCode, headers['Allow']]).toEqual([405, 'GET, HEAD, PUT, PATCH, DELETE']);
  });
});
