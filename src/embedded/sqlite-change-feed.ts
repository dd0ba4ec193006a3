/** The change feed of a table in SQLite: an outbox that the writer fills in the commit of the item itself. */
import type { DatabaseSync } from 'node:sqlite';
import type { Change, ChangeFeed } from '../ports/change-feed.ts';
import type { Attributes } from '../ports/ordered-table.ts';
import { checkLimit } from '../ports/table-limits.ts';
import { quoted } from './sqlite-schema.ts';
import type { SqliteWriter } from './sqlite-writer-client.ts';

interface Feed {
  readonly name: string;
  readonly index: number;
  readonly consumers: readonly string[];
}

/** @throws RangeError (its functions) when the consumer was not registered at open: its changes may be gone. */
export function sqliteChangeFeed(reader: DatabaseSync, writer: SqliteWriter, feed: Feed): ChangeFeed {
  const changes = reader.prepare(`
    SELECT sequence, pk, sk, attributes FROM ${quoted(feed.name)}_outbox
    WHERE sequence > (SELECT acknowledged FROM consumers WHERE consumer = ? AND feed = ?) ORDER BY sequence LIMIT ?`);
  const checkConsumer = (consumer: string) => {
    if (!feed.consumers.includes(consumer)) throw new RangeError(`'${consumer}' is no consumer of '${feed.name}'.`);
  };
  return {
    async read(consumer, limit) {
      checkConsumer(consumer);
      checkLimit(limit);
      return (changes.all(consumer, feed.name, limit) as unknown as OutboxRow[]).map(change);
    },
    async acknowledge(consumer, sequence) {
      checkConsumer(consumer);
      await writer.acknowledge(feed.index, consumer, sequence);
    },
  };
}

interface OutboxRow {
  readonly sequence: number;
  readonly pk: string;
  readonly sk: string;
  readonly attributes: string | null;
}

function change({ sequence, pk, sk, attributes }: OutboxRow): Change {
  const kept = attributes !== null && { attributes: JSON.parse(attributes) as Attributes };
  return { sequence, item: { pk, sk, ...kept, announce: true } };
}
