/** The functions of the `$reindex` workflow: one works, one records that it cannot. */
import { eventSource } from '../operations/events/event-source.ts';
import type { FunctionSpec, Grant } from './function-spec.ts';

/** One whole processor: pages of resources are parsed and their entries computed. */
const workMemoryMb = 1769;
/** The most that Lambda allows. */
const workTimeoutSeconds = 900;
const recordMemoryMb = 512;
const recordTimeoutSeconds = 60;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** A job's record, its place among those that have not ended, and where there is one at a time. */
export const changeJob: Grant = { table: 'jobs', actions: ['GetItem', 'PutItem', 'DeleteItem'] };
/** Whoever changes jobs tells of them (announced-jobs.ts), and knows the bus by `eventBusArn`. */
export const tellOfJobs: Grant = { events: ['PutEvents'], source: eventSource };

export const reindexFunctions: readonly FunctionSpec[] = [
  {
    name: 'run-reindex',
    entry: 'lambdas/rest/run-reindex.ts',
    memoryMb: workMemoryMb,
    timeoutSeconds: workTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'eventBusArn'],
    grants: [
      knowStore,
      // Definitions are searched; the rules are changed; every current version is read, and its entries are put.
      { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'Scan', 'PutItem'] },
      { table: 'index', actions: ['Query', 'BatchWriteItem'] },
      { objects: ['GetObject'], under: 'bodies/' },
      changeJob,
      tellOfJobs,
    ],
    routes: [],
    streams: false,
  },
  {
    name: 'fail-reindex',
    entry: 'lambdas/rest/fail-reindex.ts',
    memoryMb: recordMemoryMb,
    timeoutSeconds: recordTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'eventBusArn'],
    grants: [knowStore, changeJob, tellOfJobs],
    routes: [],
    streams: false,
  },
];
