/** The functions of the export workflow: one a step (lib/export/definition.ts). */
import type { FunctionSpec, Grant } from './function-spec.ts';
import { tellOfJobs } from './job-functions.ts';

/** One whole processor: pages of resources are read and become lines. A file of 32 MB is held, and one that is being written. */
const pieceMemoryMb = 1769;
/** A hundred thousand patients of groups, or the names of a million files. */
const listMemoryMb = 1024;
/** The most that Lambda allows. */
const longestTimeoutSeconds = 900;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** A job's record, and where its pieces are. */
const noteProgress: Grant = { table: 'jobs', actions: ['GetItem', 'PutItem', 'DeleteItem', 'Query', 'BatchWriteItem'] };
const readBodies: Grant = { objects: ['GetObject'], under: 'bodies/' };

/** Files go to a bucket where the request names one. */
const writeBuckets: Grant = { jobBuckets: ['PutObject', 'AbortMultipartUpload'] };

type Step = Pick<FunctionSpec, 'name' | 'memoryMb' | 'grants'>;

function step({ name, memoryMb, grants }: Step): FunctionSpec {
  const environment = ['deployment', 'objectsBucket', 'eventBusArn'] as const;
  return { name, entry: `lambdas/export/${name}.ts`, memoryMb, timeoutSeconds: longestTimeoutSeconds, environment, grants: [knowStore, ...grants, tellOfJobs], routes: [], streams: false };
}

export const exportFunctions: readonly FunctionSpec[] = [
  step({
    name: 'plan-export',
    memoryMb: listMemoryMb,
    // Groups as they were at the cut, and patients who are named.
    grants: [
      { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'Query'] }, readBodies, noteProgress,
      { bulk: ['PutObject', 'AbortMultipartUpload', 'DeleteObject', 'ListBucket'] },
      writeBuckets,
    ],
  }),
  step({
    name: 'export-piece',
    memoryMb: pieceMemoryMb,
    grants: [
      // Current versions, those before them, and what type filters ask of other resources.
      { table: 'resources', actions: ['Scan', 'GetItem', 'BatchGetItem', 'Query'] },
      { table: 'index', actions: ['Query'] },
      readBodies,
      { objects: ['GetObject'], under: 'contents/' },
      { bucket: ['ListBucket'] },
      noteProgress,
      // Listing also tells what is not there.
      { bulk: ['GetObject', 'PutObject', 'AbortMultipartUpload', 'DeleteObject', 'ListBucket'] },
      writeBuckets,
    ],
  }),
  step({ name: 'finish-export', memoryMb: listMemoryMb, grants: [noteProgress, { bulk: ['PutObject', 'DeleteObject', 'ListBucket'] }] }),
  step({ name: 'fail-export', memoryMb: listMemoryMb, grants: [noteProgress, { bulk: ['DeleteObject', 'ListBucket'] }] }),
];

/** What a function needs to take exports in and have them worked on; with `exportWorkflowArn` and `eventBusArn` in its environment. */
export const startExports: readonly Grant[] = [{ table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] }, tellOfJobs, { exportWorkflow: ['StartExecution', 'DescribeExecution'] }];
