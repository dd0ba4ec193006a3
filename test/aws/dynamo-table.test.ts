import {
  BatchGetItemCommand, ConditionalCheckFailedException, ProvisionedThroughputExceededException, PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BatchWriteItemCommand, DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { maxAttempts, maxDelayMs } from '../../src/aws/dynamo-retry.ts';
import { dynamoTable, maxConcurrentBatches } from '../../src/aws/dynamo-table.ts';
import { TableUnavailable } from '../../src/ports/ordered-table.ts';

type Command = { readonly input: unknown };

/** A table whose client answers by a function; `delays` are the waits it asked for, taken at their longest. */
function scripted(answer: (command: Command, call: number) => unknown) {
  const delays: number[] = [];
  const commands: Command[] = [];
  const client = {
    async send(command: Command) {
      const call = commands.push(command);
      await new Promise(setImmediate);
      return answer(command, call);
    },
  } as unknown as Pick<DynamoDBClient, 'send'>;
  const backoff = { sleep: async (durationMs: number) => delays.push(durationMs), random: () => 1 };
  return { table: dynamoTable({ client, tableName: 't', backoff }), delays, commands };
}

const throttled = () => new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
const item = { pk: 'p', sk: 's' };
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ pk: 'p', sk: `k${index}` }));
const requestsOf = (command: Command) => (command as BatchWriteItemCommand).input.RequestItems!.t!;
const keysOf = (command: Command) => (command as BatchGetItemCommand).input.RequestItems!.t!.Keys!;

describe('a throttled DynamoDB table', () => {
  test('is asked again after delays that double up to a bound', async () => {
    const { table, delays } = scripted((_command, call) => {
      if (call < 10) throw throttled();
      return {};
    });
    expect(await table.put(item)).toEqual({ written: true });
    expect(delays).toEqual([50, 100, 200, 400, 800, 1600, maxDelayMs, maxDelayMs, maxDelayMs]);
  });

  test('is unavailable after the last attempt', async () => {
    const { table, commands } = scripted(() => {
      throw throttled();
    });
    await expect(table.get(item, { strong: true })).rejects.toThrow(TableUnavailable);
    expect(commands).toHaveLength(maxAttempts);
  });
});

describe('an uncertain answer', () => {
  const uncertain = {
    'a time-out': Object.assign(new Error('no answer'), { name: 'TimeoutError' }),
    'a broken connection': Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    'a server error': Object.assign(new Error('oops'), { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } }),
  };
  test.each(Object.entries(uncertain))('%s makes the table unavailable, without another try', async (_name, error) => {
    const { table, commands } = scripted(() => {
      throw error;
    });
    await expect(table.put(item)).rejects.toThrow(TableUnavailable);
    expect(commands).toHaveLength(1);
  });

  test('a refusal that is no throttling is passed on as it is', async () => {
    const { table } = scripted(() => {
      throw Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException' });
    });
    await expect(table.put(item)).rejects.toThrow('no such table');
  });
});

describe('a failed condition', () => {
  test('gives the item that the exception carries, or none', async () => {
    const there = { pk: { S: 'p' }, sk: { S: 's' }, _rev: { S: 'r1' } };
    const { table } = scripted((_command, call) => {
      throw new ConditionalCheckFailedException({ message: '', $metadata: {}, Item: call === 1 ? there : undefined });
    });
    const condition = { attribute: 'rev', equals: 'r0' };
    expect(await table.put(item, condition)).toEqual({ written: false, found: { ...item, attributes: { rev: 'r1' } } });
    expect(await table.delete(item, condition)).toEqual({ written: false, found: undefined });
  });
});

describe('batches', () => {
  test('are cut at 25 writes and 100 keys', async () => {
    const { table, commands } = scripted((command) => (command instanceof BatchGetItemCommand ? { Responses: { t: [] } } : {}));
    await table.batchWrite({ puts: items(30), deletes: items(60).slice(30) });
    expect(commands.map((command) => requestsOf(command).length)).toEqual([25, 25, 10]);
    commands.length = 0;
    await table.batchGet(items(250), { strong: true });
    expect(commands.map((command) => keysOf(command).length)).toEqual([100, 100, 50]);
  });

  test('unprocessed writes, and no others, are sent again until there are none', async () => {
    const written: WriteRequest[] = [];
    const { table, delays } = scripted((command) => {
      const requests = requestsOf(command);
      written.push(...requests.slice(0, 4));
      return { UnprocessedItems: requests.length > 4 ? { t: requests.slice(4) } : {} };
    });
    await table.batchWrite({ puts: items(25) });
    expect(written.map(({ PutRequest }) => PutRequest!.Item!.sk!.S)).toEqual(items(25).map(({ sk }) => sk));
    expect(delays).toHaveLength(6);
    expect(new Set(delays).size).toBe(1);
  });

  test('unprocessed keys are asked for again and found at their place', async () => {
    const { table } = scripted((command) => {
      const keys = keysOf(command);
      const half = Math.ceil(keys.length / 2);
      return { Responses: { t: keys.slice(0, half) }, UnprocessedKeys: keys.length > half ? { t: { Keys: keys.slice(half) } } : {} };
    });
    expect(await table.batchGet(items(100), { strong: true })).toEqual(items(100));
  });

  test('a batch without progress is unavailable after the last attempt', async () => {
    const { table, commands } = scripted((command) => ({ UnprocessedItems: { t: requestsOf(command) } }));
    await expect(table.batchWrite({ puts: items(5) })).rejects.toThrow(TableUnavailable);
    expect(commands).toHaveLength(maxAttempts);
  });

  test('are under way side by side within a bound', async () => {
    let underWay = 0;
    let most = 0;
    const client = {
      async send() {
        most = Math.max(most, ++underWay);
        await new Promise(setImmediate);
        underWay--;
        return {};
      },
    } as unknown as Pick<DynamoDBClient, 'send'>;
    await dynamoTable({ client, tableName: 't' }).batchWrite({ puts: items(2000) });
    expect(most).toBe(maxConcurrentBatches);
  });

  test('one failing batch fails the call when no other is under way', async () => {
    let finished = 0;
    const { table } = scripted(async (_command, call) => {
      if (call === 1) throw new Error('first');
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      finished++;
      return {};
    });
    await expect(table.batchWrite({ puts: items(75) })).rejects.toThrow('first');
    expect(finished).toBe(2);
  });
});

test('nothing over a limit is sent', async () => {
  const { table, commands } = scripted(() => ({}));
  await expect(table.put({ ...item, body: new Uint8Array(400 * 1024) })).rejects.toThrow('limit');
  expect(commands).toEqual([]);
  await table.put(item);
  expect(commands[0]).toBeInstanceOf(PutItemCommand);
});
