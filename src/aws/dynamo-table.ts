/** An `OrderedTable` on one DynamoDB table whose keys are the strings `pk` and `sk`. */
import {
  BatchGetItemCommand, BatchWriteItemCommand, ConditionalCheckFailedException, DeleteItemCommand, GetItemCommand, PutItemCommand,
  QueryCommand, ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item, Key, OrderedTable, Query, QueryPage, WriteOutcome } from '../ports/ordered-table.ts';
import { checkItem, checkKey, checkLimit, queryRange } from '../ports/table-limits.ts';
import type { SortKeyRange } from '../ports/table-limits.ts';
import { itemOf, keyOf, keyValues } from './dynamo-items.ts';
import type { AttributeValues } from './dynamo-items.ts';
import {
  batchGetParameters, batchWriteParameters, deleteParameters, getParameters, maxBatchGetKeys, maxBatchWriteItems, putParameters,
  queryParameters, scanParameters, writeRequests,
} from './dynamo-parameters.ts';
import { defaultBackoff, retryThrottled, waitBefore } from './dynamo-retry.ts';
import type { Backoff } from './dynamo-retry.ts';

/** Batch requests of one call that are under way at a time: enough to hide latency, few enough not to throttle a table. */
export const maxConcurrentBatches = 8;

export interface DynamoTableOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly backoff?: Backoff;
}

/**
 * Throttling and unprocessed items are tried again within a bound; after it, and where an answer was lost, the table
 * is `TableUnavailable` and a write may still have been carried out.
 */
export function dynamoTable(options: DynamoTableOptions): OrderedTable {
  const { client, tableName, backoff = defaultBackoff } = options;
  const retried = <Output>(send: () => Promise<Output>) => retryThrottled(send, backoff);
  return {
    async get(key, { strong }) {
      checkKey(key);
      const { Item } = await retried(() => client.send(new GetItemCommand(getParameters(tableName, key, strong))));
      return Item && itemOf(Item);
    },
    async batchGet(keys, { strong }) {
      keys.forEach(checkKey);
      const found = new Map<string, Item>();
      await eachChunk(keys, maxBatchGetKeys, (chunk) =>
        untilProcessed(chunk.map(keyValues), backoff, async (rest) => {
          const output = await client.send(new BatchGetItemCommand(batchGetParameters(tableName, rest, strong)));
          for (const values of output.Responses?.[tableName] ?? []) found.set(keyText(keyOf(values)), itemOf(values));
          return output.UnprocessedKeys?.[tableName]?.Keys ?? [];
        }));
      return keys.map((key) => found.get(keyText(key)));
    },
    async query(query) {
      checkKey({ pk: query.pk, sk: '-' });
      const range = queryRange(query);
      if (range === undefined) return { items: [] };
      const parameters = queryParameters(tableName, query, range);
      const { Items, LastEvaluatedKey } = await retried(() => client.send(new QueryCommand(parameters)));
      return queryPage(query, range, { items: Items ?? [], last: LastEvaluatedKey });
    },
    async put(item, condition) {
      checkItem(item);
      return outcomeOf(retried(() => client.send(new PutItemCommand(putParameters(tableName, item, condition)))));
    },
    async delete(key, condition) {
      checkKey(key);
      return outcomeOf(retried(() => client.send(new DeleteItemCommand(deleteParameters(tableName, key, condition)))));
    },
    async batchWrite(batch) {
      batch.puts?.forEach(checkItem);
      batch.deletes?.forEach(checkKey);
      await eachChunk(writeRequests(batch), maxBatchWriteItems, (chunk) =>
        untilProcessed(chunk, backoff, async (rest) => {
          const output = await client.send(new BatchWriteItemCommand(batchWriteParameters(tableName, rest)));
          return output.UnprocessedItems?.[tableName] ?? [];
        }));
    },
    async scan(scan) {
      checkLimit(scan.limit);
      const { Items, LastEvaluatedKey } = await retried(() => client.send(new ScanCommand(scanParameters(tableName, scan))));
      return { items: (Items ?? []).map(itemOf), ...(LastEvaluatedKey && { next: keyOf(LastEvaluatedKey) }) };
    },
  };
}

/** Drops an item at the upper bound, which is exclusive here and inclusive there; behind it nothing can follow. */
function queryPage(
  query: Query, { to }: SortKeyRange, page: { items: readonly AttributeValues[]; last: AttributeValues | undefined },
): QueryPage {
  const items = page.items.map(itemOf);
  const next = page.last && keyOf(page.last).sk;
  if (!query.descending && to !== undefined && items.at(-1)?.sk === to) return { items: items.slice(0, -1) };
  return next === undefined || (!query.descending && next === to) ? { items } : { items, next };
}

async function outcomeOf(sent: Promise<unknown>): Promise<WriteOutcome> {
  try {
    await sent;
    return { written: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { written: false, found: error.Item && itemOf(error.Item) };
  }
}

/** Sends what is left until nothing is; each send gives back what was not processed. Progress begins a new count. */
async function untilProcessed<Part>(
  parts: readonly Part[], backoff: Backoff, send: (rest: readonly Part[]) => Promise<readonly Part[]>,
): Promise<void> {
  let rest = parts;
  for (let attempt = 1; ; attempt++) {
    const unprocessed = await retryThrottled(() => send(rest), backoff);
    if (unprocessed.length === 0) return;
    if (unprocessed.length < rest.length) attempt = 1;
    rest = unprocessed;
    await waitBefore(attempt, backoff);
  }
}

/** Works on all chunks, a bounded number at a time; the first failure is thrown when none is under way any more. */
async function eachChunk<Part>(
  parts: readonly Part[], size: number, work: (chunk: readonly Part[]) => Promise<void>,
): Promise<void> {
  let start = 0;
  const worker = async () => {
    while (start < parts.length) {
      const chunk = parts.slice(start, (start += size));
      await work(chunk);
    }
  };
  const workers = Math.min(maxConcurrentBatches, Math.ceil(parts.length / size));
  const outcomes = await Promise.allSettled(Array.from({ length: workers }, worker));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function keyText({ pk, sk }: Key): string {
  return `${pk.length} ${pk}${sk}`;
}
