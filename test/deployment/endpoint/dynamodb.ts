/**
 * DynamoDB: its calls answered by an engine, its permissions by the caller's role, and what the engine does not know
 * (backups, keys, ARNs of this account) by the harness.
 */
import { forwarded, jsonAnswer, jsonCall, jsonError } from './service.ts';
import type { Access, Service, ServiceAnswer, ServiceRequest } from './service.ts';
import type { World } from './world.ts';

/** What the engine calls itself in ARNs. */
const engineOwner = 'arn:aws:dynamodb:dynoxide:000000000000:';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html: what a caller needs of the table's key. */
const readingKey = ['kms:Decrypt', 'kms:DescribeKey'];
const writingKey = [...readingKey, 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];
const creatingKey = [...writingKey, 'kms:CreateGrant'];

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'GetRecords']);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);
/** Calls without a table of their own. */
const onAll = new Set(['ListTables', 'ListStreams', 'DescribeLimits', 'DescribeEndpoints']);

export interface Recovery {
  readonly enabled: ReadonlySet<string>;
}

export function dynamodb(world: World, engine: string): Service & Recovery {
  const { account, region } = world.place;
  const owner = `arn:aws:dynamodb:${region}:${account}:`;
  const recoverable = new Set<string>();
  /** Streams by the iterators that lead into them. */
  const iterators = new Map<string, string>();
  /** Capacity kept ready, and its bound, which the engine takes for no change at all. */
  const capacities = new Map<string, Record<string, object>>();
  const tableArn = (name: string): string => (name.startsWith('arn:') ? name : `${owner}table/${name}`);
  const send = async (request: ServiceRequest): Promise<ServiceAnswer> => {
    const answer = await forwarded(engine, { ...request, body: renamed(request.body, owner, engineOwner) });
    const { 'x-amz-crc32': _ofTheEngine, 'content-length': _length, ...headers } = answer.headers;
    return { ...answer, headers, body: renamed(answer.body, engineOwner, owner) };
  };
  return {
    enabled: recoverable,
    accesses(request) {
      const { operation, input } = jsonCall(request);
      if (onAll.has(operation)) return [{ action: `dynamodb:${operation}`, resource: '*' }];
      const arns = (operation === 'GetRecords' ? [iterators.get(input.ShardIterator) ?? ''] : arnsOf(operation, input)).map(tableArn);
      const own = arns.map((resource): Access => ({ action: `dynamodb:${operation}`, resource }));
      const tags = operation === 'CreateTable' && input.Tags !== undefined ? arns.map((resource) => ({ action: 'dynamodb:TagResource', resource })) : [];
      return [...own, ...tags, ...keyAccesses(operation, input, arns)];
    },
    async answer(request) {
      const { operation, input } = jsonCall(request);
      if (operation === 'UpdateContinuousBackups') {
        if ((await send(describing(request, input.TableName))).status !== 200) return jsonError('TableNotFoundException', 'There is no such table.');
        if (input.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled === false) recoverable.delete(input.TableName);
        else recoverable.add(input.TableName);
        const description = { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } };
        return jsonAnswer({ ContinuousBackupsDescription: description });
      }
      if (operation === 'DescribeContinuousBackups') return recoveryOf(recoverable.has(input.TableName));
      const { WarmThroughput, OnDemandThroughput } = input;
      const set = { ...(WarmThroughput && { WarmThroughput: { Status: 'ACTIVE', ...WarmThroughput } }), ...(OnDemandThroughput && { OnDemandThroughput }) };
      if (Object.keys(set).length > 0) capacities.set(input.TableName, { ...capacities.get(input.TableName), ...set });
      if (operation === 'UpdateTable' && Object.keys(input).length === 2 && Object.keys(set).length === 1) {
        const { Table } = JSON.parse((await send(describing(request, input.TableName))).body.toString()) as { Table: object };
        return jsonAnswer({ TableDescription: Table });
      }
      const answer = await send(request);
      if (operation === 'DescribeTable' && capacities.has(input.TableName) && answer.status === 200) {
        const { Table } = JSON.parse(answer.body.toString()) as { Table: object };
        return jsonAnswer({ Table: { ...Table, ...capacities.get(input.TableName) } });
      }
      if (operation === 'CreateTable' && answer.status === 200) {
        const key = world.keys.find(input.SSESpecification?.KMSMasterKeyId ?? '');
        if (key !== undefined) world.tableKeys.set(input.TableName, key.arn);
      }
      // A shard that still grows has no end; the engine names one, and compares it as text.
      if (operation === 'DescribeStream') return { ...answer, body: Buffer.from(answer.body.toString().replaceAll(/,"EndingSequenceNumber":"\d+"/g, '')) };
      if (operation === 'GetShardIterator' || operation === 'GetRecords') {
        const { ShardIterator, NextShardIterator } = JSON.parse(answer.body.toString()) as Record<string, string | undefined>;
        const next = ShardIterator ?? NextShardIterator;
        if (next !== undefined) iterators.set(next, input.StreamArn ?? iterators.get(input.ShardIterator));
      }
      return answer;
    },
    denied: (reason) => jsonError('com.amazon.coral.service#AccessDeniedException', reason),
  };

  // oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own parameters
  function keyAccesses(operation: string, input: any, arns: readonly string[]): readonly Access[] {
    if (operation === 'CreateTable') {
      const key = world.keys.find(input.SSESpecification?.KMSMasterKeyId ?? '');
      return key === undefined ? [] : world.keys.uses(key.arn, 'dynamodb', creatingKey);
    }
    const actions = reads.has(operation) ? readingKey : writes.has(operation) ? writingKey : [];
    const keys = new Set(arns.map((arn) => world.tableKeys.get(/table\/([^/]+)/.exec(arn)![1]!)));
    return [...keys].flatMap((arn) => (arn === undefined ? [] : world.keys.uses(arn, 'dynamodb', actions)));
  }
}

/** A table that was made a moment ago: to be restored to any moment since. */
function recoveryOf(isEnabled: boolean): ServiceAnswer {
  const PointInTimeRecoveryDescription = isEnabled
    ? { PointInTimeRecoveryStatus: 'ENABLED', EarliestRestorableDateTime: 1_795_348_800, LatestRestorableDateTime: 1_795_348_860 }
    : { PointInTimeRecoveryStatus: 'DISABLED' };
  return jsonAnswer({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription } });
}

function renamed(body: Buffer, from: string, to: string): Buffer {
  return body.includes(from) ? Buffer.from(body.toString().replaceAll(from, to)) : body;
}

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own parameters
function arnsOf(operation: string, input: any): readonly string[] {
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') return Object.keys(input.RequestItems);
  if (operation === 'TagResource' || operation === 'ListTagsOfResource') return [input.ResourceArn];
  const named: string | undefined = input.TableName ?? input.StreamArn;
  if (named === undefined) throw new Error(`dynamodb.ts does not know what dynamodb:${operation} is about.`);
  return [named];
}

function describing(request: ServiceRequest, TableName: string): ServiceRequest {
  return { ...request, headers: { ...request.headers, 'x-amz-target': 'DynamoDB_20120810.DescribeTable' }, body: Buffer.from(JSON.stringify({ TableName })) };
}
