/** The functions of the import workflow, one a step (lib/import/definition.ts), and that of inboxes. */
import type { FunctionSpec, Grant } from './function-spec.ts';
import { tellOfJobs } from './job-functions.ts';

/** One whole processor: lines are parsed, checked, and their entries computed, while others are read and written. */
const loadMemoryMb = 1769;
/** The plan of a million files, or a file of 32 MB on its way. */
const stepMemoryMb = 1024;
/** The most that Lambda allows. */
const longestTimeoutSeconds = 900;
const submitMemoryMb = 512;
const submitTimeoutSeconds = 60;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** A job's record, and what is noted of its files and pieces. */
const noteProgress: Grant = { table: 'jobs', actions: ['GetItem', 'PutItem', 'DeleteItem', 'Query', 'BatchWriteItem'] };
/** The plan, contents of compressed files, outcomes of pieces: gone when the job has ended, which a listing looks for. */
const keepPieces: readonly Grant[] = [{ objects: ['GetObject', 'PutObject', 'DeleteObject'], under: 'imports/' }, { bucket: ['ListBucket'] }];
/** What is not there is told to those who may list. */
const read = ['ListBucket', 'GetObject'] as const;
/** Long outputs are written in parts. */
const write = ['PutObject', 'AbortMultipartUpload'] as const;

type Step = Pick<FunctionSpec, 'name' | 'grants'> & Partial<Pick<FunctionSpec, 'memoryMb'>>;

function step({ name, grants, memoryMb = stepMemoryMb }: Step): FunctionSpec {
  return {
    name, entry: `lambdas/import/${name}.ts`, memoryMb, timeoutSeconds: longestTimeoutSeconds, environment: ['deployment', 'objectsBucket', 'eventBusArn'],
    grants: [knowStore, noteProgress, ...keepPieces, ...grants, tellOfJobs], routes: [], streams: false,
  };
}

/** What a function needs to have an import worked on; with `importWorkflowArn` and `eventBusArn` in its environment. */
export const startImports: readonly Grant[] = [{ table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] }, tellOfJobs, { importWorkflow: ['StartExecution', 'DescribeExecution'] }];

export const importFunctions: readonly FunctionSpec[] = [
  step({ name: 'plan-import', grants: [{ jobBuckets: [...read, 'PutObject'] }] }),
  step({ name: 'unpack-files', memoryMb: loadMemoryMb, grants: [{ jobBuckets: read }] }),
  step({ name: 'cut-import', grants: [] }),
  step({
    name: 'load-pieces',
    memoryMb: loadMemoryMb,
    grants: [
      { jobBuckets: [...read, ...write] },
      { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'BatchWriteItem'] },
      { table: 'index', actions: ['BatchWriteItem'] },
      { objects: ['GetObject', 'PutObject'], under: 'bodies/' },
      // Contents of Binaries that are too large for memory, in parts.
      { objects: ['GetObject', 'PutObject', 'AbortMultipartUpload'], under: 'contents/' },
    ],
  }),
  step({ name: 'assemble-files', grants: [{ jobBuckets: write }] }),
  // What an inbox had goes where its job's end has it go.
  step({ name: 'finish-import', grants: [{ jobBuckets: [...read, ...write, 'DeleteObject'] }] }),
  step({ name: 'fail-import', grants: [{ jobBuckets: [...read, ...write, 'DeleteObject'] }] }),
  {
    name: 'submit-inbox',
    entry: 'lambdas/import/submit-inbox.ts',
    memoryMb: submitMemoryMb,
    timeoutSeconds: submitTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'eventBusArn', 'importWorkflowArn'],
    grants: [
      knowStore,
      ...startImports,
      { jobBuckets: read },
      { queue: 'inbox', actions: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] },
    ],
    routes: [],
    streams: false,
    // A file waits while as many imports as may be have not ended: a day of attempts, every two minutes.
    consumes: { queue: 'inbox', batchSize: 10, maxReceives: 720, maxConcurrency: 4 },
  },
];
