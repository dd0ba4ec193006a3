/**
 * A function that a DynamoDB stream feeds: records in, and the positions of those that must come again out
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html).
 */
import type { Delivery } from '../ports/change-feed.ts';
import type { Item } from '../ports/ordered-table.ts';
import { itemOf } from './dynamo-items.ts';
import type { AttributeValues } from './dynamo-items.ts';
import { storeTableName } from './names.ts';

export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/** As Lambda gives it: binary values are base64 text. */
export interface StreamRecord {
  readonly eventSourceARN?: string;
  readonly dynamodb?: { readonly SequenceNumber?: string; readonly NewImage?: AttributeValues };
}

export interface StreamAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** @param work answers the positions of those that must come again; Lambda goes on from the first of them */
export function streamHandler(
  deployment: string, work: (deliveries: readonly Delivery[]) => Promise<readonly string[]>,
): (event: StreamEvent) => Promise<StreamAnswer> {
  return async ({ Records }) => {
    const failed = await work(Records.map((record) => deliveryOf(record, deployment)));
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Whatever the record is, this does not throw: one that cannot be read must not hold up those behind it. */
export function deliveryOf({ eventSourceARN = '', dynamodb = {} }: StreamRecord, deployment: string): Delivery {
  const position = dynamodb.SequenceNumber ?? '';
  const datastoreId = datastoreOf(eventSourceARN, deployment);
  const item = readable(dynamodb.NewImage);
  const known = { ...(datastoreId === undefined ? {} : { datastoreId }), ...(item === undefined ? {} : { item }) };
  return { stream: eventSourceARN, position, ...known };
}

function datastoreOf(streamArn: string, deployment: string): string | undefined {
  const [, name = ''] = /:table\/([^/]+)\/stream\//.exec(streamArn) ?? [];
  const datastoreId = /-([0-9a-f]{32})-resources$/.exec(name)?.[1];
  return datastoreId !== undefined && name === storeTableName(deployment, datastoreId, 'resources') ? datastoreId : undefined;
}

/** Consumers that need the body read the item. */
function readable(image: AttributeValues | undefined): Item | undefined {
  if (typeof image?.pk?.S !== 'string' || typeof image.sk?.S !== 'string') return undefined;
  const { body: _unread, ...item } = itemOf(image);
  return item;
}
