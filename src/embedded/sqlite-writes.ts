/** Carries out the writes of messages on a SQLite connection, inside a transaction the caller has begun. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Attributes } from '../ports/ordered-table.ts';
import { compressedBody } from '../store/body.ts';
import { tableShift, writeFlag } from './sqlite-messages.ts';
import type { Field, FoundItem, WriteMessage } from './sqlite-messages.ts';
import { maxInlineBodyBytes, quoted } from './sqlite-schema.ts';
import type { SqliteLayout } from './sqlite-schema.ts';

/** A message being read, one request after the other. */
export interface MessageCursor {
  readonly fields: readonly Field[];
  readonly bodies: Uint8Array | undefined;
  field: number;
  byte: number;
}

export function messageCursor({ fields, bodies }: Pick<WriteMessage, 'fields' | 'bodies'>): MessageCursor {
  return { fields: JSON.parse(fields) as readonly Field[], bodies, field: 0, byte: 0 };
}

interface Statements {
  readonly compressed: boolean;
  readonly find: StatementSync;
  readonly findBody: StatementSync;
  /** Changes nothing where there is an item. */
  readonly add: StatementSync;
  readonly put: StatementSync;
  readonly putBody: StatementSync;
  readonly deleteBody: StatementSync;
  readonly delete: StatementSync;
  /** Absent when nobody reads the table's changes. */
  readonly announce?: (pk: string, sk: string, attributes: string | null) => void;
  readonly acknowledge?: StatementSync;
  readonly forget?: StatementSync;
}

/** `true` when written, otherwise what the failed condition found. */
export type RequestOutcome = true | { readonly found: FoundItem | undefined };

/** One write as its fields say. */
interface Write {
  readonly head: number;
  /** For an acknowledgement the consumer and the sequence, for a trimming the sequence. */
  readonly pk: Field;
  readonly sk: Field;
  readonly attributes: string | null;
  readonly body: Uint8Array | null;
  readonly condition: string;
  readonly equals: Field | undefined;
}

/** The requests of a message, each as a message of its own. */
export function singleRequests(message: WriteMessage): readonly WriteMessage[] {
  const cursor = messageCursor(message);
  return Array.from({ length: message.requests }, () => {
    const { field, byte } = cursor;
    const writes = readRequest(cursor).length;
    const bodies = cursor.byte === byte ? undefined : (message.bodies!.slice(byte, cursor.byte) as WriteMessage['bodies']);
    return { requests: 1, writes, fields: JSON.stringify(cursor.fields.slice(field, cursor.field)), bodies };
  });
}

/** The writes of the request the cursor stands at, which is moved behind it. */
export function readRequest(cursor: MessageCursor): readonly Write[] {
  const writes: Write[] = [];
  for (let count = cursor.fields[cursor.field++] as number; count > 0; count--) writes.push(readWrite(cursor));
  return writes;
}

function readWrite(cursor: MessageCursor): Write {
  const { fields } = cursor;
  const head = fields[cursor.field++] as number;
  const pk = fields[cursor.field++]!;
  const sk = fields[cursor.field++]!;
  const attributes = head & writeFlag.attributes ? (fields[cursor.field++] as string) : null;
  const body = head & writeFlag.body ? readBody(cursor) : null;
  const condition = head & conditional ? (fields[cursor.field++] as string) : '';
  const equals = head & writeFlag.ifEquals ? fields[cursor.field++] : undefined;
  return { head, pk, sk, attributes, body, condition, equals };
}

const conditional = writeFlag.ifAbsent | writeFlag.ifEquals;

function readBody(cursor: MessageCursor): Uint8Array {
  const length = cursor.fields[cursor.field++] as number;
  const body = cursor.bodies!.subarray(cursor.byte, cursor.byte + length);
  cursor.byte += length;
  return body;
}

/**
 * Prepares the statements of all tables; the function it gives carries out a request.
 * @param trim takes messages out of the backup's log; where there is none, trimming is nothing
 */
export function sqliteWrites(database: DatabaseSync, layout: SqliteLayout, trim?: (sequence: number) => void): (request: readonly Write[]) => RequestOutcome {
  const tables = layout.tables.map((table) => statements(database, table, layout));
  return (request) => {
    for (const write of request) {
      if (write.head & writeFlag.trim) {
        trim?.(write.pk as number);
        continue;
      }
      const table = tables[write.head >> tableShift]!;
      const written = write.head & writeFlag.acknowledge ? acknowledge(write, table) : carryOut(write, table);
      // What comes behind a condition that fails depends on it.
      if (written !== true) return written;
    }
    return true;
  };
}

function statements(database: DatabaseSync, table: string, layout: SqliteLayout): Statements {
  const name = quoted(table);
  const putBody = database.prepare(`INSERT INTO ${name}_bodies (body) VALUES (?)`);
  // A row's number given as a bigint is stored as an integer, which the triggers look for; a number would be a real.
  putBody.setReadBigInts(true);
  const items = {
    compressed: layout.compressed?.includes(table) ?? false,
    find: database.prepare(`SELECT pk, sk, attributes, body FROM ${name} WHERE pk = ? AND sk = ?`),
    findBody: database.prepare(`SELECT body FROM ${name}_bodies WHERE id = ?`),
    add: database.prepare(`INSERT INTO ${name} VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    put: database.prepare(`INSERT INTO ${name} VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET attributes = excluded.attributes, body = excluded.body`),
    putBody,
    deleteBody: database.prepare(`DELETE FROM ${name}_bodies WHERE id = ?`),
    delete: database.prepare(`DELETE FROM ${name} WHERE pk = ? AND sk = ?`),
  };
  if (!layout.announced.includes(table) || layout.consumers.length === 0) return items;
  const announce = database.prepare(`INSERT INTO ${name}_outbox (pk, sk, attributes) VALUES (?, ?, ?)`);
  return {
    ...items,
    announce(pk, sk, attributes) {
      if (layout.followed?.some((prefix) => pk.startsWith(prefix)) ?? true) announce.run(pk, sk, attributes);
    },
    acknowledge: database.prepare(
      `UPDATE consumers SET acknowledged = max(acknowledged, ?) WHERE feed = '${table}' AND consumer = ?`,
    ),
    forget: database.prepare(`DELETE FROM ${name}_outbox
      WHERE sequence <= (SELECT min(acknowledged) FROM consumers WHERE feed = '${table}')`),
  };
}

function acknowledge({ pk: consumer, sk: sequence }: Write, table: Statements): true {
  // A backup that is restored has acknowledgements in its log, and no consumer yet.
  table.acknowledge?.run(sequence, consumer);
  table.forget?.run();
  return true;
}

function carryOut(write: Write, table: Statements): RequestOutcome {
  const { head, pk, sk, attributes, condition, equals } = write;
  // Most of what is put is new, and what is new meets the condition that something is absent.
  const mayBeNew = !(head & (writeFlag.delete | writeFlag.ifEquals));
  if (mayBeNew && added(write, table)) return true;
  if (head & conditional) {
    const found = table.find.get(pk, sk) as FoundRow | undefined;
    if (attributeOf(found, condition) !== equals) return { found: foundItem(found, table) };
  }
  if (head & writeFlag.delete) {
    table.delete.run(pk, sk);
    return true;
  }
  table.put.run(pk, sk, attributes, placedBody(write, table));
  if (head & writeFlag.announce) table.announce?.(pk as string, sk as string, attributes);
  return true;
}

/** Without the journal that SQLite keeps for a statement that may replace something. @returns false where there is an item */
function added(write: Write, table: Statements): boolean {
  const { head, pk, sk, attributes } = write;
  const body = placedBody(write, table);
  if (table.add.run(pk, sk, attributes, body).changes === 0) {
    if (typeof body === 'bigint') table.deleteBody.run(body);
    return false;
  }
  if (head & writeFlag.announce) table.announce?.(pk as string, sk as string, attributes);
  return true;
}

/** The body itself, or the number of its row. */
function placedBody({ body: given }: Write, table: Statements): Uint8Array | bigint | null {
  const body = given !== null && table.compressed ? compressedBody(given) : given;
  return body !== null && body.length > maxInlineBodyBytes ? table.putBody.run(body).lastInsertRowid as bigint : body;
}

interface FoundRow {
  readonly pk: string;
  readonly sk: string;
  readonly attributes: string | null;
  readonly body: number | Uint8Array | null;
}

function attributeOf(found: FoundRow | undefined, attribute: string): string | number | undefined {
  if (found === undefined || found.attributes === null) return undefined;
  const attributes = JSON.parse(found.attributes) as Attributes;
  return Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
}

function foundItem(found: FoundRow | undefined, table: Statements): FoundItem | undefined {
  if (found === undefined) return undefined;
  const { pk, sk, attributes, body } = found;
  if (typeof body !== 'number') return { pk, sk, attributes, body };
  return { pk, sk, attributes, body: (table.findBody.get(body) as { body: Uint8Array }).body };
}
