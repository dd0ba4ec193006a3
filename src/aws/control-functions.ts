/** The functions of data stores' control: the steps of their workflow, and the custom resource of the default one. */
import type { FunctionSpec, Grant } from './function-spec.ts';

/** Steps wait for AWS and compute nothing. */
const stepMemoryMb = 512;
/** Some calls, each tried a few times. */
const stepTimeoutSeconds = 60;
/** The most that Lambda allows, for what goes on until its time is up. */
const removalTimeoutSeconds = 900;

type Step = Pick<FunctionSpec, 'name' | 'grants'> & Partial<Pick<FunctionSpec, 'environment' | 'timeoutSeconds'>>;

function step({ name, grants, environment = [], timeoutSeconds = stepTimeoutSeconds }: Step): FunctionSpec {
  const entry = `lambdas/control/${name}.ts`;
  return {
    name, entry, grants, timeoutSeconds, memoryMb: stepMemoryMb, environment: ['deployment', ...environment], routes: [], streams: false,
  };
}

/** Every step asks whether its run still decides about the store. */
const readRecord: Grant = { table: 'control', actions: ['GetItem'] };
const changeRecord: Grant = { table: 'control', actions: ['GetItem', 'PutItem'] };

export const controlFunctions: readonly FunctionSpec[] = [
  step({
    name: 'create-key',
    grants: [
      readRecord,
      { storeKeys: ['GetResources', 'DescribeKey', 'CreateKey', 'TagResource', 'EnableKeyRotation', 'CreateAlias', 'UpdateAlias'] },
    ],
  }),
  step({ name: 'create-tables', grants: [readRecord, { storeTables: ['DescribeTable', 'CreateTable', 'TagResource', 'UpdateTable'] }] }),
  step({ name: 'protect-tables', grants: [readRecord, { storeTables: ['UpdateContinuousBackups'] }] }),
  step({ name: 'check-objects', environment: ['objectsBucket'], grants: [readRecord, { bucket: ['ListBucket'] }] }),
  step({
    name: 'create-stream-mapping',
    environment: ['streamFunctionName', 'streamFailureQueueArn'],
    grants: [readRecord, { streamMappings: ['ListEventSourceMappings', 'CreateEventSourceMapping', 'UpdateEventSourceMapping'] }],
  }),
  step({ name: 'record-active', grants: [changeRecord] }),
  step({ name: 'unprotect-tables', grants: [readRecord, { storeTables: ['DescribeTable', 'UpdateTable'] }] }),
  step({
    name: 'delete-stream-mapping',
    environment: ['streamFunctionName', 'streamFailureQueueArn'],
    grants: [readRecord, { streamMappings: ['ListEventSourceMappings', 'DeleteEventSourceMapping'] }],
  }),
  step({ name: 'delete-tables', grants: [readRecord, { storeTables: ['DescribeTable', 'DeleteTable'] }] }),
  step({
    name: 'delete-objects',
    environment: ['objectsBucket'],
    timeoutSeconds: removalTimeoutSeconds,
    grants: [
      readRecord,
      { bucket: ['ListBucketVersions'] },
      { objects: ['DeleteObjectVersion'], under: '' },
      { uploads: ['ListBucketVersions', 'DeleteObjectVersion'] },
    ],
  }),
  step({ name: 'delete-key', grants: [readRecord, { storeKeys: ['GetResources', 'DescribeKey', 'ScheduleKeyDeletion', 'DeleteAlias'] }] }),
  step({ name: 'record-deleted', grants: [changeRecord] }),
  step({ name: 'record-failure', grants: [changeRecord] }),
  // Called by CDK's provider framework, for the event and for whether it is complete.
  step({ name: 'default-datastore', environment: ['workflowArn'], grants: [changeRecord, { workflow: ['StartExecution', 'DescribeExecution'] }] }),
];
