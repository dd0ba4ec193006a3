/**
 * Every function that is deployed, as data: its entry, its settings, its routes, and exactly the calls it makes.
 *
 * Bundles, roles, routes and event sources are made from this list and from nothing else. A grant is a call that the
 * function's code makes on some path; the deployment tests hold each function's calls against its role both ways.
 *
 * What a grant reaches: names are those of `names.ts`. `resources`, `index` and `jobs` stand for the table of every data
 * store, since functions are shared by all of them; which caller reaches which store and operation is decided at the
 * gateway (docs/decisions/0004-one-store-on-aws.md). The keys of what a function reads or writes are granted with it.
 */
import { operationNames, table } from '../operations/table.ts';
import type { OperationName } from '../operations/table.ts';
import { controlFunctions } from './control-functions.ts';
import type { FunctionSpec, Grant } from './function-spec.ts';
import { enrichmentFunctions, noteSettings } from './enrichment-functions.ts';
import { exportFunctions, startExports } from './export-functions.ts';
import { healthlakeFunction } from './healthlake-function.ts';
import { importFunctions, startImports } from './import-functions.ts';
import { changeJob, tellOfJobs } from './job-functions.ts';
import { lakeFunctions } from './lake-functions.ts';
import { preloadFunction } from './preload-function.ts';
import { querySettings } from './query-functions.ts';
import { reindexFunctions } from './reindex-functions.ts';
import { viewSettings } from './view-functions.ts';
import { streamFunctions } from './stream-functions.ts';

export type * from './function-spec.ts';

/** What the gateway waits for an answer; a function that goes on longer is paid for nothing. */
export const gatewayTimeoutSeconds = 29;
/** The most that Lambda allows: a job of 4,500 entries is to end, not to be cut. */
export const jobTimeoutSeconds = 900;

/** One request is a few round trips to a table: more than half a processor would wait faster. */
const requestMemoryMb = 1024;
/** One whole processor: pages of a thousand resources are parsed, matched and written out. */
const pageMemoryMb = 1769;
/** A bundle of 64 MB with its parsed form and the answer beside it. */
const jobMemoryMb = 3008;

/** A message for every data store. */
const scheduleMemoryMb = 512;
const scheduleTimeoutSeconds = 60;

/** The record of a data store, once per process and minute. */
const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
const readBodies: Grant = { objects: ['GetObject'], under: 'bodies/' };
const readAndWriteBodies: Grant = { objects: ['GetObject', 'PutObject'], under: 'bodies/' };
/** Contents of Binaries: what was uploaded is held against what was announced, and copied. */
const readContents: Grant = { objects: ['GetObject'], under: 'contents/' };
const keepUploads: readonly Grant[] = [{ objects: ['PutObject'], under: 'contents/' }, { uploads: ['PutObject', 'GetObject', 'ListBucket'] }];
const reportStaleEntries: Grant = { queue: 'clean-up', actions: ['SendMessage'] };

const readOne: readonly Grant[] = [knowStore, { table: 'resources', actions: ['GetItem'] }, readBodies, readContents];

/**
 * A version, its entries, and the clean-up of what it replaced: a batch write puts and deletes. An intent of a
 * transaction that stands in the way is settled with the same calls.
 */
const writeOne: readonly Grant[] = [
  knowStore,
  { table: 'resources', actions: ['GetItem', 'PutItem', 'BatchWriteItem'] },
  { table: 'index', actions: ['BatchWriteItem'] },
];

/** Entries read, search and write: everything that the interface does to a store's data. */
const everything: readonly Grant[] = [
  knowStore,
  { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'BatchWriteItem'] },
  { table: 'index', actions: ['Query', 'BatchWriteItem'] },
  readAndWriteBodies,
  reportStaleEntries,
];

/**
 * What a search for criteria reads on top of a write: candidates from the index, each held against its resource. Conditional
 * updates, patches and deletes have functions of their own, so that those of the plain ones are granted no search; a create under
 * `If-None-Exist` cannot be told from others by its route.
 */
const findMatches: readonly Grant[] = [
  { table: 'resources', actions: ['GetItem', 'BatchGetItem', 'PutItem', 'BatchWriteItem'] },
  { table: 'index', actions: ['Query', 'BatchWriteItem'] },
  reportStaleEntries,
];

type Settings = Pick<FunctionSpec, 'memoryMb' | 'storageMb' | 'duckdb' | 'environment' | 'grants'>;

const readingOne: Settings = { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket'], grants: readOne };
const paging = (grants: readonly Grant[]): Settings => ({
  memoryMb: pageMemoryMb,
  environment: ['deployment', 'objectsBucket'],
  grants: [knowStore, ...grants, readBodies],
});
const historyOverIndex = paging([{ table: 'index', actions: ['Query'] }, { table: 'resources', actions: ['GetItem'] }]);
/** Candidates from the index, each held against its resource; lists, value sets and past versions are read by id. */
const searching: Settings = {
  memoryMb: pageMemoryMb,
  environment: ['deployment', 'objectsBucket', 'cleanUpQueueUrl'],
  grants: [
    knowStore,
    { table: 'index', actions: ['Query'] },
    { table: 'resources', actions: ['BatchGetItem', 'GetItem'] },
    readBodies,
    reportStaleEntries,
  ],
};

/** A link to a file is signed by the function, and reaches what the function does; a listing tells what is not there. */
const readingExports: Settings = {
  memoryMb: requestMemoryMb,
  environment: ['deployment', 'objectsBucket'],
  grants: [knowStore, { table: 'jobs', actions: ['GetItem'] }, { bulk: ['GetObject', 'ListBucket'] }],
};

const settings: Readonly<Record<OperationName, Settings>> = {
  // The search parameters that the store has at the moment are in one item.
  capabilities: { memoryMb: requestMemoryMb, environment: ['deployment'], grants: [knowStore, { table: 'resources', actions: ['GetItem'] }] },
  'process-bundle': {
    memoryMb: pageMemoryMb,
    environment: ['deployment', 'objectsBucket', 'transactionQueueUrl', 'cleanUpQueueUrl'],
    grants: [
      ...everything,
      { table: 'jobs', actions: ['Query', 'PutItem', 'DeleteItem'] },
      { objects: ['PutObject'], under: 'transactions/' },
      { queue: 'transactions', actions: ['SendMessage'] },
    ],
  },
  'transaction-status': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket'],
    grants: [knowStore, { table: 'jobs', actions: ['GetItem'] }, { objects: ['GetObject'], under: 'transactions/' }],
  },
  'start-reindex': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'reindexWorkflowArn', 'eventBusArn'],
    grants: [knowStore, changeJob, tellOfJobs, { reindexWorkflow: ['StartExecution', 'DescribeExecution'] }],
  },
  ...noteSettings,
  ...querySettings,
  ...viewSettings,
  'saved-queries': { memoryMb: requestMemoryMb, environment: ['deployment'], grants: [knowStore, { table: 'resources', actions: ['GetItem', 'Query'] }] },
  'save-query': { memoryMb: requestMemoryMb, environment: ['deployment'], grants: [knowStore, { table: 'resources', actions: ['GetItem', 'Query', 'PutItem'] }] },
  'remove-query': { memoryMb: requestMemoryMb, environment: ['deployment'], grants: [knowStore, { table: 'resources', actions: ['GetItem', 'DeleteItem'] }] },
  'reindex-status': { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket'], grants: [knowStore, { table: 'jobs', actions: ['GetItem'] }] },
  'cancel-reindex': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'reindexWorkflowArn', 'eventBusArn'],
    // A wish is noted, the workflow brings the end about and tells of it.
    grants: [knowStore, { table: 'jobs', actions: ['GetItem', 'PutItem'] }, { reindexWorkflow: ['StartExecution', 'DescribeExecution'] }],
  },
  'start-import': { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket', 'importWorkflowArn', 'eventBusArn'], grants: [knowStore, ...startImports] },
  'import-status': { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket'], grants: [knowStore, { table: 'jobs', actions: ['GetItem'] }] },
  'cancel-import': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'importWorkflowArn', 'eventBusArn'],
    grants: [knowStore, changeJob, tellOfJobs, { importWorkflow: ['StartExecution', 'DescribeExecution'] }],
  },
  'start-export': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'exportWorkflowArn', 'eventBusArn'],
    // The group or the patients who are asked for, and which parameters may be searched by.
    grants: [knowStore, { table: 'resources', actions: ['GetItem', 'BatchGetItem'] }, readBodies, ...startExports],
  },
  'export-status': readingExports,
  'cancel-export': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'exportWorkflowArn', 'eventBusArn'],
    grants: [knowStore, changeJob, tellOfJobs, { exportWorkflow: ['StartExecution', 'DescribeExecution'] }, { bulk: ['GetObject', 'DeleteObject', 'ListBucket'] }],
  },
  'exported-file': readingExports,
  'history-system': historyOverIndex,
  'search-type': searching,
  'search-system': searching,
  'search-compartment': searching,
  everything: searching,
  create: {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'cleanUpQueueUrl'],
    grants: [knowStore, ...findMatches, readAndWriteBodies, ...keepUploads],
  },
  'conditional-update': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'cleanUpQueueUrl'],
    grants: [knowStore, ...findMatches, readAndWriteBodies],
  },
  'conditional-patch': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'cleanUpQueueUrl'],
    grants: [knowStore, ...findMatches, readAndWriteBodies],
  },
  'conditional-delete': {
    memoryMb: requestMemoryMb,
    environment: ['deployment', 'objectsBucket', 'cleanUpQueueUrl'],
    grants: [knowStore, ...findMatches, readBodies],
  },
  'history-type': historyOverIndex,
  read: readingOne,
  update: { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket'], grants: [...writeOne, readAndWriteBodies, ...keepUploads] },
  patch: { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket'], grants: [...writeOne, readAndWriteBodies] },
  // The deletion itself has no body; that of the version before tells which entries go with it.
  delete: { memoryMb: requestMemoryMb, environment: ['deployment', 'objectsBucket'], grants: [...writeOne, readBodies] },
  'history-instance': paging([{ table: 'resources', actions: ['GetItem', 'Query'] }]),
  vread: readingOne,
};

function operationFunction(name: OperationName): FunctionSpec {
  return {
    name,
    entry: `lambdas/rest/${name}.ts`,
    timeoutSeconds: gatewayTimeoutSeconds,
    streams: true,
    routes: table[name].routes.map(({ method, template }) => ({ method, template })),
    ...settings[name],
    environment: [...settings[name].environment, 'metrics'],
  };
}

/** Tells which methods a path has, or that there is no such path: nothing else answers that as FHIR asks. */
const unrouted: FunctionSpec = {
  name: 'unrouted',
  entry: 'lambdas/rest/unrouted.ts',
  memoryMb: requestMemoryMb,
  timeoutSeconds: gatewayTimeoutSeconds,
  environment: [],
  grants: [],
  routes: [
    ...new Set([...operationNames.flatMap((name) => table[name].routes.map(({ template }) => template)), '/{proxy+}']),
  ].map((template) => ({ method: 'ANY', template })),
  streams: true,
};

/** Asynchronous batches and transactions, one a message. */
const runTransactionJob: FunctionSpec = {
  name: 'run-transaction-job',
  entry: 'lambdas/rest/run-transaction-job.ts',
  memoryMb: jobMemoryMb,
  timeoutSeconds: jobTimeoutSeconds,
  environment: ['deployment', 'objectsBucket', 'transactionQueueUrl', 'cleanUpQueueUrl'],
  grants: [
    ...everything,
    { table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] },
    { objects: ['GetObject', 'PutObject', 'DeleteObject'], under: 'transactions/' },
    // Files of exports go when their time is over.
    { bulk: ['DeleteObject', 'ListBucket'] },
    { queue: 'transactions', actions: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'] },
  ],
  routes: [],
  streams: false,
  // A job counts its attempts itself, and tells its client when it gives up after ten.
  consumes: { queue: 'transactions', batchSize: 1, maxReceives: 12, maxConcurrency: 50 },
};

/** Has every data store's jobs looked after: those whose message was lost, and results that are no longer kept. */
const dueTransactions: FunctionSpec = {
  name: 'due-transactions',
  entry: 'lambdas/rest/due-transactions.ts',
  memoryMb: scheduleMemoryMb,
  timeoutSeconds: scheduleTimeoutSeconds,
  environment: ['deployment', 'transactionQueueUrl'],
  grants: [{ table: 'control', actions: ['Query'] }, { queue: 'transactions', actions: ['SendMessage'] }],
  routes: [],
  streams: false,
  everyMinutes: 60,
};

export const functions: readonly FunctionSpec[] = [
  ...operationNames.map(operationFunction), unrouted, runTransactionJob, dueTransactions, ...reindexFunctions, ...importFunctions, ...exportFunctions, ...controlFunctions, preloadFunction, healthlakeFunction, ...streamFunctions, ...lakeFunctions, ...enrichmentFunctions,
];
