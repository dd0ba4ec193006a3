/** What the conformance suite cannot cause from outside: writers that come between, and processes that die. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/machine/system-clock.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { parseJson } from '../../src/fhir/json.ts';
import { maxPatchAttempts, patch } from '../../src/operations/patch.ts';
import { runTransaction } from '../../src/operations/bundle/run-transaction.ts';
import type { OperationRequest } from '../../src/operations/operation.ts';
import type { DataStore } from '../../src/store/data-store.ts';
import { emptyDisk, platform, ProcessDied } from './bundle-platform.ts';
import type { Disk, Platform } from './bundle-platform.ts';
import { baseUrl, refusal } from './requests.ts';
import type { Answer } from './requests.ts';

const patient = { resourceType: 'Patient', id: 'p', active: true, identifier: [{ value: 'first' }] };
const appended = [{ op: 'add', path: '/identifier/-', value: { value: 'patched' } }];
/** Fits once: the second time there is nothing to remove. */
const once = [{ op: 'remove', path: '/active' }, ...appended];

const headers = { 'content-type': 'application/json-patch+json' };
const request: OperationRequest = { method: 'PATCH', baseUrl, path: { type: 'Patient', id: 'p' }, query: '', headers, caller: 'someone', body: JSON.stringify(appended) };

const binary = (operations: object[]): JsonObject => (
  { resourceType: 'Binary', contentType: headers['content-type'], data: Buffer.from(JSON.stringify(operations)).toString('base64') }
);
const entryOf = (operations: object[], more: JsonObject = {}): JsonObject => ({ resource: binary(operations), request: { method: 'PATCH', url: 'Patient/p', ...more } });
const bundleOf = (type: string, ...entry: JsonObject[]): JsonObject => ({ resourceType: 'Bundle', type, entry });
const values = ({ resource }: Answer): unknown[] => (resource['identifier'] as JsonObject[]).map(({ value }) => value);

let disk: Disk;
let server: Platform;
beforeEach(async () => {
  disk = emptyDisk();
  server = platform(disk);
  await server.send('PUT', '/Patient/p', { body: patient });
});

/** Another writer comes before each of the first so many writes. */
function contended(store: DataStore, times: number): DataStore {
  let left = times;
  const between = async (): Promise<void> => {
    if (left-- <= 0) return;
    const current = await store.read('Patient', 'p');
    const resource = parseJson(current?.json ?? '') as typeof patient & JsonObject;
    await store.write({ interaction: 'update', resource: { ...resource, identifier: [...resource.identifier, { value: `other ${left}` }] } });
  };
  return {
    ...store,
    write: async (...sent) => {
      await between();
      return store.write(...sent);
    },
    transact: async (...sent) => {
      await between();
      return store.transact(...sent);
    },
  };
}

describe('a patch', () => {
  test('is applied to what another writer wrote who came between', async () => {
    const { status, json } = await patch({ store: contended(server.store, 2) })(request);
    expect(status).toBe(200);
    expect((parseJson(json ?? '') as typeof patient).identifier.map(({ value }) => value)).toEqual(['first', 'other 1', 'other 0', 'patched']);
  });

  test('gives up after a bounded number of times', async () => {
    await expect(patch({ store: contended(server.store, maxPatchAttempts) })(request)).rejects.toMatchObject({ status: 409, issues: [{ code: 'conflict' }] });
    expect(values(await server.send('GET', '/Patient/p'))).not.toContain('patched');
  });

  test('of a version that the client names is 412 when another writer comes between', async () => {
    const sent = { ...request, headers: { ...headers, 'if-match': 'W/"1"' } };
    await expect(patch({ store: contended(server.store, 1) })(sent)).rejects.toMatchObject({ status: 412 });
  });

  test('cannot make a resource larger than any body may be', async () => {
    const value = 'x'.repeat(1024 * 1024);
    const body = JSON.stringify([{ op: 'add', path: '/text', value: { status: 'empty', div: value } }, ...[1, 2, 3, 4, 5].map((place) => ({ op: 'copy', from: '/text', path: `/copy${place}` }))]);
    expect((await server.send('PATCH', '/Patient/p', { headers, body })).status).toBe(413);
  });

  test('cannot tag a stored resource as a subset of itself', async () => {
    const body = JSON.stringify([{ op: 'add', path: '/meta/tag', value: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }] }]);
    expect(refusal(await server.send('PATCH', '/Patient/p', { headers, body }))).toMatchObject({ status: 422, expressions: ['Patient.meta.tag'] });
  });
});

describe('a transaction', () => {
  const send = (...entry: JsonObject[]): Promise<Answer> => server.send('POST', '/', { body: bundleOf('transaction', ...entry) });

  test('patches with all else that it writes, and links what it creates', async () => {
    const fullUrl = 'urn:uuid:0b1f0c6e-51f8-4c4a-9f1b-0a4d5a4f2f11';
    const link = [{ op: 'add', path: '/managingOrganization', value: { reference: fullUrl } }];
    const answer = await send(
      { fullUrl, resource: { resourceType: 'Organization', name: 'One' }, request: { method: 'POST', url: 'Organization' } },
      entryOf([...link, ...appended]),
    );
    expect(answer.status).toBe(200);
    const [{ response: created }, { response: patched }] = answer.resource['entry'] as unknown as { response: JsonObject }[] as [{ response: JsonObject }, { response: JsonObject }];
    expect(patched).toMatchObject({ status: '200', etag: 'W/"2"', location: 'Patient/p/_history/2' });
    const { resource } = await server.send('GET', '/Patient/p');
    expect(created['location']).toBe(`${(resource['managingOrganization'] as JsonObject)['reference'] as string}/_history/1`);
  });

  test('takes Parameters too', async () => {
    const parameter = [{ name: 'operation', part: [{ name: 'type', valueCode: 'delete' }, { name: 'path', valueString: 'Patient.active' }] }];
    expect((await send({ resource: { resourceType: 'Parameters', parameter }, request: { method: 'PATCH', url: 'Patient/p' } })).status).toBe(200);
    expect((await server.send('GET', '/Patient/p')).resource['active']).toBeUndefined();
  });

  const other: JsonObject = { resource: { resourceType: 'Patient', id: 'q' }, request: { method: 'PUT', url: 'Patient/q' } };

  test.each<[string, JsonObject, number, string]>([
    ['fits not', entryOf([{ op: 'test', path: '/active', value: false }]), 422, 'Bundle.entry[1].request'],
    ['leaves an invalid resource', entryOf([{ op: 'add', path: '/gender', value: 'robot' }]), 400, 'Bundle.entry[1].request'],
    ['is of another version', entryOf(appended, { ifMatch: 'W/"7"' }), 412, 'Bundle.entry[1].request'],
    ['is of nothing', { ...entryOf(appended), request: { method: 'PATCH', url: 'Patient/none' } }, 404, 'Bundle.entry[1].request'],
    ['is none', entryOf([{ op: 'none' }]), 400, 'Bundle.entry[1].resource'],
    ['names an id and criteria', entryOf(appended, { url: 'Patient/p?identifier=first' }), 400, 'Bundle.entry[1].request.url'],
    ['has criteria that are empty', entryOf(appended, { url: 'Patient' }), 400, 'Bundle.entry[1].request.url'],
    ['has criteria that are not understood', entryOf(appended, { url: 'Patient?colour=first' }), 400, 'Bundle.entry[1].request.url'],
    ['has criteria that find nothing', entryOf(appended, { url: 'Patient?identifier=second' }), 404, 'Bundle.entry[1].request.url'],
    ['has criteria that only the transaction itself satisfies', entryOf(appended, { url: 'Patient?_id=q' }), 404, 'Bundle.entry[1].request.url'],
    ['by criteria fits not', entryOf([{ op: 'test', path: '/active', value: false }], { url: 'Patient?identifier=first' }), 422, 'Bundle.entry[1].request'],
    ['by criteria is of another version', entryOf(appended, { url: 'Patient?identifier=first', ifMatch: 'W/"7"' }), 412, 'Bundle.entry[1].request.url'],
    ['is under a condition that has no meaning', entryOf(appended, { ifNoneMatch: '*' }), 400, 'Bundle.entry[1].request.ifNoneMatch'],
  ])('writes nothing where a patch %s', async (_reason, entry, status, expression) => {
    expect(refusal(await send(other, entry))).toMatchObject({ status, expressions: [expression] });
    expect((await server.send('GET', '/Patient/q')).status).toBe(404);
    expect(values(await server.send('GET', '/Patient/p'))).toEqual(['first']);
  });

  test('tells which element a patch leaves invalid, or under minimal validation lets pass', async () => {
    const nonsense = entryOf([{ op: 'add', path: '/gender', value: 'robot' }]);
    const { resource: refused } = await send(nonsense);
    expect((refused['issue'] as JsonObject[])[0]?.['diagnostics']).toMatch(/^Entry 0: .*\(Patient\.gender\)$/);
    const minimal = { 'x-amzn-healthlake-fhir-validation-level': 'minimal' };
    const { status, resource } = await server.send('POST', '/', { body: bundleOf('transaction', nonsense), headers: minimal });
    const [entry] = resource['entry'] as JsonObject[];
    expect([status, entry?.['response']]).toMatchObject([200, { status: '200', outcome: { issue: [{ expression: ['Bundle.entry[0].request'] }] } }]);
  });

  const run = (store: DataStore, bundle: JsonObject): Promise<string> =>
    runTransaction(bundle, { request: { ...request, method: 'POST', headers: {} }, store, clock: systemClock, dispatchOver: () => async () => ({ status: 204, headers: {} }), newId: (index) => `new-${index}` });

  test('is done again, all of it, when another writer comes between a patch’s read and the commit', async () => {
    await run(contended(server.store, 2), bundleOf('transaction', other, entryOf(appended)));
    expect(values(await server.send('GET', '/Patient/p'))).toEqual(['first', 'other 1', 'other 0', 'patched']);
    expect((await server.send('GET', '/Patient/q')).headers['ETag']).toBe('W/"1"');
  });

  test('resolves the criteria of its patches again when another writer comes between', async () => {
    const byCriteria = entryOf(appended, { url: 'Patient?active=true' });
    await server.send('PUT', '/Patient/r', { body: { ...patient, id: 'r', active: false, identifier: [{ value: 'second' }] } });
    let turned = false;
    const turning: DataStore = {
      ...server.store,
      transact: async (...sent) => {
        if (!turned) {
          turned = true;
          await server.send('PUT', '/Patient/p', { body: { ...patient, active: false } });
          await server.send('PUT', '/Patient/r', { body: { ...patient, id: 'r', identifier: [{ value: 'second' }] } });
        }
        return server.store.transact(...sent);
      },
    };
    await run(turning, bundleOf('transaction', other, byCriteria));
    expect(values(await server.send('GET', '/Patient/p'))).toEqual(['first']);
    expect(values(await server.send('GET', '/Patient/r'))).toEqual(['second', 'patched']);
  });

  test('refuses two patches, or a patch and another write, of what turns out to be the same resource', async () => {
    const byCriteria = entryOf(appended, { url: 'Patient?identifier=first' });
    for (const again of [byCriteria, entryOf(appended), { request: { method: 'DELETE', url: 'Patient/p' } }]) {
      expect(refusal(await send(other, byCriteria, again)).status).toBe(400);
    }
    expect(values(await server.send('GET', '/Patient/p'))).toEqual(['first']);
    expect((await server.send('GET', '/Patient/q')).status).toBe(404);
  });

  test('gives up after a bounded number of times, and at once for a version that the client names', async () => {
    await expect(run(contended(server.store, maxPatchAttempts), bundleOf('transaction', other, entryOf(appended)))).rejects.toMatchObject({ status: 409 });
    const { headers: { ETag: ifMatch } } = await server.send('GET', '/Patient/p');
    await expect(run(contended(server.store, 1), bundleOf('transaction', other, entryOf(appended, { ifMatch: ifMatch! })))).rejects.toMatchObject({ status: 412 });
    expect((await server.send('GET', '/Patient/q')).status).toBe(404);
  });
});

function unlessDied(error: unknown): void {
  if (!(error instanceof ProcessDied)) throw error;
}

describe('a job', () => {
  // What `once` patches satisfies these criteria no more.
  const byCriteria = { url: 'Patient?active=true&identifier=first' };

  test.each([
    ['batch', {}], ['transaction', {}], ['batch', byCriteria], ['transaction', byCriteria],
  ])('that dies at any moment applies its patches once: %s, %p', async (type, target) => {
    for (let left = 1; ; left++) {
      disk = emptyDisk();
      server = platform(disk);
      await server.send('PUT', '/Patient/p', { body: patient });
      const { headers: answered } = await server.send('POST', '/', { body: bundleOf(type, entryOf(once, target)), headers: { prefer: 'respond-async' } });
      const location = (answered['Content-Location'] ?? '').slice(baseUrl.length);
      const id = location.slice('/Transaction/'.length);
      const fuse = { left };
      await platform(disk, fuse).runner.run(id).catch(unlessDied);
      const survived = fuse.left >= 0;
      // An intent of the process that died stands for a while.
      disk.time.now += 60_000;
      await platform(disk).runner.run(id);
      const { resource } = await server.send('GET', location);
      const [entry] = resource['entry'] as JsonObject[];
      expect([left, entry?.['response']]).toMatchObject([left, { status: '200', etag: 'W/"2"' }]);
      expect(values(await server.send('GET', '/Patient/p'))).toEqual(['first', 'patched']);
      // Nothing is kept of a job that is done.
      expect([await server.store.transacted(id), await server.store.transacted(`${id}#0`)]).toEqual([undefined, undefined]);
      if (survived) break;
    }
  });
});
