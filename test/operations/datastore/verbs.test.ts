import { describe, expect, test } from '@jest/globals';
import { createDatastore } from '../../../src/operations/datastore/create-datastore.ts';
import type { CreateDatastoreRequest } from '../../../src/operations/datastore/create-datastore.ts';
import { defaultDatastore, defaultDatastoreId } from '../../../src/operations/datastore/default-datastore.ts';
import type { DefaultDatastoreEvent } from '../../../src/operations/datastore/default-datastore.ts';
import { deleteDatastore } from '../../../src/operations/datastore/delete-datastore.ts';
import { updateDatastore } from '../../../src/operations/datastore/update-datastore.ts';
import type { UpdateDatastoreRequest } from '../../../src/operations/datastore/update-datastore.ts';
import { FakeAccount } from './fake-account.ts';
import { runWorkflow, stepsOver } from './run-workflow.ts';
import type { Steps } from './run-workflow.ts';

const datastoreId = 'b'.repeat(32);
const clock = { now: () => 1_000, sleep: async () => {} };

function verbsOver(account: FakeAccount) {
  let made = 0;
  const dependencies = { ...account.ports, clock, newSecret: () => new Uint8Array(32).fill((made += 1)), deployment: 'caldera' };
  return {
    create: (token: string, more: Partial<CreateDatastoreRequest> = {}) => createDatastore({ datastoreId, name: 'One', token, ...more }, dependencies),
    update: (token: string, more: Partial<UpdateDatastoreRequest> = {}) => updateDatastore({ datastoreId, token, ...more }, dependencies),
    remove: (token: string) => deleteDatastore({ datastoreId, token }, dependencies),
    handle: defaultDatastore(dependencies),
    read: () => account.ports.records.read(datastoreId),
  };
}

/** Brings all runs that were started to their ends. */
async function runAll(account: FakeAccount, steps: Steps = stepsOver(account, clock)): Promise<void> {
  for (const name of account.running) await runWorkflow(account, account.runs.get(name)!, steps);
}

describe('control verbs', () => {
  test('sent again with their token happen once', async () => {
    const account = new FakeAccount();
    const { create, read } = verbsOver(account);
    const first = await create('one');
    await runAll(account);
    expect(await create('one')).toMatchObject({ status: 'ACTIVE' });
    expect([...account.runs.keys()]).toEqual([`create-${datastoreId}-one`]);
    expect((await read())?.secret).toEqual(first.secret);
  });

  test.each(['create', 'update', 'remove'] as const)('%s is refused while another run is under way, and may be sent again', async (verb) => {
    const account = new FakeAccount();
    const verbs = verbsOver(account);
    await verbs.create('one');
    await expect(verbs[verb]('two')).rejects.toMatchObject({ name: 'DatastoreConflict', passes: true });
  });

  test('a run that was stopped without a word stands in nobody’s way', async () => {
    const account = new FakeAccount();
    const { create, remove, read } = verbsOver(account);
    await create('one');
    account.running.clear();
    await remove('two');
    expect(await read()).toMatchObject({ status: 'DELETING', run: `delete-${datastoreId}-two` });
  });

  test('there is nothing to update or delete where there is no store', async () => {
    const account = new FakeAccount();
    const { create, update, remove } = verbsOver(account);
    for (const verb of [update, remove]) await expect(verb('one')).rejects.toMatchObject({ name: 'DatastoreNotFound' });
    await create('one');
    await runAll(account);
    await remove('two');
    await runAll(account);
    for (const verb of [update, remove]) await expect(verb('three')).rejects.toMatchObject({ name: 'DatastoreNotFound' });
  });

  test('a store that holds data is not made anew', async () => {
    const account = new FakeAccount();
    const { create } = verbsOver(account);
    await create('one');
    await runAll(account);
    await expect(create('two')).rejects.toMatchObject({ name: 'DatastoreConflict', passes: false });
  });
});

describe('what a data store omits from its index', () => {
  const omitted = ['Observation.combo-code-value-quantity', 'Patient.gender'];

  test('is kept with it', async () => {
    const account = new FakeAccount();
    const { create, read } = verbsOver(account);
    await create('one', { omitted });
    await runAll(account);
    expect(await read()).toMatchObject({ status: 'ACTIVE', omitted });
  });

  test.each([
    ['Patient.colour', 'is not a search parameter of FHIR R4'],
    ['Observation.code-value-quantity', 'Observation.combo-code-value-quantity, which may be omitted'],
    ['Patient._lastUpdated', 'nothing to omit'],
  ])('is refused before anything is made where it cannot be: %s', async (name, reason) => {
    const account = new FakeAccount();
    const { create, read } = verbsOver(account);
    await expect(create('one', { omitted: [...omitted, name] })).rejects.toMatchObject({ name: 'DatastoreInvalid', message: expect.stringContaining(reason) });
    expect([await read(), account.runs.size]).toEqual([undefined, 0]);
  });

  test('holds for as long as the store does', async () => {
    const account = new FakeAccount();
    const { create, update, read } = verbsOver(account);
    await create('one', { omitted });
    await runAll(account);
    for (const other of [[], ['Patient.gender'], [...omitted, 'Patient.active']]) {
      await expect(update('two', { omitted: other })).rejects.toMatchObject({ name: 'DatastoreConflict', passes: false, message: expect.stringContaining(omitted.join(', ')) });
    }
    expect(await read()).toMatchObject({ status: 'ACTIVE', omitted });
    for (const [token, same] of [['three', {}], ['four', { omitted: omitted.toReversed() }]] as const) {
      await update(token, same);
      await runAll(account);
      expect(await read()).toMatchObject({ status: 'ACTIVE', omitted, run: `update-${datastoreId}-${token}` });
    }
  });
});

const stackId = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/caldera-jobs/11111111-2222-3333-4444-555555555555';
const defaultId = defaultDatastoreId('caldera', stackId);

function event(RequestType: DefaultDatastoreEvent['RequestType'], properties: Partial<DefaultDatastoreEvent['ResourceProperties']> = {}): DefaultDatastoreEvent {
  return { RequestType, RequestId: `${RequestType}-1`, StackId: stackId, ResourceProperties: { DatastoreName: 'default', ...properties } };
}

/** Calls as CDK's provider does, until it is complete. */
async function provide(account: FakeAccount, asked: DefaultDatastoreEvent, steps?: Steps): Promise<number> {
  const { handle } = verbsOver(account);
  for (let calls = 1; calls <= 10; calls += 1) {
    const answer = await handle(asked);
    expect(answer.PhysicalResourceId).toBe(defaultId);
    if (answer.IsComplete) return calls;
    expect(answer.Data).toBeUndefined();
    await runAll(account, steps ?? stepsOver(account, clock));
  }
  throw new Error('It is never complete.');
}

describe('the default data store', () => {
  test('is made by the workflow and complete when it is ACTIVE', async () => {
    const account = new FakeAccount();
    expect(await provide(account, event('Create', { WarmReadUnits: '15000', WarmWriteUnits: '5000' }))).toBe(2);
    expect(await account.ports.records.read(defaultId)).toMatchObject({
      name: 'default', status: 'ACTIVE', warmThroughput: { readUnits: 15_000, writeUnits: 5_000 },
    });
  });

  test('is bound to the throughput that its stack names, and to none when the stack names none any more', async () => {
    const account = new FakeAccount();
    const three = (limit: object) => [limit, limit, limit];
    const limits = () => [...account.tables.values()].map(({ settings }) => settings.limit);
    await provide(account, event('Create', { MaxReadUnits: '4000', MaxWriteUnits: '2000' }));
    expect(limits()).toEqual(three({ readUnits: 4000, writeUnits: 2000 }));
    await provide(account, { ...event('Update', { MaxReadUnits: '8000' }), RequestId: 'higher' });
    expect(limits()).toEqual(three({ readUnits: 8000 }));
    expect(await account.ports.records.read(defaultId)).toMatchObject({ status: 'ACTIVE', throughputLimit: { readUnits: 8000 } });
    await provide(account, { ...event('Update'), RequestId: 'none' });
    expect(limits()).toEqual(three({}));
    expect((await account.ports.records.read(defaultId))?.throughputLimit).toEqual({});
  });

  test('is made without the index entries that its stack omits, and fails a stack that wants others later', async () => {
    const account = new FakeAccount();
    await expect(provide(account, event('Create', { OmitIndex: 'Patient.colour' }))).rejects.toThrow('Patient.colour is not a search parameter');
    await provide(account, event('Create', { OmitIndex: 'Patient.gender,Claim.priority' }));
    const omitted = ['Claim.priority', 'Patient.gender'];
    expect(await account.ports.records.read(defaultId)).toMatchObject({ status: 'ACTIVE', omitted });
    await expect(provide(account, { ...event('Update', { OmitIndex: 'Patient.gender' }), RequestId: 'other' })).rejects.toThrow('made without the index entries of Claim.priority, Patient.gender');
    for (const same of [{ OmitIndex: 'Claim.priority,Patient.gender' }, {}]) {
      await provide(account, { ...event('Update', same), RequestId: `same-${Object.keys(same).length}` });
      expect(await account.ports.records.read(defaultId)).toMatchObject({ status: 'ACTIVE', omitted });
    }
  });

  test('has the same id in every stack of its deployment, account and region, and in no other', () => {
    const later = stackId.replace('11111111', '99999999');
    expect(defaultId).toMatch(/^[0-9a-f]{32}$/);
    expect(defaultDatastoreId('caldera', later)).toBe(defaultId);
    for (const other of [stackId.replace('eu-central-1', 'eu-west-1'), stackId.replace('123456789012', '210987654321')]) {
      expect(defaultDatastoreId('caldera', other)).not.toBe(defaultId);
    }
    expect(defaultDatastoreId('other', stackId)).not.toBe(defaultId);
  });

  test('stays with its data when the stack goes, and is taken up by the next', async () => {
    const account = new FakeAccount();
    await provide(account, event('Create'));
    const before = await account.ports.records.read(defaultId);
    expect(await provide(account, event('Delete'))).toBe(1);
    await provide(account, { ...event('Create'), RequestId: 'next' });
    expect(await account.ports.records.read(defaultId)).toMatchObject({ status: 'ACTIVE', created: before?.created, secret: before?.secret });
    expect(account.keys.size).toBe(1);
  });

  test('goes with its stack when told to, and can be made again', async () => {
    const account = new FakeAccount();
    await provide(account, event('Create'));
    await provide(account, event('Delete', { RemovalPolicy: 'destroy' }));
    expect(await account.ports.records.read(defaultId)).toMatchObject({ status: 'DELETED' });
    expect(account.tables.size).toBe(0);
    await provide(account, { ...event('Create'), RequestId: 'again' });
    expect(account.tables.size).toBe(3);
  });

  test('is brought up to date by an update of its stack', async () => {
    const account = new FakeAccount();
    await provide(account, event('Create'));
    for (const mapping of account.mappings.values()) mapping.current = false;
    await provide(account, event('Update', { DatastoreName: 'renamed' }));
    expect([...account.mappings.values()]).toMatchObject([{ current: true }]);
    expect(await account.ports.records.read(defaultId)).toMatchObject({ name: 'renamed', status: 'ACTIVE' });
  });

  test('fails its stack with the reason, and the next deployment repairs it', async () => {
    const account = new FakeAccount();
    const steps = stepsOver(account, clock);
    steps['create-tables'] = async () => {
      throw Object.assign(new Error('Table limit exceeded.'), { name: 'LimitExceededException' });
    };
    await expect(provide(account, event('Create'), steps)).rejects.toThrow('LimitExceededException. Table limit exceeded.');
    expect(await provide(account, event('Delete'))).toBe(1);
    await provide(account, { ...event('Create'), RequestId: 'next' });
    expect(await account.ports.records.read(defaultId)).toMatchObject({ status: 'ACTIVE' });
    expect(account.keys.size).toBe(1);
  });

  test('waits for a run that is under way before it begins its own', async () => {
    const account = new FakeAccount();
    const { handle } = verbsOver(account);
    await handle(event('Create'));
    expect(await handle(event('Delete', { RemovalPolicy: 'destroy' }))).toMatchObject({ IsComplete: false });
    expect(account.runs.size).toBe(1);
    await provide(account, event('Delete', { RemovalPolicy: 'destroy' }));
    expect(account.runs.size).toBe(2);
  });
});
