/** The functions of lakes: what adds changes to them, the steps of their workflow, and the schedule that begins it. */
import type { FunctionSpec, Grant } from './function-spec.ts';

/**
 * Nearly two processors, and memory for DuckDB beside the files that Node has on their way (lake-ports.ts). New accounts have no
 * larger functions.
 */
const lakeMemoryMb = 3008;
/** Lines of JSON on their way into a file: 10,000 resources of 200 kB at the most, and what DuckDB sorts. */
const incrementStorageMb = 4096;
/** Files of a part, which has a million rows, those made of them, and what DuckDB does not hold in memory. */
const partStorageMb = 10_240;
const incrementTimeoutSeconds = 300;
/** The most that Lambda allows. */
const longestTimeoutSeconds = 900;
const scheduleMemoryMb = 512;
const scheduleTimeoutSeconds = 300;

/**
 * How long changes wait for others, which then are one file with them: with a second in the stream and some seconds of work, a
 * change can be asked for within a minute (lake-freshness.ts). SQS gives up to 10,000 messages, or 6 MB of them.
 */
export const incrementWindowSeconds = 30;
const changesAtOnce = 10_000;
/** Rushes, as imports make them, leave tables and the account's functions to others. */
const incrementsAtOnce = 8;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** Manifests, how far a rebuilding is, and what is known of the lake as a whole; of many what is over is removed. */
const changeManifests: Grant = { table: 'jobs', actions: ['GetItem', 'PutItem'] };
const listManifests: Grant = { table: 'jobs', actions: ['GetItem', 'Query', 'PutItem'] };
const keepManifests: Grant = { table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'BatchWriteItem'] };
const readBodies: Grant = { objects: ['GetObject'], under: 'bodies/' };
/** Files are named anew each, and never change; what is missing is told from what is refused by a listing. */
const writeFiles: Grant = { lake: ['GetObject', 'PutObject', 'ListBucket'] };

type Step = Pick<FunctionSpec, 'name' | 'grants'>;

function step({ name, grants }: Step): FunctionSpec {
  return {
    name,
    entry: `lambdas/lake/${name}.ts`,
    memoryMb: lakeMemoryMb,
    timeoutSeconds: longestTimeoutSeconds,
    storageMb: partStorageMb,
    duckdb: true,
    environment: ['deployment', 'objectsBucket'],
    grants: [knowStore, ...grants],
    routes: [],
    streams: false,
  };
}

export const lakeFunctions: readonly FunctionSpec[] = [
  {
    name: 'increment-lake',
    entry: 'lambdas/lake/increment-lake.ts',
    memoryMb: lakeMemoryMb,
    timeoutSeconds: incrementTimeoutSeconds,
    storageMb: incrementStorageMb,
    duckdb: true,
    environment: ['deployment', 'objectsBucket'],
    grants: [
      knowStore,
      changeManifests,
      // Newest versions and those before them; one by one where a transaction has them that is not settled.
      { table: 'resources', actions: ['GetItem', 'BatchGetItem'] },
      readBodies,
      { lake: ['PutObject'] },
      { queue: 'lake', actions: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] },
    ],
    routes: [],
    streams: false,
    consumes: { queue: 'lake', batchSize: changesAtOnce, windowSeconds: incrementWindowSeconds, maxConcurrency: incrementsAtOnce },
  },
  step({ name: 'plan-lake', grants: [keepManifests, { lake: ['DeleteObject', 'ListBucket', 'PutObject'] }] }),
  step({ name: 'read-lake', grants: [changeManifests, { table: 'resources', actions: ['Scan'] }, readBodies, { lake: ['PutObject'] }] }),
  step({ name: 'turn-lake', grants: [listManifests, { lake: ['PutObject'] }] }),
  step({ name: 'compact-lake', grants: [changeManifests, writeFiles] }),
  step({ name: 'finish-lake', grants: [keepManifests, writeFiles] }),
  {
    name: 'due-lakes',
    entry: 'lambdas/lake/due-lakes.ts',
    memoryMb: scheduleMemoryMb,
    timeoutSeconds: scheduleTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'lakeWorkflowArn'],
    grants: [
      { table: 'control', actions: ['Query'] }, { table: 'jobs', actions: ['GetItem', 'Query'] },
      { lakeWorkflow: ['StartExecution', 'ListExecutions'] },
    ],
    routes: [],
    streams: false,
    everyMinutes: 60,
  },
];
