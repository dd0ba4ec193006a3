/** The functions of data stores' control: the steps of their workflow, and the custom resource of the default one. */
import { eventSource } from '../operations/events/event-source.ts';
import type { FunctionSpec, Grant } from './function-spec.ts';

/** Steps wait for AWS and compute nothing. */
const stepMemoryMb = 512;
/** Some calls, each tried a few times. */
const stepTimeoutSeconds = 60;
/** The most that Lambda allows, for what goes on until its time is up. */
const longestTimeoutSeconds = 900;
/** One whole processor: pages of resources are parsed and their entries computed. */
const computingMemoryMb = 1769;

type Step = Pick<FunctionSpec, 'name' | 'grants'> & Partial<Pick<FunctionSpec, 'environment' | 'timeoutSeconds' | 'memoryMb'>>;

function step({ name, grants, environment = [], timeoutSeconds = stepTimeoutSeconds, memoryMb = stepMemoryMb }: Step): FunctionSpec {
  const entry = `lambdas/control/${name}.ts`;
  return {
    name, entry, grants, timeoutSeconds, memoryMb, environment: ['deployment', ...environment], routes: [], streams: false,
  };
}

/** Every step asks whether its run still decides about the store. */
const readRecord: Grant = { table: 'control', actions: ['GetItem'] };
/** Where the long steps of a restore are. */
const noteProgress: Grant = { table: 'jobs', actions: ['GetItem', 'PutItem'] };
const changeRecord: Grant = { table: 'control', actions: ['GetItem', 'PutItem'] };
/** Whoever changes a store's status tells of it. */
const tell: Grant = { events: ['PutEvents'], source: eventSource };

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
  step({
    name: 'create-lake',
    environment: ['objectsBucket', 'lakeWorkflowArn'],
    timeoutSeconds: longestTimeoutSeconds,
    memoryMb: computingMemoryMb,
    grants: [
      readRecord,
      { catalog: ['GetDatabase', 'CreateDatabase', 'UpdateDatabase', 'DeleteDatabase', 'GetTables', 'CreateTable', 'UpdateTable'] },
      { workgroups: ['GetWorkGroup', 'CreateWorkGroup', 'TagResource', 'UpdateWorkGroup', 'DeleteWorkGroup'] },
      // What is known of the lake, and its manifests, where it is switched off.
      { table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] },
      { lake: ['PutObject'] },
      { lakeWorkflow: ['StartExecution', 'ListExecutions'] },
    ],
  }),
  step({
    name: 'restore-tables',
    // DynamoDB fills the restored table in the name of whoever asks for it.
    grants: [
      readRecord,
      {
        storeTables: [
          'DescribeTable', 'RestoreTableToPointInTime', 'TagResource', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem',
        ],
      },
    ],
  }),
  step({
    name: 'copy-objects',
    environment: ['objectsBucket'],
    timeoutSeconds: longestTimeoutSeconds,
    grants: [
      readRecord,
      { table: 'resources', actions: ['Scan'] },
      noteProgress,
      { objects: ['GetObject', 'PutObject'], under: 'bodies/' },
      { objects: ['GetObject', 'PutObject'], under: 'contents/' },
    ],
  }),
  step({
    name: 'settle-restored',
    environment: ['objectsBucket'],
    timeoutSeconds: longestTimeoutSeconds,
    grants: [
      readRecord,
      { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'BatchWriteItem'] },
      { table: 'index', actions: ['BatchWriteItem'] },
      { objects: ['GetObject'], under: 'bodies/' },
    ],
  }),
  step({
    name: 'rebuild-index',
    environment: ['objectsBucket'],
    timeoutSeconds: longestTimeoutSeconds,
    memoryMb: computingMemoryMb,
    grants: [
      readRecord,
      { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'Scan'] },
      { table: 'index', actions: ['BatchWriteItem'] },
      noteProgress,
      { objects: ['GetObject'], under: 'bodies/' },
    ],
  }),
  step({ name: 'record-active', environment: ['eventBusArn'], grants: [changeRecord, tell] }),
  step({ name: 'unprotect-tables', grants: [readRecord, { storeTables: ['DescribeTable', 'UpdateTable'] }] }),
  step({
    name: 'delete-stream-mapping',
    environment: ['streamFunctionName', 'streamFailureQueueArn'],
    grants: [readRecord, { streamMappings: ['ListEventSourceMappings', 'DeleteEventSourceMapping'] }],
  }),
  step({ name: 'delete-lake', environment: ['objectsBucket'], grants: [readRecord, { catalog: ['DeleteDatabase'] }, { workgroups: ['DeleteWorkGroup'] }] }),
  step({ name: 'delete-tables', grants: [readRecord, { storeTables: ['DescribeTable', 'DeleteTable'] }] }),
  step({
    name: 'delete-objects',
    environment: ['objectsBucket'],
    timeoutSeconds: longestTimeoutSeconds,
    grants: [
      readRecord,
      { bucket: ['ListBucketVersions'] },
      { objects: ['DeleteObjectVersion'], under: '' },
      { uploads: ['ListBucketVersions', 'DeleteObjectVersion'] },
      { bulk: ['ListBucketVersions', 'DeleteObjectVersion'] },
      { lake: ['ListBucketVersions', 'DeleteObjectVersion'] },
      { answers: ['ListBucketVersions', 'DeleteObjectVersion'] },
      { noteFiles: ['ListBucketVersions', 'DeleteObjectVersion'] },
    ],
  }),
  step({ name: 'delete-key', grants: [readRecord, { storeKeys: ['GetResources', 'DescribeKey', 'ScheduleKeyDeletion', 'DeleteAlias'] }] }),
  step({ name: 'record-deleted', environment: ['eventBusArn'], grants: [changeRecord, tell] }),
  step({ name: 'record-failure', environment: ['eventBusArn'], grants: [changeRecord, tell] }),
  // Called by CDK's provider framework, for the event and for whether it is complete.
  step({ name: 'default-datastore', environment: ['workflowArn', 'eventBusArn'], grants: [changeRecord, tell, { workflow: ['StartExecution', 'DescribeExecution'] }] }),
];
