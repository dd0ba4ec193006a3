/** Where a runtime has no time for every bundle while its client waits, larger ones are asked to be sent as jobs. */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../src/fhir/outcome.ts';
import { processBundle } from '../../src/operations/process-bundle.ts';
import { emptyDisk, platform } from './bundle-platform.ts';
import { baseUrl } from './requests.ts';

const limits = { maxEntries: 3, maxBytes: 1000 };

function setting() {
  const disk = emptyDisk();
  const { store } = platform(disk);
  const woken: string[] = [];
  const operation = processBundle({
    store,
    jobs: disk.jobs,
    objects: { put: async (key, body) => void disk.objects.set(key, body), get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) },
    clock: { now: () => disk.time.now, sleep: async () => {} },
    ids: { uuid: () => `uuid-${disk.objects.size}`, writeId: () => '', rev: () => '' },
    dispatchOver: () => async () => ({ status: 204, headers: {} }),
    wake: async (jobId) => void woken.push(jobId),
    atOnce: limits,
  });
  const send = async (body: unknown, headers: Record<string, string> = {}) => {
    const request = { method: 'POST', baseUrl, path: {}, query: '', caller: 'someone', body: JSON.stringify(body) };
    try {
      return await operation({ ...request, headers: { 'content-type': 'application/fhir+json', ...headers } });
    } catch (error) {
      if (error instanceof FhirError) return { status: error.status, json: error.message };
      throw error;
    }
  };
  return { send, woken };
}

const remove = (id: string) => ({ request: { method: 'DELETE', url: `Patient/${id}` } });
const bundle = (type: string, count: number, padding = '') => ({
  resourceType: 'Bundle', type, ...(padding === '' ? {} : { id: 'x', language: padding }), entry: Array.from({ length: count }, (_, place) => remove(String(place))),
});

describe.each(['batch', 'transaction'])('a %s', (type) => {
  test('within the limits is processed', async () => {
    expect((await setting().send(bundle(type, 2))).status).toBe(200);
  });

  test('of more entries is refused, with what to do instead', async () => {
    const { status, json } = await setting().send(bundle(type, 4));
    expect(status).toBe(422);
    expect(json).toMatch(/more than 3 entries.*Prefer: respond-async/);
  });

  test('of more bytes is refused before it is read', async () => {
    const { status, json } = await setting().send(bundle(type, 1, 'x'.repeat(1000)));
    expect(status).toBe(413);
    expect(json).toContain('Prefer: respond-async');
  });

  test('is taken as a job whatever its size, and the job is told of', async () => {
    const { send, woken } = setting();
    const { status } = await send(bundle(type, 4), { prefer: 'respond-async' });
    expect(status).toBe(202);
    expect(woken).toEqual(['uuid-0']);
  });
});
