/**
 * The workflow that makes and deletes data stores, from its deployed definition with the deployed steps: whatever fails at
 * whichever state, the store is whole or it is told that it is not, and the next attempt mends it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, DescribeFHIRDatastoreCommand, HealthLakeClient, waitUntilFHIRDatastoreActive,
  waitUntilFHIRDatastoreDeleted,
} from '@aws-sdk/client-healthlake';
import type { HealthLakeClientConfig } from '@aws-sdk/client-healthlake';
import { client as fhirClient } from '../conformance/client.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { failEachOnce, failing } from './failing-states.ts';
import { dynamoCall } from './engines.ts';
import { signAs } from './signing-environment.ts';
import { definitionOf } from './state-machines.ts';
import { loadAssembly } from './template/assembly.ts';
import { cloudAssembly } from './deployed.ts';
import { engineAccount } from './engines.ts';

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy();
});
afterAll(() => deployed?.close());
afterEach(() => deployed.interrupt(undefined));

const [machine] = loadAssembly(cloudAssembly, { account: engineAccount, region: 'eu-central-1' }).resources('AWS::StepFunctions::StateMachine')
  .filter(({ name }) => name.endsWith('-datastore'));
const tasks = Object.entries(definitionOf(machine!).States).filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
const failure = 'record-failure';
const deleting = ['unprotect-tables', 'delete-stream-mapping', 'delete-lake', 'delete-tables', 'delete-objects', 'delete-key', 'record-deleted'];
/** Not tried here, for the engines have no recovery to a point in time (surplus-grants.ts). */
const restoring = ['restore-tables', 'copy-objects', 'settle-restored', 'rebuild-index'];
const creating = tasks.filter((name) => name !== failure && !deleting.includes(name) && !restoring.includes(name));

const destroyed = { RemovalPolicy: 'destroy' };

/** The tables of data stores, and the keys that are in use. */
async function holdings(): Promise<{ tables: number; recoverable: number; keys: number; mappings: number }> {
  const { TableNames } = (await dynamoCall(deployed.engines.dynamodb, 'DynamoDB_20120810.ListTables', {})) as { TableNames: string[] };
  const tables = TableNames.filter((name) => /-[0-9a-f]{32}-/.test(name));
  const keys = deployed.world.keys.all().filter(({ arn, state }) => state === 'Enabled' && deployed.world.keys.aliasesOf(arn).some((alias) => /-[0-9a-f]{32}$/.test(alias)));
  return {
    tables: tables.length, recoverable: tables.filter((name) => deployed.recovery.enabled.has(name)).length, keys: keys.length, mappings: deployed.mappings.enabled().length,
  };
}

/** Far more than a step takes to be told of. */
const maxLooks = 400;

const whole = { tables: 3, recoverable: 3, keys: 1, mappings: 1 };
const nothing = { tables: 0, recoverable: 0, keys: 0, mappings: 0 };

test('the steps are known, so that failures are injected at each', () => {
  expect(tasks).toEqual(expect.arrayContaining([...deleting, ...restoring, failure, 'create-key', 'create-tables', 'record-active']));
});

describe('a step that fails once', () => {
  test.each([['before it did anything', 'before'], ['when all was done and its answer was lost', 'after']] as const)('%s is repeated', async (_when, moment) => {
    const failed = failEachOnce(deployed, { moment });
    await settleDatastore(deployed, 'Create');
    expect(await holdings()).toEqual(whole);
    expect(deployed.world.keys.all().filter(({ state, rotated }) => state === 'Enabled' && rotated).length).toBeGreaterThan(0);
    await settleDatastore(deployed, 'Delete', destroyed);
    expect(await holdings()).toEqual(nothing);
    // The record is gone before its step is told to have failed.
    for (let looks = 0; looks < maxLooks && !failed.has('record-deleted'); looks += 1) await pause(25);
    // The workflow of lakes is begun by this one, and fails by itself (lake.deployment.ts).
    expect([...failed].filter((step) => tasks.includes(step)).sort()).toEqual([...creating, ...deleting].sort());
  });
});

describe('a step that goes on failing', () => {
  test.each(creating)('%s: the store is told to have failed, and the next attempt makes it', async (step) => {
    deployed.interrupt({ before: failing(step) });
    await expect(settleDatastore(deployed, 'Create')).rejects.toThrow('CREATE_FAILED');
    deployed.interrupt(undefined);
    await settleDatastore(deployed, 'Create');
    expect(await holdings()).toEqual(whole);
    await settleDatastore(deployed, 'Delete', destroyed);
  });

  test.each(deleting)('%s: the store is not told to be gone, and the next attempt deletes it', async (step) => {
    await settleDatastore(deployed, 'Create');
    deployed.interrupt({ before: failing(step) });
    await expect(settleDatastore(deployed, 'Delete', destroyed)).rejects.toThrow('The workflow could not delete the data store');
    deployed.interrupt(undefined);
    await settleDatastore(deployed, 'Delete', destroyed);
    expect(await holdings()).toEqual(nothing);
  });
});

test('a store that is to be kept outlives its stack, and the next stack takes it up', async () => {
  const id = await settleDatastore(deployed, 'Create');
  await settleDatastore(deployed, 'Delete');
  expect(await holdings()).toEqual(whole);
  expect(await settleDatastore(deployed, 'Create')).toBe(id);
  await settleDatastore(deployed, 'Delete', destroyed);
});

test('what a store omits from its index is its for good, and nothing is made where it cannot be', async () => {
  await expect(settleDatastore(deployed, 'Create', { OmitIndex: 'Patient.colour' })).rejects.toThrow('Patient.colour is not a search parameter');
  expect(await holdings()).toEqual(nothing);
  await settleDatastore(deployed, 'Create', { OmitIndex: 'Patient.gender' });
  await expect(settleDatastore(deployed, 'Update', { OmitIndex: 'Patient.active' })).rejects.toThrow('without the index entries of Patient.gender');
  await settleDatastore(deployed, 'Update');
  expect(await holdings()).toEqual(whole);
  await settleDatastore(deployed, 'Delete', destroyed);
});

describe('a store under a key of its account', () => {
  const properties = async (client: HealthLakeClient, DatastoreId: string) => (await client.send(new DescribeFHIRDatastoreCommand({ DatastoreId }))).DatastoreProperties!;
  const made = async (client: HealthLakeClient, KmsKeyId: string): Promise<string> => {
    const SseConfiguration = { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId } } as const;
    return (await client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', SseConfiguration }))).DatastoreId!;
  };

  test('is made, written and read by roles that may use what is offered, and when it goes the key stays', async () => {
    const { keys, tableKeys } = deployed.world;
    const client = healthlake();
    const stopSigning = signAs(deployed);
    try {
      const policy = { Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${engineAccount}:root` }, Action: 'kms:*', Resource: '*' } } as const;
      const offered = keys.add({ id: 'offered', policy, tags: { 'caldera:deployment': 'caldera', 'caldera:datastore': 'customer-managed' } });
      keys.alias('alias/mine', offered.arn);
      const DatastoreId = await made(client, 'alias/mine');
      await waitUntilFHIRDatastoreActive({ client, ...waiting }, { DatastoreId });
      expect(new Set([...tableKeys].filter(([name]) => name.includes(DatastoreId)).map(([, arn]) => arn))).toEqual(new Set([offered.arn]));
      const { DatastoreEndpoint } = await properties(client, DatastoreId);
      const http = fhirClient(DatastoreEndpoint!.replace(/\/$/, ''));
      const div = `<div xmlns="http://www.w3.org/1999/xhtml">${randomBytes(600_000).toString('hex')}</div>`;
      const { status, body } = await http.post('/Patient', { resourceType: 'Patient', text: { status: 'generated', div } });
      expect([status, (await http.get(`/Patient/${body.id}`)).status]).toEqual([201, 200]);
      await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }));
      await waitUntilFHIRDatastoreDeleted({ client, ...waiting }, { DatastoreId });
      expect(offered.state).toBe('Enabled');
      expect(keys.aliasesOf(offered.arn)).toEqual(['alias/mine']);
      expect(await holdings()).toEqual(nothing);
    } finally {
      stopSigning();
      client.destroy();
    }
  });

  test('is not made where there is no such key, and says what its owner has to do', async () => {
    const client = healthlake();
    const DatastoreId = await made(client, 'alias/nobody-has-it');
    await expect(waitUntilFHIRDatastoreActive({ client, ...waiting }, { DatastoreId })).rejects.toThrow();
    const { DatastoreStatus, ErrorCause } = await properties(client, DatastoreId);
    expect(DatastoreStatus).toBe('CREATE_FAILED');
    expect(ErrorCause).toMatchObject({ ErrorCategory: 'NON_RETRYABLE_ERROR', ErrorMessage: expect.stringContaining('caldera:datastore = customer-managed') });
    await client.send(new DeleteFHIRDatastoreCommand({ DatastoreId }));
    await waitUntilFHIRDatastoreDeleted({ client, ...waiting }, { DatastoreId });
    expect(await holdings()).toEqual(nothing);
    client.destroy();
  });
});

test('every call to AWS was allowed by the role of its caller', () => {
  expect([...new Set(deployed.endpoint.denials)]).toEqual([]);
  expect(deployed.endpoint.faults.map(String)).toEqual([]);
});

/** HealthLake's waiters look once a minute; here everything is quicker. */
const waiting = { maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 };

function healthlake(): HealthLakeClient {
  const { gateway, caller: { credentials }, assembly: { place: { region } } } = deployed;
  const signedForGateway: HealthLakeClientConfig & { signingName: string } = { endpoint: gateway.url, region, credentials, signingName: 'execute-api' };
  return new HealthLakeClient(signedForGateway);
}
