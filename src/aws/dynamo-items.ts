/**
 * Items as DynamoDB attribute values and back
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html).
 *
 * Attributes lie beside the keys under their name with `_` before it, so that none can collide with a field of ours.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes, Item, Key } from '../ports/ordered-table.ts';
import { attributePrefix, itemFieldNames } from '../ports/table-limits.ts';

export type AttributeValues = Record<string, AttributeValue>;

export function keyValues({ pk, sk }: Key): AttributeValues {
  return { [itemFieldNames.pk]: { S: pk }, [itemFieldNames.sk]: { S: sk } };
}

export function itemValues(item: Item): AttributeValues {
  const values = keyValues(item);
  for (const [name, value] of Object.entries(item.attributes ?? {})) values[attributePrefix + name] = attributeValue(value);
  if (item.body !== undefined) values[itemFieldNames.body] = { B: item.body };
  if (item.announce) values[itemFieldNames.announce] = { BOOL: true };
  return values;
}

export function attributeValue(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

export function keyOf(values: AttributeValues): Key {
  return { pk: values[itemFieldNames.pk]!.S!, sk: values[itemFieldNames.sk]!.S! };
}

export function itemOf(values: AttributeValues): Item {
  const item: { pk: string; sk: string; attributes?: Attributes; body?: Uint8Array } = keyOf(values);
  const attributes: Record<string, string | number> = {};
  for (const [name, { N, S }] of Object.entries(values)) {
    if (name.startsWith(attributePrefix)) attributes[name.slice(attributePrefix.length)] = N === undefined ? S! : Number(N);
  }
  if (Object.keys(attributes).length > 0) item.attributes = attributes;
  const body = values[itemFieldNames.body]?.B;
  if (body !== undefined) item.body = body;
  return item;
}
