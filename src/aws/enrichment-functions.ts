/**
 * The functions of enrichment (docs/decisions/0017-enrichment-on-aws.md): what has documents read that the change feed names, the steps of
 * the workflow that reads a note, and what the operations on notes are made with.
 */
import type { FunctionSpec, Grant } from './function-spec.ts';
import { changeJob, failStep, tellOfJobs } from './job-functions.ts';

/** One whole processor: files are taken apart; some hundred resources are made of a note and written. */
const noteMemoryMb = 1769;
/** A text of some megabytes in pieces, and one answer. */
const readMemoryMb = 512;
/** Waiting is nearly all that it does. */
const waitMemoryMb = 256;
const requestMemoryMb = 1024;

/** A file that takes longer is made to. */
const extractTimeoutSeconds = 60;
/** Of `readForMs` and the attempts at a last piece, six of 15 s with pauses between them. */
const readTimeoutSeconds = 210;
/** Nearly two thousand findings in one transaction. */
const settleTimeoutSeconds = 180;
/** A run of the workflow takes five minutes at the most; then there is time to say that it did. */
const waitTimeoutSeconds = 330;

/** The most that Lambda allows. */
const jobTimeoutSeconds = 900;

/**
 * Notes that are read at a time from the queue of all data stores. Of an account InferSNOMEDCT takes two calls and 5,000 characters a
 * second (https://docs.aws.amazon.com/comprehend-medical/latest/dev/comprehendmedical-quotas.html): four notes, of some seconds each,
 * keep it busy. They take up to 20 of the functions that an account has.
 */
export const notesAtOnce = 4;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** A document and its results, as they are and as they become, in one transaction. */
const settle: readonly Grant[] = [
  { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'PutItem', 'BatchWriteItem'] },
  { objects: ['GetObject', 'PutObject'], under: 'bodies/' },
];
/** The place of a note: a Binary, or a bucket, whose listing tells what is not there. */
const notesElsewhere: readonly Grant[] = [{ objects: ['GetObject'], under: 'contents/' }, { jobBuckets: ['GetObject', 'ListBucket'] }];
/** Documents by a search, and what they or their searches name by reference. */
const searchDocuments: readonly Grant[] = [
  { table: 'index', actions: ['Query'] }, { table: 'resources', actions: ['GetItem', 'BatchGetItem'] }, { objects: ['GetObject'], under: 'bodies/' },
];
const runWorkflow: Grant = { enrichmentWorkflow: ['StartSyncExecution'] };

type Step = Pick<FunctionSpec, 'name' | 'memoryMb' | 'timeoutSeconds' | 'grants'> & Partial<Pick<FunctionSpec, 'environment'>>;

function step({ environment = [], ...spec }: Step): FunctionSpec {
  return { ...spec, entry: `lambdas/enrichment/${spec.name}.ts`, environment: ['deployment', 'objectsBucket', ...environment], routes: [], streams: false };
}

export const enrichmentFunctions: readonly FunctionSpec[] = [
  {
    name: 'enrich-notes',
    entry: 'lambdas/enrichment/enrich-notes.ts',
    memoryMb: waitMemoryMb,
    timeoutSeconds: waitTimeoutSeconds,
    environment: ['deployment', 'enrichmentQueueUrl', 'enrichmentWorkflowArn'],
    grants: [knowStore, runWorkflow, { queue: 'enrichment', actions: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] }],
    routes: [],
    streams: false,
    consumes: { queue: 'enrichment', batchSize: 1, maxConcurrency: notesAtOnce },
  },
  step({
    name: 'extract-note',
    memoryMb: noteMemoryMb,
    timeoutSeconds: extractTimeoutSeconds,
    // Whether a report's note is a document's too is found by a search; what a document made that has no text any more, or is deleted, goes.
    grants: [knowStore, ...settle, { table: 'index', actions: ['Query', 'BatchWriteItem'] }, ...notesElsewhere, { noteFiles: ['PutObject'] }],
  }),
  step({
    name: 'read-note',
    memoryMb: readMemoryMb,
    timeoutSeconds: readTimeoutSeconds,
    environment: ['medicalRegion'],
    grants: [{ noteFiles: ['GetObject', 'PutObject', 'ListBucket'] }, { readNotes: ['DetectEntitiesV2', 'InferICD10CM', 'InferRxNorm', 'InferSNOMEDCT'] }],
  }),
  step({
    name: 'settle-note',
    memoryMb: noteMemoryMb,
    timeoutSeconds: settleTimeoutSeconds,
    grants: [knowStore, ...settle, { table: 'index', actions: ['BatchWriteItem'] }, { noteFiles: ['GetObject', 'DeleteObject', 'ListBucket'] }],
  }),
  {
    name: 'run-enrich',
    entry: 'lambdas/enrichment/run-enrich.ts',
    memoryMb: requestMemoryMb,
    timeoutSeconds: jobTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'enrichmentQueueUrl', 'enrichmentWorkflowArn', 'eventBusArn'],
    grants: [
      knowStore, changeJob, tellOfJobs, ...searchDocuments, runWorkflow,
      // What cannot be read now is left to those who work on the queue.
      { queue: 'enrichment', actions: ['SendMessage'] },
    ],
    routes: [],
    streams: false,
  },
  failStep({ name: 'fail-enrich', entry: 'lambdas/enrichment/fail-enrich.ts' }),
];

type Settings = Pick<FunctionSpec, 'memoryMb' | 'environment' | 'grants'>;

const followRuns: Grant = { enrichWorkflow: ['StartExecution', 'DescribeExecution'] };
const ofJobs = ['deployment', 'objectsBucket', 'enrichWorkflowArn', 'eventBusArn'] as const;

/** Of the operations on notes. */
export const noteSettings: Readonly<Record<'start-enrich' | 'enrich-status' | 'cancel-enrich' | 'de-identify', Settings>> = {
  // Which parameters may be searched by is in one item.
  'start-enrich': { memoryMb: requestMemoryMb, environment: ofJobs, grants: [knowStore, { table: 'resources', actions: ['GetItem'] }, changeJob, tellOfJobs, followRuns] },
  'enrich-status': { memoryMb: requestMemoryMb, environment: ['deployment'], grants: [knowStore, { table: 'jobs', actions: ['GetItem'] }] },
  // A wish is noted, the workflow brings the end about and tells of it.
  'cancel-enrich': { memoryMb: requestMemoryMb, environment: ofJobs, grants: [knowStore, { table: 'jobs', actions: ['GetItem', 'PutItem'] }, followRuns] },
  'de-identify': {
    memoryMb: noteMemoryMb,
    environment: ['deployment', 'objectsBucket', 'medicalRegion'],
    grants: [knowStore, ...searchDocuments, ...notesElsewhere, { readNotes: ['DetectPHI'] }],
  },
};
