/** The functions of the `$reindex` workflow: one works, one records that it cannot. */
import type { FunctionSpec, Grant } from './function-spec.ts';
import { changeJob, failStep, tellOfJobs } from './job-functions.ts';

/** One whole processor: pages of resources are parsed and their entries computed. */
const workMemoryMb = 1769;
/** The most that Lambda allows. */
const workTimeoutSeconds = 900;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };

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
  failStep({ name: 'fail-reindex', entry: 'lambdas/rest/fail-reindex.ts' }),
];
