/** The workflow restores a store to whatever moment its tables are given back at, and whatever it is cut off at. */
import { hash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import { createDatastore } from '../../../src/operations/datastore/create-datastore.ts';
import { deleteDatastore } from '../../../src/operations/datastore/delete-datastore.ts';
import { restoreDatastore } from '../../../src/operations/datastore/restore-datastore.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Item } from '../../../src/ports/ordered-table.ts';
import type { DatastoreVerb } from '../../../src/ports/workflow.ts';
import type { OpenDataStore } from '../../../src/store/open-data-store.ts';
import { FakeAccount } from './fake-account.ts';
import type { Fault } from './fake-account.ts';
import { openFakeStore, storeSecret } from './fake-contents.ts';
import { runWorkflow, stepsOver } from './run-workflow.ts';

const sourceId = 'a'.repeat(32);
const datastoreId = 'b'.repeat(32);
const point = 5_000;
let now = Date.UTC(2026, 0, 1);
const clock: Clock = { now: () => (now += 1), sleep: () => Promise.resolve() };

async function begin(account: FakeAccount, verb: DatastoreVerb, token: string): Promise<void> {
  const dependencies = { ...account.ports, clock, newSecret: () => storeSecret, backups: { window: async () => ({ enabled: 0, earliest: 0, latest: 9_000 }) } };
  if (verb === 'create') await createDatastore({ datastoreId: sourceId, name: 'Source', token }, dependencies);
  if (verb === 'restore') await restoreDatastore({ sourceId, point, datastoreId, token }, dependencies);
  if (verb === 'delete') await deleteDatastore({ datastoreId, token }, dependencies);
}

async function run(account: FakeAccount, verb: DatastoreVerb, token = 'first') {
  await begin(account, verb, token);
  const id = verb === 'create' ? sourceId : datastoreId;
  return runWorkflow(account, { verb, datastoreId: id, run: `${verb}-${id}-${token}` }, stepsOver(account, clock));
}

/** What the source's `resources` was after each write to it, and what had been acknowledged by then. */
interface Moment {
  readonly items: readonly Item[];
  readonly acknowledged: ReadonlyMap<string, string | undefined>;
}

/** Does not compress. */
const longText = Array.from({ length: 12_000 }, (_, index) => hash('sha256', String(index))).join('');
const patient = (id: string, family: string, text?: string) =>
  ({ resourceType: 'Patient', id, name: [{ family, ...(text === undefined ? {} : { text }) }] });

async function livedThrough(source: FakeAccount): Promise<readonly Moment[]> {
  const { resources, index, objects } = source.contents.of(sourceId);
  const moments: Moment[] = [];
  const acknowledged = new Map<string, string | undefined>();
  const noted = <Given extends unknown[], Answer>(write: (...given: Given) => Promise<Answer>) => async (...given: Given): Promise<Answer> => {
    const answer = await write(...given);
    moments.push({ items: resources.all(), acknowledged: new Map(acknowledged) });
    return answer;
  };
  const watched = { ...resources, put: noted(resources.put), delete: noted(resources.delete), batchWrite: noted(resources.batchWrite) };
  const store = openFakeStore({ resources: watched, index }, objects, clock);
  const content = { sizeBytes: 3, sha256: hash('sha256', 'abc', 'base64'), place: new TextEncoder().encode('abc') };
  const put = async (id: string, family: string, more: { text?: string; content?: typeof content } = {}): Promise<void> => {
    const { text, ...placed } = more;
    await store.write({ interaction: 'update', resource: patient(id, family, text), ...placed });
    acknowledged.set(id, family);
  };
  await put('one', 'Adams');
  await put('two', 'Brown', { content });
  await put('one', 'Clark');
  await store.transact([
    { interaction: 'update', resource: patient('one', 'Davis') }, { interaction: 'update', resource: patient('three', 'Davis'), content },
    { interaction: 'delete', type: 'Patient', id: 'two' },
  ], { transactionId: 'a-job' });
  for (const [id, family] of [['one', 'Davis'], ['three', 'Davis'], ['two', undefined]] as const) acknowledged.set(id, family);
  await put('two', 'Evans');
  await store.write({ interaction: 'delete', type: 'Patient', id: 'one' });
  acknowledged.set('one', undefined);
  await put('three', 'Foster', { text: longText });
  moments.push({ items: resources.all(), acknowledged });
  return moments;
}

let moments: readonly Moment[];
let source: FakeAccount;
beforeAll(async () => {
  source = new FakeAccount();
  moments = await livedThrough(source);
});

async function accountAt({ items }: Moment): Promise<FakeAccount> {
  const account = new FakeAccount();
  expect(await run(account, 'create')).toMatchObject({ succeeded: true });
  for (const [key, object] of source.contents.of(sourceId).objects) account.contents.of(sourceId).objects.set(key, object);
  account.contents.past = items;
  account.calls.length = 0;
  return account;
}

const restoredStore = (account: FakeAccount): OpenDataStore => {
  const { resources, index, objects } = account.contents.of(datastoreId);
  return openFakeStore({ resources, index }, objects, clock);
};
const families = ['Adams', 'Brown', 'Clark', 'Davis', 'Evans', 'Foster'];

async function familyOf(store: OpenDataStore, id: string): Promise<string | undefined> {
  const { json } = (await store.read('Patient', id)) ?? {};
  return json === undefined ? undefined : (JSON.parse(json) as ReturnType<typeof patient>).name[0]!.family;
}

async function found(store: OpenDataStore, parameters: readonly [string, string][]): Promise<readonly string[]> {
  const { matches } = await store.search(parseSearch('Patient', parameters, { baseUrl: 'http://store.example', searchParameters: baseParameters }), undefined);
  return matches.map(({ id }) => id).sort();
}

/** What the store holds, read by id; and that it is found so, and has nothing that is under way. */
async function holdings(account: FakeAccount): Promise<ReadonlyMap<string, string | undefined>> {
  const store = restoredStore(account);
  const held = new Map<string, string | undefined>();
  for (const id of ['one', 'two', 'three']) held.set(id, await familyOf(store, id));
  const idsOf = (family: string) => [...held].filter(([, one]) => one === family).map(([id]) => id).sort();
  for (const family of families) expect({ family, ids: await found(store, [['family', family]]) }).toEqual({ family, ids: idsOf(family) });
  expect(await found(store, [['_lastUpdated', 'gt2000']])).toEqual(families.flatMap(idsOf).sort());
  const items = account.contents.of(datastoreId).resources.all();
  expect(items.filter(({ pk, sk, attributes }) => pk.startsWith('bundles/') || (sk === '@' && attributes?.['bundle'] !== undefined))).toEqual([]);
  return held;
}

describe('a restored store', () => {
  test('holds at each moment all that was acknowledged by then, transactions whole, and is searched as it is read', async () => {
    expect(moments.length).toBeGreaterThan(20);
    for (const moment of moments) {
      const account = await accountAt(moment);
      expect(await run(account, 'restore')).toMatchObject({ succeeded: true });
      const held = await holdings(account);
      const before = moment.acknowledged;
      // What was under way may be there as a whole, or not at all.
      const isNext = moments.some((later) => [...held].every(([id, family]) => later.acknowledged.get(id) === family));
      const isAcknowledged = [...held].every(([id, family]) => before.get(id) === family);
      expect(isAcknowledged || isNext).toBe(true);
      expect(await account.ports.records.read(datastoreId)).toMatchObject({ status: 'ACTIVE', restored: { sourceId, point }, secret: storeSecret });
    }
  });

  test('has copies of the objects that its versions name, and no others', async () => {
    const account = await accountAt(moments.find(({ acknowledged }) => acknowledged.get('two') === 'Brown')!);
    account.contents.of(sourceId).objects.set('bodies/Patient/later', new Uint8Array(1));
    await run(account, 'restore');
    const { objects, jobs } = account.contents.of(datastoreId);
    expect(objects.size).toBe(1);
    expect([...objects.keys()]).toEqual([expect.stringMatching(/^contents\//)]);
    // How far it came is noted with the store, where its key protects the names.
    expect(jobs.all().map(({ pk, sk }) => [pk, sk])).toEqual([['restore', 'copy-objects'], ['restore', 'rebuild-index']]);
  });

  test('keeps its resources, their history and large bodies without its source', async () => {
    const account = await accountAt(moments.at(-1)!);
    await run(account, 'restore');
    account.contents.of(sourceId).objects.clear();
    expect(await familyOf(restoredStore(account), 'three')).toBe('Foster');
    const { versions } = await restoredStore(account).history({ type: 'Patient', id: 'one', count: 10 });
    expect(versions.map(({ versionId }) => versionId)).toEqual([4, 3, 2, 1]);
  });

  test('is refused where an object that a version names is gone', async () => {
    const account = await accountAt(moments.at(-1)!);
    account.contents.of(sourceId).objects.clear();
    expect(await run(account, 'restore')).toMatchObject({ succeeded: false });
    expect(await account.ports.records.read(datastoreId)).toMatchObject({
      status: 'CREATE_FAILED', errorCause: { message: expect.stringContaining('An object that a version names is missing') },
    });
  });
});

describe('restore, cut off anywhere', () => {
  const middle = (): Moment => moments.find(({ items }) => items.some(({ attributes }) => attributes?.['state'] === 'committed'))!;

  test.each(['refused', 'lost'] as const)('ends in the same store, whichever call is %s', async (kind) => {
    const undisturbed = await accountAt(middle());
    await run(undisturbed, 'restore');
    const expected = await holdings(undisturbed);
    const { calls } = undisturbed;
    for (let call = 1; call <= calls.length; call += 1) {
      const account = await accountAt(middle());
      const fault: Fault = { call, kind };
      account.faults = [fault];
      await begin(account, 'restore', 'again').catch(() => begin(account, 'restore', 'again'));
      const result = await runWorkflow(account, { verb: 'restore', datastoreId, run: `restore-${datastoreId}-again` }, stepsOver(account, clock));
      expect({ fault, result: result.succeeded }).toEqual({ fault, result: true });
      expect(await holdings(account)).toEqual(expected);
      expect(account.holdings(datastoreId)).toEqual(undisturbed.holdings(datastoreId));
    }
  });

  test.each(['restore-tables', 'copy-objects', 'settle-restored', 'rebuild-index', 'create-tables'] as const)(
    'when %s keeps failing: is CREATE_FAILED, and is taken up by the next, or deleted', async (state) => {
      const account = await accountAt(middle());
      const failing = { ...stepsOver(account, clock), [state]: async () => Promise.reject(Object.assign(new Error('No.'), { name: 'LimitExceededException' })) };
      await begin(account, 'restore', 'failing');
      await runWorkflow(account, { verb: 'restore', datastoreId, run: `restore-${datastoreId}-failing` }, failing);
      expect(await account.ports.records.read(datastoreId)).toMatchObject({ status: 'CREATE_FAILED', errorCause: { category: 'RETRYABLE_ERROR' } });
      expect(await run(account, 'restore', 'next')).toMatchObject({ succeeded: true });
      await holdings(account);
      expect(await run(account, 'delete', 'last')).toMatchObject({ succeeded: true });
      expect(account.holdings(datastoreId)).toMatchObject({ tables: {}, mappings: [], objects: 0 });
    },
  );

  test('goes by its own steps, and serves nobody before its index is whole', async () => {
    const { states } = await run(await accountAt(middle()), 'restore');
    expect(states).toEqual([
      'create-key', 'restore-tables', 'create-tables', 'protect-tables', 'check-objects', 'copy-objects', 'settle-restored', 'rebuild-index',
      'create-stream-mapping', 'preload-data', 'create-lake', 'record-active',
    ]);
  });
});
