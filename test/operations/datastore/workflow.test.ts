import { describe, expect, test } from '@jest/globals';
import { workflowSteps } from '../../../lib/datastore/definition.ts';
import { createDatastore } from '../../../src/operations/datastore/create-datastore.ts';
import { deleteDatastore } from '../../../src/operations/datastore/delete-datastore.ts';
import type { DatastoreSettings } from '../../../src/operations/datastore/datastore-configuration.ts';
import { updateDatastore } from '../../../src/operations/datastore/update-datastore.ts';
import type { DatastoreVerb } from '../../../src/ports/workflow.ts';
import { FakeAccount } from './fake-account.ts';
import type { Fault } from './fake-account.ts';
import { runWorkflow, stepsOver } from './run-workflow.ts';
import type { Steps } from './run-workflow.ts';

const datastoreId = 'a'.repeat(32);
const clock = { now: () => 1_000, sleep: async () => {} };
const warmThroughput = { readUnits: 15_000, writeUnits: 5_000 };
const throughputLimit = { readUnits: 40_000 };

interface Beginning {
  readonly token?: string;
  readonly settings?: DatastoreSettings;
}

async function begin(account: FakeAccount, verb: DatastoreVerb, { token = 'first', settings = {} }: Beginning = {}): Promise<void> {
  const dependencies = { ...account.ports, clock, newSecret: () => new Uint8Array(32).fill(1) };
  if (verb === 'create') await createDatastore({ datastoreId, name: 'One', token, warmThroughput, throughputLimit, settings }, dependencies);
  if (verb === 'update') await updateDatastore({ datastoreId, name: 'Other', token }, dependencies);
  if (verb === 'delete') await deleteDatastore({ datastoreId, token }, dependencies);
}

async function run(account: FakeAccount, verb: DatastoreVerb, options: Beginning & { readonly steps?: Steps } = {}) {
  const { token = 'first', settings, steps = stepsOver(account, clock) } = options;
  await begin(account, verb, { token, ...(settings && { settings }) });
  return runWorkflow(account, { verb, datastoreId, run: `${verb}-${datastoreId}-${token}` }, steps);
}

async function withStore(): Promise<FakeAccount> {
  const account = new FakeAccount();
  expect(await run(account, 'create')).toMatchObject({ succeeded: true });
  account.objects.set(datastoreId, 2_500);
  account.calls.length = 0;
  return account;
}

const record = (account: FakeAccount) => account.ports.records.read(datastoreId);

const table = { state: 'active', stream: false, warmth: warmThroughput, limit: throughputLimit, underItsKey: true, deletionProtected: true, recoverable: true };
const madeStore = {
  aliasNamesAKey: true,
  keys: [{ rotates: true, deleting: false }],
  tables: { '-resources': { ...table, stream: true }, '-index': table, '-jobs': table },
  mappings: [{ state: 'enabled', current: true }],
  catalogUnderItsKey: true,
};
const removedStore = { aliasNamesAKey: false, keys: [{ rotates: true, deleting: true }], tables: {}, mappings: [], objects: 0 };

/** Calls of a run that nothing disturbs. */
async function callsOf(make: () => Promise<FakeAccount>, verb: DatastoreVerb): Promise<number> {
  const account = await make();
  await run(account, verb, { token: 'undisturbed' });
  return account.calls.length;
}

describe('the workflow of data stores', () => {
  test('makes a store of three protected tables under a key of its own, whose changes flow before it is ACTIVE', async () => {
    const account = new FakeAccount();
    const steps = stepsOver(account, clock);
    const activate = steps['record-active'];
    let mappingsAtActivation: unknown;
    steps['record-active'] = async (input) => {
      mappingsAtActivation = account.holdings(datastoreId).mappings;
      return activate(input);
    };
    const { succeeded, states } = await run(account, 'create', { steps });
    expect(succeeded).toBe(true);
    expect(states).toEqual(['create-key', 'create-tables', 'protect-tables', 'check-objects', 'create-stream-mapping', 'preload-data', 'create-lake', 'record-active']);
    expect(mappingsAtActivation).toEqual([{ state: 'enabled', current: true }]);
    expect(account.holdings(datastoreId)).toMatchObject(madeStore);
    expect(await record(account)).toMatchObject({ name: 'One', status: 'ACTIVE', created: 1_000 });
  });

  test('deletes a store with all its objects, and leaves its key to its waiting time', async () => {
    const account = await withStore();
    const { succeeded, states } = await run(account, 'delete');
    expect(succeeded).toBe(true);
    expect(states).toEqual(['unprotect-tables', 'delete-stream-mapping', 'delete-lake', 'delete-tables', 'delete-objects', 'delete-key', 'record-deleted']);
    expect(account.holdings(datastoreId)).toEqual(removedStore);
    expect(await record(account)).toMatchObject({ status: 'DELETED' });
  });

  test('an update brings an older store to the settings of this version', async () => {
    const account = await withStore();
    for (const mapping of account.mappings.values()) mapping.current = false;
    for (const one of account.tables.values()) Object.assign(one, { deletionProtected: false, recoverable: false, settings: { ...one.settings, stream: false } });
    expect(await run(account, 'update')).toMatchObject({ succeeded: true });
    expect(account.holdings(datastoreId)).toMatchObject(madeStore);
    expect(await record(account)).toMatchObject({ status: 'ACTIVE', name: 'Other' });
  });

  test('a store that was deleted can be made again under its id, with a key of its own', async () => {
    const account = await withStore();
    await run(account, 'delete');
    expect(await run(account, 'create', { token: 'second' })).toMatchObject({ succeeded: true });
    expect(account.holdings(datastoreId)).toMatchObject({ ...madeStore, keys: [{ deleting: true }, { rotates: true, deleting: false }] });
  });

  test('makes a store under a key that its owner offers, and leaves the key alone when the store goes', async () => {
    const account = new FakeAccount();
    const settings = { configuration: { SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: 'mine' } } } };
    account.keys.set('mine', { datastoreId: 'offered', rotates: false, deleting: false });
    for (const token of ['first', 'second']) {
      expect(await run(account, 'create', { token, settings })).toMatchObject({ succeeded: true });
      expect(await run(account, 'update', { token })).toMatchObject({ succeeded: true });
      expect(account.holdings(datastoreId)).toMatchObject({ ...madeStore, keys: [] });
      expect(await run(account, 'delete', { token })).toMatchObject({ succeeded: true });
      expect(account.holdings(datastoreId)).toEqual({ ...removedStore, keys: [] });
    }
    expect(account.keys).toEqual(new Map([['mine', { datastoreId: 'offered', rotates: false, deleting: false }]]));
  });

  test('makes no store under a key that nobody offers, and says why', async () => {
    const account = new FakeAccount();
    const settings = { configuration: { SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: 'other' } } } };
    expect(await run(account, 'create', { settings })).toMatchObject({ succeeded: false });
    expect(await record(account)).toMatchObject({ status: 'CREATE_FAILED', errorCause: { message: expect.stringContaining('KeyUnusable'), category: 'NON_RETRYABLE_ERROR' } });
    expect(account.holdings(datastoreId)).toMatchObject({ keys: [], tables: {} });
  });

  test.each([
    ['ENABLED', 'follow', true], ['ENABLING', 'follow', true], ['PAUSING', 'pause', true], ['PAUSED', 'pause', true], ['DISABLING', 'remove', undefined], ['DISABLED', 'remove', undefined],
  ])('a store whose analytics are %s has its lake %s', async (Status, said, catalogUnderItsKey) => {
    const account = new FakeAccount();
    await run(account, 'create', { settings: { configuration: { AnalyticsConfiguration: { Status } } } });
    expect(account.lakes.get(datastoreId)).toBe(said);
    expect(account.holdings(datastoreId).catalogUnderItsKey).toBe(catalogUnderItsKey);
  });

  test('has a state for every step, and no other task', () => {
    expect(Object.keys(stepsOver(new FakeAccount(), clock)).sort()).toEqual([...workflowSteps].sort());
  });
});

describe.each([
  { verb: 'create' as const, make: async () => new FakeAccount(), made: madeStore, status: 'ACTIVE' },
  { verb: 'update' as const, make: withStore, made: madeStore, status: 'ACTIVE' },
  { verb: 'delete' as const, make: withStore, made: removedStore, status: 'DELETED' },
])('$verb, cut off anywhere', ({ verb, make, made, status }) => {
  async function disturbed(fault: Fault): Promise<void> {
    const account = await make();
    account.faults = [fault];
    // The client that lost its answer sends the verb again.
    await begin(account, verb, { token: 'again' }).catch(() => begin(account, verb, { token: 'again' }));
    const result = await runWorkflow(account, { verb, datastoreId, run: `${verb}-${datastoreId}-again` }, stepsOver(account, clock));
    expect({ fault, result: result.succeeded }).toEqual({ fault, result: true });
    expect({ fault, ...account.holdings(datastoreId) }).toMatchObject({ fault, ...made });
    expect(await record(account)).toMatchObject({ status });
  }

  test.each(['refused', 'lost'] as const)('ends in the same store, whichever call is %s', async (kind) => {
    const calls = await callsOf(make, verb);
    expect(calls).toBeGreaterThan(10);
    for (let call = 1; call <= calls; call += 1) await disturbed({ call, kind });
  });

  test('ends in the same store when every step is run twice', async () => {
    const account = await make();
    const steps = stepsOver(account, clock);
    for (const name of workflowSteps) {
      const step = steps[name];
      steps[name] = async (input) => {
        await step(input).catch(() => undefined);
        return step(input);
      };
    }
    expect(await run(account, verb, { token: 'twice', steps })).toMatchObject({ succeeded: true });
    expect(account.holdings(datastoreId)).toMatchObject(made);
    expect(await record(account)).toMatchObject({ status });
  });
});

const failure: Readonly<Record<DatastoreVerb, string>> = { create: 'CREATE_FAILED', restore: 'CREATE_FAILED', update: 'UPDATE_FAILED', delete: 'DELETING' };

describe.each([
  ...(['create', 'update'] as const).flatMap((verb) =>
    (['create-key', 'create-tables', 'protect-tables', 'check-objects', 'create-stream-mapping', 'preload-data', 'create-lake', 'record-active'] as const).map((state) => ({ verb, state }))),
  ...(['unprotect-tables', 'delete-stream-mapping', 'delete-lake', 'delete-tables', 'delete-objects', 'delete-key', 'record-deleted'] as const)
    .map((state) => ({ verb: 'delete' as const, state })),
])('$verb, when $state keeps failing', ({ verb, state }) => {
  test('the record says so with the reason, the run fails, and the verb can be sent again', async () => {
    const account = verb === 'create' ? new FakeAccount() : await withStore();
    const steps = stepsOver(account, clock);
    steps[state] = async () => {
      throw Object.assign(new Error('Too many of these.'), { name: 'LimitExceededException' });
    };
    const { succeeded, states } = await run(account, verb, { token: 'failing', steps });
    expect(succeeded).toBe(false);
    expect(states.slice(-2)).toEqual([state, 'record-failure']);
    expect(await record(account)).toMatchObject({
      status: failure[verb],
      errorCause: { message: `The workflow could not ${verb} the data store: LimitExceededException. Too many of these.`, category: 'RETRYABLE_ERROR' },
    });
    expect(await run(account, verb, { token: 'next' })).toMatchObject({ succeeded: true });
    expect((await record(account))?.errorCause).toBeUndefined();
    expect(account.holdings(datastoreId)).toMatchObject(verb === 'delete' ? removedStore : madeStore);
  });
});

describe('a run that no longer decides about its store', () => {
  test('changes nothing more and ends without recording a failure', async () => {
    const account = await withStore();
    await begin(account, 'update', { token: 'stopped' });
    account.running.clear();
    await begin(account, 'delete', { token: 'later' });
    const late = await runWorkflow(account, { verb: 'update', datastoreId, run: `update-${datastoreId}-stopped` }, stepsOver(account, clock));
    expect(late).toEqual({ succeeded: true, states: ['create-key'] });
    expect(await record(account)).toMatchObject({ status: 'DELETING', run: `delete-${datastoreId}-later` });
  });
});

describe('something that never comes about', () => {
  test('ends in a failure that says so, after a bounded number of looks', async () => {
    const account = new FakeAccount();
    const describeTable = account.ports.tables.describe;
    account.ports.tables.describe = async (address) => {
      const found = await describeTable(address);
      return found === undefined ? undefined : { ...found, state: 'changing' };
    };
    expect(await run(account, 'create')).toMatchObject({ succeeded: false });
    expect(await record(account)).toMatchObject({ status: 'CREATE_FAILED', errorCause: { category: 'RETRYABLE_ERROR' } });
  });
});
