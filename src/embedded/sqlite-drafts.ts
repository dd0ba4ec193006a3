/** The messages to the writer thread: requests that are gathered into flat lists (sqlite-messages.ts). */
import type { Attributes, Condition, Item, Key } from '../ports/ordered-table.ts';
import { tableShift, writeFlag } from './sqlite-messages.ts';
import type { Field, WriteMessage } from './sqlite-messages.ts';

/** A message that is still being filled. */
export interface Draft {
  requests: number;
  writes: number;
  readonly fields: Field[];
  readonly bodies: Uint8Array[];
}

/** Where a write goes and on what condition. */
export interface Target {
  readonly table: number;
  readonly condition?: Condition;
}

/** The message, and what of it is handed over instead of being copied. */
export function messageOfDraft({ requests, writes, fields, bodies }: Draft): { readonly message: WriteMessage; readonly handedOver: readonly ArrayBuffer[] } {
  const all = joined(bodies);
  return { message: { requests, writes, fields: JSON.stringify(fields), bodies: all }, handedOver: all === undefined ? [] : [all.buffer] };
}

export function emptyDraft(): Draft {
  return { requests: 0, writes: 0, fields: [], bodies: [] };
}

function joined(bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> | undefined {
  if (bodies.length === 0) return undefined;
  const all = new Uint8Array(bodies.reduce((sum, body) => sum + body.length, 0));
  let offset = 0;
  for (const body of bodies) {
    all.set(body, offset);
    offset += body.length;
  }
  return all;
}

export function addPut({ fields, bodies }: Draft, { table, condition }: Target, item: Item): void {
  const attributes = attributesText(item.attributes);
  let head = (table << tableShift) | conditionFlag(condition);
  if (attributes !== undefined) head |= writeFlag.attributes;
  if (item.body !== undefined) head |= writeFlag.body;
  if (item.announce) head |= writeFlag.announce;
  fields.push(head, item.pk, item.sk);
  if (attributes !== undefined) fields.push(attributes);
  if (item.body !== undefined) {
    fields.push(item.body.length);
    bodies.push(item.body);
  }
  addCondition(fields, condition);
}

export function addDelete({ fields }: Draft, { table, condition }: Target, key: Key): void {
  fields.push((table << tableShift) | writeFlag.delete | conditionFlag(condition), key.pk, key.sk);
  addCondition(fields, condition);
}

function conditionFlag(condition: Condition | undefined): number {
  if (condition === undefined) return 0;
  return 'absent' in condition ? writeFlag.ifAbsent : writeFlag.ifEquals;
}

function addCondition(fields: Field[], condition: Condition | undefined): void {
  if (condition === undefined) return;
  fields.push(condition.attribute);
  if (!('absent' in condition)) fields.push(condition.equals);
}

function attributesText(attributes: Attributes | undefined): string | undefined {
  if (attributes === undefined) return undefined;
  const text = JSON.stringify(attributes);
  return text === '{}' ? undefined : text;
}
