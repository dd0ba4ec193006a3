/** Many writers on few resources: no update is lost, and who is refused is told so. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '../../src/embedded/server.ts';

const writers = 200;
const resources = 10;
const json = { 'Content-Type': 'application/fhir+json' };

describe('two hundred concurrent writers on ten resources', () => {
  let server: RunningServer;
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'caldera-contention-'));
    server = await startServer({ dataDirectory: directory, port: 0, reportFault: ({ error }) => { throw error; } });
    for (let number = 0; number < resources; number += 1) expect((await put(number, 'first')).status).toBe(201);
  });

  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  function put(number: number, text: string, headers: Record<string, string> = {}): Promise<Response> {
    const body = JSON.stringify({ resourceType: 'Basic', id: `b${number}`, code: { text } });
    return fetch(`${server.baseUrl}/Basic/b${number}`, { method: 'PUT', headers: { ...json, ...headers }, body });
  }

  async function versionOf(number: number): Promise<number> {
    const { meta } = (await (await fetch(`${server.baseUrl}/Basic/b${number}`)).json()) as { meta: { versionId: string } };
    return Number(meta.versionId);
  }

  test('without a precondition, final versions equal accepted writes and the refused got 409', async () => {
    const before = await Promise.all(Array.from({ length: resources }, (_, number) => versionOf(number)));
    const answers = await Promise.all(Array.from({ length: writers }, (_, writer) => put(writer % resources, `writer ${writer}`)));
    expect(answers.filter(({ status }) => ![200, 409].includes(status))).toEqual([]);
    const texts = new Set<string>();
    for (let number = 0; number < resources; number += 1) {
      const accepted = answers.filter(({ status }, writer) => writer % resources === number && status === 200).length;
      expect(await versionOf(number)).toBe(before[number]! + accepted);
      const history = (await (await fetch(`${server.baseUrl}/Basic/b${number}/_history?_count=1000`)).json()) as { entry: { resource: { code: { text: string } } }[] };
      for (const { resource } of history.entry) texts.add(resource.code.text);
    }
    answers.forEach(({ status }, writer) => expect(texts.has(`writer ${writer}`)).toBe(status === 200));
  });

  test('with If-Match, one writer wins each version and the others get 412', async () => {
    const base = await Promise.all(Array.from({ length: resources }, (_, number) => versionOf(number)));
    const answers = await Promise.all(Array.from({ length: writers }, (_, writer) => {
      const number = writer % resources;
      return put(number, `matching ${writer}`, { 'If-Match': `W/"${base[number]}"` });
    }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(resources);
    expect(answers.filter(({ status }) => ![200, 409, 412].includes(status))).toEqual([]);
    for (let number = 0; number < resources; number += 1) expect(await versionOf(number)).toBe(base[number]! + 1);
  });

  test('incrementing by read and If-Match, every accepted increment counts', async () => {
    const accepted = await Promise.all(Array.from({ length: writers }, async (_, writer) => {
      const number = writer % resources;
      for (;;) {
        const read = (await (await fetch(`${server.baseUrl}/Basic/b${number}`)).json()) as { meta: { versionId: string }; code: { coding?: { code: string }[] } };
        const count = Number(read.code.coding?.[0]?.code ?? 0) + 1;
        const body = JSON.stringify({ resourceType: 'Basic', id: `b${number}`, code: { coding: [{ code: String(count) }] } });
        const answer = await fetch(`${server.baseUrl}/Basic/b${number}`, {
          method: 'PUT', headers: { ...json, 'If-Match': `W/"${read.meta.versionId}"` }, body,
        });
        if (answer.status === 200) return number;
        expect([409, 412]).toContain(answer.status);
      }
    }));
    for (let number = 0; number < resources; number += 1) {
      const read = (await (await fetch(`${server.baseUrl}/Basic/b${number}`)).json()) as { code: { coding: { code: string }[] } };
      expect(Number(read.code.coding[0]!.code)).toBe(accepted.filter((one) => one === number).length);
    }
  });
});
