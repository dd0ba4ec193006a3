/**
 * The parameters of every DynamoDB request, built purely and sent elsewhere
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html).
 */
import type {
  BatchGetItemCommandInput, BatchWriteItemCommandInput, DeleteItemCommandInput, GetItemCommandInput, PutItemCommandInput,
  QueryCommandInput, ScanCommandInput, WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Batch, Condition, Item, Key, Query, Scan } from '../ports/ordered-table.ts';
import { attributePrefix } from '../ports/table-limits.ts';
import type { SortKeyRange } from '../ports/table-limits.ts';
import { attributeValue, itemValues, keyValues } from './dynamo-items.ts';
import type { AttributeValues } from './dynamo-items.ts';

/** DynamoDB's bounds of a batch. */
export const maxBatchGetKeys = 100;
export const maxBatchWriteItems = 25;

export function getParameters(TableName: string, key: Key, strong: boolean): GetItemCommandInput {
  return { TableName, Key: keyValues(key), ConsistentRead: strong };
}

export function putParameters(TableName: string, item: Item, condition?: Condition): PutItemCommandInput {
  return { TableName, Item: itemValues(item), ...conditionParameters(condition) };
}

export function deleteParameters(TableName: string, key: Key, condition?: Condition): DeleteItemCommandInput {
  return { TableName, Key: keyValues(key), ...conditionParameters(condition) };
}

function conditionParameters(condition: Condition | undefined): Partial<PutItemCommandInput & DeleteItemCommandInput> {
  if (condition === undefined) return {};
  const absent = 'absent' in condition;
  return {
    ConditionExpression: absent ? 'attribute_not_exists(#condition)' : '#condition = :equals',
    ExpressionAttributeNames: { '#condition': attributePrefix + condition.attribute },
    ...(!absent && { ExpressionAttributeValues: { ':equals': attributeValue(condition.equals) } }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/**
 * A condition on a sort key knows one comparison or BETWEEN, whose upper bound is inclusive: ascending, the caller
 * drops an item at `to`; descending, the page begins behind `to`.
 */
export function queryParameters(TableName: string, query: Query, range: SortKeyRange): QueryCommandInput {
  const { from, to } = range;
  const values: AttributeValues = { ':pk': { S: query.pk } };
  let condition = 'pk = :pk';
  if (from !== undefined && to !== undefined) condition += ' AND sk BETWEEN :from AND :to';
  else if (from !== undefined) condition += ' AND sk >= :from';
  else if (to !== undefined) condition += ' AND sk < :to';
  if (from !== undefined) values[':from'] = { S: from };
  if (to !== undefined) values[':to'] = { S: to };
  const behind = range.behind ?? (query.descending && from !== undefined ? to : undefined);
  return {
    TableName,
    KeyConditionExpression: condition,
    ExpressionAttributeValues: values,
    ScanIndexForward: !query.descending,
    Limit: query.limit,
    ConsistentRead: query.strong,
    ...(behind !== undefined && { ExclusiveStartKey: keyValues({ pk: query.pk, sk: behind }) }),
  };
}

export function scanParameters(TableName: string, { segment, segments, limit, after, strong = false }: Scan): ScanCommandInput {
  return {
    TableName,
    Segment: segment,
    TotalSegments: segments,
    Limit: limit,
    ConsistentRead: strong,
    ...(after !== undefined && { ExclusiveStartKey: keyValues(after) }),
  };
}

export function batchGetParameters(table: string, keys: readonly AttributeValues[], strong: boolean): BatchGetItemCommandInput {
  return { RequestItems: { [table]: { Keys: [...keys], ConsistentRead: strong } } };
}

export function batchWriteParameters(table: string, requests: readonly WriteRequest[]): BatchWriteItemCommandInput {
  return { RequestItems: { [table]: [...requests] } };
}

export function writeRequests({ puts = [], deletes = [] }: Batch): readonly WriteRequest[] {
  return [
    ...puts.map((item) => ({ PutRequest: { Item: itemValues(item) } })),
    ...deletes.map((key) => ({ DeleteRequest: { Key: keyValues(key) } })),
  ];
}
