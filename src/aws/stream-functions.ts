/** The functions of the change feed: what carries it, what works on it, and the schedules beside it. */
import { eventSource } from '../operations/events/event-source.ts';
import type { FunctionSpec, Grant } from './function-spec.ts';

/** Records are decoded and passed on; one whole processor would wait. */
const feedMemoryMb = 512;
const feedTimeoutSeconds = 60;
/** Transactions of 4,500 members are settled, tables are read through. */
const cleanUpMemoryMb = 1769;
/** Five slices of a sweep: the last page of one is over long before. */
const cleanUpTimeoutSeconds = 300;
/** Transactions expire after a minute or so, and hold nobody up: writers settle what they meet. */
const settleEveryMinutes = 5;
/** A sweep reads whole tables; what it finds leads nowhere and costs only its storage. */
const sweepEveryMinutes = 24 * 60;

const sendWork: Grant = { queue: 'clean-up', actions: ['SendMessage'] };
/** Who carries the feed fills the queue of every capability that follows it. */
const followers: readonly Grant[] = [sendWork, { queue: 'lake', actions: ['SendMessage'] }, { queue: 'enrichment', actions: ['SendMessage'] }];
const reportUnreadable: Grant = { failuresOf: 'stream', actions: ['SendMessage'] };

/** Which data stores there are. */
const lookingOnly: Pick<FunctionSpec, 'environment' | 'grants'> = { environment: [], grants: [{ table: 'control', actions: ['Query'] }] };

/** A schedule that gives the clean-up queue a piece of work for every data store. */
function schedule(name: string, everyMinutes: number, { environment, grants }: Pick<FunctionSpec, 'environment' | 'grants'> = lookingOnly): FunctionSpec {
  return {
    name,
    entry: `lambdas/stream/${name}.ts`,
    memoryMb: feedMemoryMb,
    timeoutSeconds: feedTimeoutSeconds,
    environment: ['deployment', 'cleanUpQueueUrl', ...environment],
    grants: [...grants, sendWork],
    routes: [],
    streams: false,
    everyMinutes,
  };
}

export const streamFunctions: readonly FunctionSpec[] = [
  // Called by the mapping that the workflow makes for each store (src/aws/lambda-stream-mappings.ts).
  {
    name: 'fan-out',
    entry: 'lambdas/stream/fan-out.ts',
    memoryMb: feedMemoryMb,
    timeoutSeconds: feedTimeoutSeconds,
    environment: ['deployment', 'cleanUpQueueUrl', 'lakeQueueUrl', 'enrichmentQueueUrl', 'streamFailureQueueUrl'],
    grants: [{ stream: ['ListStreams', 'DescribeStream', 'GetShardIterator', 'GetRecords'] }, ...followers, reportUnreadable],
    routes: [],
    streams: false,
  },
  {
    name: 'clean-up',
    entry: 'lambdas/stream/clean-up.ts',
    memoryMb: cleanUpMemoryMb,
    timeoutSeconds: cleanUpTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'cleanUpQueueUrl', 'eventBusArn'],
    grants: [
      { table: 'control', actions: ['GetItem'] },
      // What became of jobs and nobody was told.
      { table: 'jobs', actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'] },
      { events: ['PutEvents'], source: eventSource },
      { table: 'resources', actions: ['GetItem', 'Query', 'Scan', 'PutItem', 'DeleteItem', 'BatchWriteItem'] },
      { table: 'index', actions: ['Scan', 'BatchWriteItem'] },
      { objects: ['GetObject', 'DeleteObject'], under: 'bodies/' },
      { objects: ['DeleteObject'], under: 'contents/' },
      { queue: 'clean-up', actions: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] },
    ],
    routes: [],
    streams: false,
    consumes: { queue: 'clean-up', batchSize: 5 },
  },
  // Idle until an operator moves messages back from the failure queue.
  {
    name: 'redrive',
    entry: 'lambdas/stream/redrive.ts',
    memoryMb: feedMemoryMb,
    timeoutSeconds: feedTimeoutSeconds,
    environment: ['deployment', 'cleanUpQueueUrl', 'lakeQueueUrl', 'enrichmentQueueUrl', 'streamFailureQueueUrl'],
    grants: [
      { stream: ['DescribeStream', 'GetShardIterator', 'GetRecords'] },
      { queue: 'stream', actions: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] },
      ...followers,
      reportUnreadable,
    ],
    routes: [],
    streams: false,
    consumes: { queue: 'stream', batchSize: 1 },
  },
  // Tells what a bus that was out of reach was not told, too.
  schedule('settle', settleEveryMinutes, {
    environment: ['eventBusArn'],
    grants: [{ table: 'control', actions: ['Query', 'GetItem', 'PutItem'] }, { events: ['PutEvents'], source: eventSource }],
  }),
  schedule('sweep', sweepEveryMinutes),
];
