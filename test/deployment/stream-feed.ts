/**
 * Streams that feed functions, as Lambda reads them for an event source mapping
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html): in order, filtered, tried again, halved when a
 * batch fails, and laid aside when the attempts are used up, so that the stream goes on.
 */
import { dynamoCall } from './engines.ts';
import type { Engines } from './engines.ts';
import type { Access } from './endpoint/service.ts';
import type { World } from './endpoint/world.ts';
import type { MappingSettings } from './endpoint/stream-mappings.ts';
import { matchesFilter } from './event-filter.ts';
import type { Authority } from './iam/authority.ts';
import type { Invoked } from './lambda/runtime-api.ts';

export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: object; readonly NewImage?: object; readonly OldImage?: object };
}

export interface StreamFeedOptions {
  readonly settings: MappingSettings;
  readonly engines: Engines;
  readonly world: World;
  readonly authority: Authority;
  /** Of the function's role. */
  readonly role: string;
  readonly invoke: (event: unknown) => Promise<Invoked>;
}

interface ShardRecords {
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
}

interface ShardOptions extends StreamFeedOptions {
  readonly shardId: string;
}

export interface StreamFeed {
  /** Reads what has come since the last time and has it worked on. @returns the records that the filter let through */
  drain(): Promise<number>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-dynamodb-permissions */
const needed = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const engineOwner = 'arn:aws:dynamodb:dynoxide:000000000000:';

/** @throws Error when the function's role may not read the stream: Lambda would refuse the mapping */
export async function streamFeed(options: StreamFeedOptions): Promise<StreamFeed> {
  const { settings, engines, world, authority, role } = options;
  const { place } = world;
  const key = world.tableKeys.get(/:table\/([^/]+)/.exec(settings.EventSourceArn)![1]!);
  const accesses: readonly Access[] = [
    ...needed.map((action) => ({ action, resource: settings.EventSourceArn })),
    { action: 'dynamodb:ListStreams', resource: '*' },
    ...(key === undefined ? [] : world.keys.uses(key, 'dynamodb', ['kms:Decrypt', 'kms:DescribeKey'])),
  ];
  for (const access of accesses) {
    const { allowed, reason } = authority.authorize({ caller: role, ...access });
    if (!allowed) throw new Error(`The event source mapping cannot be made: ${reason}`);
  }
  if (settings['StartingPosition'] !== 'TRIM_HORIZON') throw new Error('A mapping that does not begin at TRIM_HORIZON loses what was written before it was enabled.');
  const StreamArn = settings.EventSourceArn.replace(`arn:aws:dynamodb:${place.region}:${place.account}:`, engineOwner);
  const call = (operation: string, input: object) => dynamoCall(engines.dynamodb, `DynamoDBStreams_20120810.${operation}`, input);
  const iterators = new Map<string, string>();
  const read = async (): Promise<readonly ShardRecords[]> => {
    const { StreamDescription: { Shards } } = (await call('DescribeStream', { StreamArn })) as { StreamDescription: { Shards: readonly { ShardId: string }[] } };
    const shards: ShardRecords[] = [];
    for (const { ShardId } of Shards) {
      const records: StreamRecord[] = [];
      const begin = async (): Promise<string> => ((await call('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' })) as { ShardIterator: string }).ShardIterator;
      let ShardIterator = iterators.get(ShardId) ?? (await begin());
      for (let more = true; more; ) {
        const { Records, NextShardIterator } = (await call('GetRecords', { ShardIterator })) as { Records: StreamRecord[]; NextShardIterator?: string };
        records.push(...Records);
        more = Records.length > 0 && NextShardIterator !== undefined;
        ShardIterator = NextShardIterator ?? ShardIterator;
      }
      iterators.set(ShardId, ShardIterator);
      shards.push({ shardId: ShardId, records });
    }
    return shards;
  };
  return {
    async drain() {
      let drained = 0;
      for (const { shardId, records } of await read()) {
        const wanted = records.filter((record) => passes(record, settings));
        const size = (settings['BatchSize'] as number | undefined) ?? 100;
        for (let start = 0; start < wanted.length; start += size) await deliver(wanted.slice(start, start + size), { ...options, shardId }, 0);
        drained += wanted.length;
      }
      return drained;
    },
  };
}

function passes(record: StreamRecord, { FilterCriteria }: MappingSettings): boolean {
  const filters = (FilterCriteria?.Filters ?? []) as readonly { Pattern: string }[];
  return filters.length === 0 || filters.some(({ Pattern }) => matchesFilter(JSON.parse(Pattern) as object, record));
}

/** One batch until it is through: from its first failure on, in halves where the mapping says so. */
async function deliver(batch: readonly StreamRecord[], options: ShardOptions, attempt: number): Promise<void> {
  const { settings } = options;
  const failedAt = await firstFailure(batch, options);
  if (failedAt === undefined) return;
  const rest = batch.slice(failedAt);
  const maxRetries = settings['MaximumRetryAttempts'] as number | undefined;
  if (maxRetries === undefined || maxRetries < 0) throw new Error('A mapping without MaximumRetryAttempts is stopped by one bad record for a day.');
  if (failedAt > 0) return deliver(rest, options, 0);
  if (settings['BisectBatchOnFunctionError'] === true && rest.length > 1) {
    const half = Math.ceil(rest.length / 2);
    await deliver(rest.slice(0, half), options, attempt + 1);
    return deliver(rest.slice(half), options, attempt + 1);
  }
  if (attempt < maxRetries) return deliver(rest, options, attempt + 1);
  return layAside(rest, options);
}

/** @returns the place of the first record that failed; undefined when none has */
async function firstFailure(batch: readonly StreamRecord[], { settings, world: { place }, invoke }: StreamFeedOptions): Promise<number | undefined> {
  const Records = batch.map((record) => ({
    ...record, eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: place.region, eventSourceARN: settings.EventSourceArn,
  }));
  try {
    const answer = JSON.parse((await invoke({ Records })).bytes.toString()) as { batchItemFailures?: readonly { itemIdentifier: string }[] } | null;
    const oneByOne = ((settings['FunctionResponseTypes'] ?? []) as readonly string[]).includes('ReportBatchItemFailures');
    const failed = oneByOne ? (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier) : [];
    const place_ = batch.findIndex(({ dynamodb }) => failed.includes(dynamodb.SequenceNumber));
    if (failed.length > 0 && place_ < 0) return 0;
    return place_ < 0 ? undefined : place_;
  } catch {
    return 0;
  }
}

/** To the queue for failures, with the function's role. Lambda tells where the records stand, not what is in them. */
function layAside(batch: readonly StreamRecord[], { settings, engines, authority, role, shardId }: ShardOptions): void {
  const arn = settings['DestinationConfig']?.OnFailure?.Destination as string | undefined;
  if (arn === undefined) throw new Error('A mapping without a destination for failures loses records.');
  const { allowed, reason } = authority.authorize({ caller: role, action: 'sqs:SendMessage', resource: arn });
  if (!allowed) throw new Error(`The failed batch cannot be laid aside: ${reason}`);
  const DDBStreamBatchInfo = {
    shardId,
    startSequenceNumber: batch[0]!.dynamodb.SequenceNumber, endSequenceNumber: batch.at(-1)!.dynamodb.SequenceNumber,
    batchSize: batch.length, streamArn: settings.EventSourceArn,
  };
  const body = { requestContext: { condition: 'RetryAttemptsExhausted', functionArn: settings.FunctionName }, version: '1.0', DDBStreamBatchInfo };
  const { QueueUrl } = engines.queues.call('GetQueueUrl', { QueueName: arn.split(':')[5] });
  engines.queues.call('SendMessage', { QueueUrl, MessageBody: JSON.stringify(body) });
}
