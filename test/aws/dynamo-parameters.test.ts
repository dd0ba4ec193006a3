import { describe, expect, test } from '@jest/globals';
import { itemOf, itemValues } from '../../src/aws/dynamo-items.ts';
import {
  batchGetParameters, batchWriteParameters, deleteParameters, getParameters, putParameters, queryParameters, scanParameters, writeRequests,
} from '../../src/aws/dynamo-parameters.ts';
import { queryRange } from '../../src/ports/table-limits.ts';
import type { Query } from '../../src/ports/ordered-table.ts';

const key = { pk: 'Patient/1', sk: '@' };
const Key = { pk: { S: 'Patient/1' }, sk: { S: '@' } };

describe('the parameters of DynamoDB requests', () => {
  test('an item keeps attributes apart from its fields and comes back the same', () => {
    const item = { ...key, attributes: { pk: 'x', version: 3, ratio: 1e-7 }, body: new Uint8Array([1, 2]) };
    const values = itemValues({ ...item, announce: true });
    expect(values).toEqual({
      ...Key, _pk: { S: 'x' }, _version: { N: '3' }, _ratio: { N: '1e-7' }, body: { B: new Uint8Array([1, 2]) }, announce: { BOOL: true },
    });
    expect(itemOf(values)).toEqual(item);
  });

  test('get', () => {
    expect(getParameters('t', key, true)).toEqual({ TableName: 't', Key, ConsistentRead: true });
    expect(getParameters('t', key, false)).toEqual({ TableName: 't', Key, ConsistentRead: false });
  });

  test('put and delete without a condition carry none', () => {
    expect(putParameters('t', key)).toEqual({ TableName: 't', Item: Key });
    expect(deleteParameters('t', key)).toEqual({ TableName: 't', Key });
  });

  test('a condition asks for the item that is there when it fails', () => {
    expect(putParameters('t', key, { attribute: 'rev', absent: true })).toEqual({
      TableName: 't', Item: Key,
      ConditionExpression: 'attribute_not_exists(#condition)',
      ExpressionAttributeNames: { '#condition': '_rev' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(deleteParameters('t', key, { attribute: 'version', equals: 7 })).toEqual({
      TableName: 't', Key,
      ConditionExpression: '#condition = :equals',
      ExpressionAttributeNames: { '#condition': '_version' },
      ExpressionAttributeValues: { ':equals': { N: '7' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  const queried = (bounds: Partial<Query>) => {
    const query: Query = { pk: 'p', limit: 10, strong: true, ...bounds };
    return queryParameters('t', query, queryRange(query)!);
  };
  const common = { TableName: 't', Limit: 10, ConsistentRead: true, ScanIndexForward: true };
  const values = (bounds: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries({ pk: 'p', ...bounds }).map(([name, S]) => [`:${name}`, { S }]));

  test('a query names the bounds it has', () => {
    expect(queried({})).toEqual({ ...common, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values() });
    expect(queried({ from: 'a' })).toEqual({
      ...common, KeyConditionExpression: 'pk = :pk AND sk >= :from', ExpressionAttributeValues: values({ from: 'a' }),
    });
    expect(queried({ to: 'z', descending: true })).toEqual({
      ...common, ScanIndexForward: false, KeyConditionExpression: 'pk = :pk AND sk < :to', ExpressionAttributeValues: values({ to: 'z' }),
    });
    expect(queried({ from: 'a', to: 'z', after: 'b' })).toEqual({
      ...common, KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to', ExpressionAttributeValues: values({ from: 'a', to: 'z' }),
      ExclusiveStartKey: { pk: { S: 'p' }, sk: { S: 'b' } },
    });
  });

  test('a descending query begins behind its exclusive upper bound', () => {
    expect(queried({ from: 'a', to: 'z', descending: true }).ExclusiveStartKey).toEqual({ pk: { S: 'p' }, sk: { S: 'z' } });
    expect(queried({ from: 'a', to: 'z', descending: true, after: 'm' }).ExclusiveStartKey).toEqual({ pk: { S: 'p' }, sk: { S: 'm' } });
  });

  test('scan and batches', () => {
    expect(scanParameters('t', { segment: 1, segments: 4, limit: 5, after: key })).toEqual({
      TableName: 't', Segment: 1, TotalSegments: 4, Limit: 5, ConsistentRead: false, ExclusiveStartKey: Key,
    });
    expect(batchGetParameters('t', [Key], true)).toEqual({ RequestItems: { t: { Keys: [Key], ConsistentRead: true } } });
    expect(batchWriteParameters('t', writeRequests({ puts: [key], deletes: [key] }))).toEqual({
      RequestItems: { t: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key } }] },
    });
  });
});
