/**
 * The reading side of a data store's SQLite file: a connection of the main thread that sees every commit of the writer
 * (https://www.sqlite.org/wal.html#concurrency), so that all reads are strong.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { maxPageBytes } from '../ports/ordered-table.ts';
import type { Attributes, BatchOptions, Item, Key, OrderedTable, Query, QueryPage, Scan, ScanPage } from '../ports/ordered-table.ts';
import { checkKey, checkLimit, itemBytes, queryRange } from '../ports/table-limits.ts';
import type { SortKeyRange } from '../ports/table-limits.ts';
import { loopTurns } from './fair-turns.ts';
import { quoted } from './sqlite-schema.ts';

/** Rows a page takes at most: they are fetched at one go, which costs a third of stepping, without their bodies. */
export const maxPageRows = 1000;

/** Where a scan begins. */
const beforeAllKeys: Key = { pk: '', sk: '' };

type Row = [pk: string, sk: string, attributes: string | null, body: number | Uint8Array | null];

/**
 * A row and the body that lies apart are read in one snapshot, be it of one statement or of one transaction: between two,
 * the writer may have replaced the row, and given the number of its body to another.
 */
export function sqliteReader(database: DatabaseSync, table: string): Pick<OrderedTable, 'get' | 'batchGet' | 'query' | 'scan'> {
  const name = quoted(table);
  const rows = preparedRows(database, name);
  const body = database.prepare(`SELECT body FROM ${name}_bodies WHERE id = ?`);
  body.setReturnArrays(true);
  const whole = `CASE typeof(body) WHEN 'integer' THEN (SELECT body FROM ${name}_bodies WHERE id = ${name}.body) ELSE body END`;
  const find = database.prepare(`SELECT pk, sk, attributes, ${whole} FROM ${name} WHERE pk = ? AND sk = ?`);
  find.setReturnArrays(true);
  const head = database.prepare(`SELECT pk, sk, attributes, body FROM ${name} WHERE pk = ? AND sk = ?`);
  head.setReturnArrays(true);
  const item = ([pk, sk, attributes, inline]: Row, isKnown?: BatchOptions['isKnown']): Item => {
    const found: { pk: string; sk: string; attributes?: Attributes; body?: Uint8Array } = { pk, sk };
    if (attributes !== null) found.attributes = JSON.parse(attributes) as Attributes;
    if (inline !== null && isKnown?.(found)) return found;
    if (typeof inline === 'number') found.body = (body.get(inline) as unknown as [Uint8Array])[0];
    else if (inline !== null) found.body = inline;
    return found;
  };
  const get = ({ pk, sk }: Key) => {
    const row = find.get(pk, sk) as unknown as Row | undefined;
    return row && item(row);
  };
  const getUnless = (isKnown: NonNullable<BatchOptions['isKnown']>) => ({ pk, sk }: Key) => {
    const row = head.get(pk, sk) as unknown as Row | undefined;
    return row && item(row, isKnown);
  };
  const [begin, commit] = [database.prepare('BEGIN'), database.prepare('COMMIT')];
  const atOnce = <Result>(read: () => Result): Result => {
    begin.run();
    try {
      return read();
    } finally {
      commit.run();
    }
  };
  return {
    async get(key) {
      checkKey(key);
      if (loopTurns.isOverdue()) await loopTurns.next();
      return get(key);
    },
    async batchGet(keys, { isKnown }) {
      keys.forEach(checkKey);
      if (loopTurns.isOverdue()) await loopTurns.next();
      // One lock for all of them.
      return atOnce(() => keys.map(isKnown === undefined ? get : getUnless(isKnown)));
    },
    async query(query) {
      checkKey({ pk: query.pk, sk: '-' });
      if (loopTurns.isOverdue()) await loopTurns.own();
      const range = queryRange(query);
      return range === undefined ? { items: [] } : atOnce(() => queryPage(query, range, { rows, item }));
    },
    async scan(scan) {
      checkLimit(scan.limit);
      if (loopTurns.isOverdue()) await loopTurns.own();
      return atOnce(() => scanPage(scan, { rows, item }));
    },
  };
}

interface Source {
  /** A statement that selects rows by a condition. */
  rows(condition: string): StatementSync;
  item(row: Row): Item;
}

/** There are some twenty conditions; each is prepared once. */
function preparedRows(database: DatabaseSync, name: string): Source['rows'] {
  const prepared = new Map<string, StatementSync>();
  return (condition) => {
    let statement = prepared.get(condition);
    if (statement === undefined) {
      statement = database.prepare(`SELECT pk, sk, attributes, body FROM ${name} WHERE ${condition}`);
      statement.setReturnArrays(true);
      prepared.set(condition, statement);
    }
    return statement;
  };
}

function queryPage({ pk, limit, descending }: Query, { from, to, behind }: SortKeyRange, source: Source): QueryPage {
  const bounds: string[] = [];
  let condition = 'pk = ?';
  const bound = (comparison: string, value: string) => {
    condition += ` AND sk ${comparison} ?`;
    bounds.push(value);
  };
  if (behind !== undefined && !descending) bound('>', behind);
  else if (from !== undefined) bound('>=', from);
  if (behind !== undefined && descending) bound('<', behind);
  else if (to !== undefined) bound('<', to);
  const statement = source.rows(`${condition} ORDER BY sk ${descending ? 'DESC' : 'ASC'} LIMIT ?`);
  const { items, full } = page(statement, [pk, ...bounds, rowLimit(limit)], source);
  return full ? { items, next: items.at(-1)!.sk } : { items };
}

/** Parts are told apart by the last two characters of pk: ids and hashes, which differ there most. */
function scanPage({ segment, segments, limit, after = beforeAllKeys }: Scan, source: Source): ScanPage {
  const part = '(unicode(substr(pk, -1)) + 31 * unicode(substr(pk, -2))) % ? = ?';
  const statement = source.rows(`(pk, sk) > (?, ?) AND ${part} ORDER BY pk, sk LIMIT ?`);
  const { items, full } = page(statement, [after.pk, after.sk, segments, segment, rowLimit(limit)], source);
  const last = items.at(-1);
  return full ? { items, next: { pk: last!.pk, sk: last!.sk } } : { items };
}

function rowLimit(limit: number): number {
  return Math.min(limit, maxPageRows);
}

/** The rows of a statement, whose last value is its limit, up to that or the page's size, whichever closes it first. */
function page(
  statement: StatementSync, values: readonly (string | number)[], source: Source,
): { items: readonly Item[]; full: boolean } {
  const rows = statement.all(...values) as unknown as Row[];
  const items: Item[] = [];
  let sizeBytes = 0;
  for (const row of rows) {
    const item = source.item(row);
    items.push(item);
    sizeBytes += itemBytes(item);
    if (sizeBytes >= maxPageBytes) return { items, full: true };
  }
  return { items, full: rows.length === values.at(-1) };
}
