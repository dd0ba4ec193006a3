/**
 * Checks a statement against the tables of a store: names, functions and types, as Trino's analyzer does
 * (https://trino.io/docs/435/language/types.html). What DuckDB is asked is written in the same walk, with every table, column and type
 * resolved, so that its own rules of names and of conversion decide nothing.
 */
import type { CommonTable, Query, QueryBody, SqlType, Values } from './ast.ts';
import { boundTree } from './bound-tree.ts';
import { orderingText } from './check-call.ts';
import { offeredType } from './check-cast.ts';
import { readExpression, timestampText } from './check-expression.ts';
import { offered, sameName, shortType, told } from './check-name.ts';
import { type KnownTable, ordinalOf, type Tables } from './check-relation.ts';
import { selectAt } from './check-select.ts';
import { quotedName, wholeNumber } from './quote.ts';
import { positionOf, SqlSyntaxError } from './syntax-error.ts';
import { type CheckedBody, coerced, type Output, type Place, type Tools, typed } from './typed.ts';
import { typeName } from './type-names.ts';
import { commonType, dayInterval, isComparable, isOrderable, monthInterval, ownZoneTimestamp, tellableType, unknown } from './types.ts';

export interface KnownColumn {
  readonly name: string;
  readonly type: SqlType;
}

export interface CheckOptions {
  /** The columns of a table or a saved view, by its name in lower case; `undefined` when there is none. */
  readonly columnsOf: (table: string) => readonly KnownColumn[] | undefined;
  /** Names to tell where a table is not known. */
  readonly offered?: readonly string[];
  /** What the store's own database is called, in lower case, where a statement names it. */
  readonly schemas?: readonly string[];
  /** The text that the tree was read from, for positions. */
  readonly text?: string;
}

export interface CheckedQuery {
  /** The tree without names of databases: what Athena is asked. */
  readonly query: Query;
  /** What DuckDB is asked; its columns are named `c1` and so on. */
  readonly duckDb: string;
  /** Tables and views that are read, in lower case. */
  readonly tables: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What HealthLake's documentation calls a store's database in its examples. */
const exampleSchema = 'database';

/** @throws SqlSyntaxError where a name, a function or a type does not fit */
export function check(query: Query, options: CheckOptions): CheckedQuery {
  const { text = '' } = options;
  const fault = (reason: string, of: { readonly at?: number } | undefined) => new SqlSyntaxError(positionOf(text, of?.at ?? 0), reason);
  boundTree(query, (at, reason) => fault(reason, { at }));
  const read = new Set<string>();
  const tables = storeTables(options, { fault, read });
  let made = 0;
  const fresh = (prefix: string) => `${prefix}${made += 1}`;
  const tools: Tools = { read: readExpression, fault, fresh, query: (inner, place) => queryAt(inner, inside(place), tables) };
  const start: Place = { scope: { fields: [] }, tools, parameters: [] };
  try {
    const { outputs, sql } = queryAt(query, start, tables);
    refuseUntold(outputs, { fault, query });
    const columns = outputs.map(({ name, type }, index) => ({ name: name ?? `_col${index}`, type: typeName(tellableType(type)) }));
    return { query: settled(query), duckDb: sql, tables: [...read], columns };
  } catch (error) {
    if (error instanceof RangeError) throw fault(error.message, query);
    throw error;
  }
}

/** A query within another sees the columns of that one. */
function inside(place: Place): Place {
  return { scope: { fields: [], outer: place }, tools: place.tools, parameters: [], ...(place.correlated && { correlated: place.correlated }) };
}

type Fault = Tools['fault'];

function storeTables({ columnsOf, offered: names = [], schemas = [] }: CheckOptions, { fault, read }: { readonly fault: Fault; readonly read: Set<string> }): Tables {
  return {
    table: (relation) => {
      const name = relation.name.toLowerCase();
      if (relation.schema !== undefined && ![...schemas, exampleSchema].includes(relation.schema.toLowerCase())) {
        throw fault(`There is no database ${told([relation.schema])} here: tables are named without one.`, relation);
      }
      const columns = name.includes('$') ? undefined : columnsOf(name);
      if (!columns) throw fault(`There is no table ${told([relation.name])}.${names.length > 0 ? ` ${offered(names)}` : ''}`, relation);
      read.add(name);
      return { columns: columns.map((column) => ({ ...column, type: ownType(column.type, fault) })), sql: quotedName(name) };
    },
  };
}

/** Tables' types are large, and asked for again and again. */
const ownTypes = new WeakMap<SqlType, SqlType>();

/** A caller's type as one of ours. */
function ownType(type: SqlType, fault: Fault): SqlType {
  let own = ownTypes.get(type);
  const tools: Tools = { fault, fresh: String, read: readExpression, query: () => ({ outputs: [], sql: '' }) };
  if (!own) ownTypes.set(type, own = offeredType(type, {}, { scope: { fields: [] }, parameters: [], tools }));
  return own;
}

/** A zone that is a value's own cannot be told in a column of answers that are the same on both engines. */
function refuseUntold(outputs: readonly Output[], { fault, query }: { readonly fault: Fault; readonly query: Query }) {
  const untold = outputs.findIndex(({ type }) => type === ownZoneTimestamp);
  const interval = outputs.findIndex(({ type }) => type === dayInterval || type === monthInterval);
  if (interval >= 0) throw fault(`Column ${interval + 1} is an interval: tell times between moments by date_diff.`, query);
  if (untold >= 0) throw fault(`Column ${untold + 1} has timestamps each in a time zone of its own: say x AT TIME ZONE 'UTC', or CAST(x AS timestamp).`, query);
}

/** Without names of databases, and with timestamps of three digits, as everything else here has them. */
function settled<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(settled) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const { kind, value } = node as { readonly kind?: string; readonly value?: string };
  const entries = Object.entries(node).filter(([key]) => !(key === 'schema' && kind === 'table'));
  const made = Object.fromEntries(entries.map(([key, child]) => [key, settled(child)]));
  return (kind === 'timestamp' && value !== undefined ? { ...made, value: timestampText(value) } : made) as Node;
}

function queryAt(query: Query, around: Place, outside: Tables): CheckedBody {
  const { tables, common } = withCommon(query.with ?? [], around, outside);
  // Queries in expressions see the common tables too.
  const place = { ...around, tools: { ...around.tools, query: (inner: Query, at: Place) => queryAt(inner, inside(at), tables) } };
  const orderBy = query.orderBy ?? [];
  const selected = query.body.kind === 'select'
    ? selectAt(query.body, orderBy, { place, tables })
    : ordered(bodyAt(query.body, place, tables), orderBy, place);
  const limits = [
    query.limit !== undefined && `LIMIT ${wholeNumber(query.limit)}`,
    query.offset !== undefined && `OFFSET ${wholeNumber(query.offset)}`,
  ].filter(Boolean);
  return { outputs: selected.outputs, sql: [common && `WITH ${common}`, selected.sql, ...limits].filter(Boolean).join(' ') };
}

/** Each sees those in front of it. */
function withCommon(list: readonly CommonTable[], place: Place, around: Tables): { readonly tables: Tables; readonly common: string } {
  const own: { readonly name: string; readonly table: KnownTable }[] = [];
  const written: string[] = [];
  let tables = around;
  for (const { name, columns, query, at } of list) {
    if (own.some((other) => sameName(other.name, name))) throw place.tools.fault(`WITH names ${told([name])} twice.`, { ...(at !== undefined && { at }) });
    const checked = queryAt(query, place, tables);
    if (columns && columns.length !== checked.outputs.length) {
      throw place.tools.fault(`${told([name])} has ${checked.outputs.length} columns; ${columns.length} names are given.`, { ...(at !== undefined && { at }) });
    }
    const sql = place.tools.fresh('w');
    written.push(`${sql} AS (${checked.sql})`);
    own.push({ name, table: { sql, numbered: true, columns: checked.outputs.map(({ type, name: given }, index) => {
      const column = columns?.[index] ?? given;
      return { ...(column !== undefined && { name: column }), type };
    }) } });
    tables = commonTables(own, around);
  }
  return { tables, common: written.join(', ') };
}

function commonTables(own: readonly { readonly name: string; readonly table: KnownTable }[], around: Tables): Tables {
  const list = [...own];
  return {
    table: (relation) => {
      const found = relation.schema === undefined ? list.findLast(({ name }) => sameName(name, relation.name)) : undefined;
      return found?.table ?? around.table(relation);
    },
  };
}

function ordered({ outputs, sql }: CheckedBody, orderBy: Query['orderBy'] & {}, place: Place): CheckedBody {
  if (orderBy.length === 0) return { outputs, sql: `SELECT * FROM (${sql}) AS ${place.tools.fresh('s')}` };
  const fields = outputs.map(({ name, type }, index) => ({ ...(name !== undefined && { name }), type, sql: `c${index + 1}` }));
  const keys = orderBy.map((ordering) => {
    const at = ordinalOf(ordering.expression);
    if (at !== undefined && !fields[at - 1]) throw place.tools.fault(`There is no column ${at} in the list.`, ordering.expression);
    const value = at === undefined ? place.tools.read(ordering.expression, { ...place, scope: { ...place.scope, fields } }) : fields[at - 1]!;
    if (!isOrderable(value.type)) throw place.tools.fault(`Values of ${shortType(value.type)} have no order.`, ordering.expression);
    return orderingText(value.sql, ordering);
  });
  return { outputs, sql: `SELECT * FROM (${sql}) AS ${place.tools.fresh('s')} ORDER BY ${keys.join(', ')}` };
}

function bodyAt(body: QueryBody, place: Place, tables: Tables): CheckedBody {
  switch (body.kind) {
    case 'select': return selectAt(body, [], { place, tables });
    case 'query': return queryAt(body, place, tables);
    case 'values': return valuesAt(body, place);
    default: break;
  }
  const left = bodyAt(body.left, place, tables);
  const right = bodyAt(body.right, place, tables);
  const name = body.kind.toUpperCase();
  if (left.outputs.length !== right.outputs.length) throw place.tools.fault(`${name} joins ${left.outputs.length} columns with ${right.outputs.length}.`, body);
  const outputs = left.outputs.map((output, index): Output => {
    const type = commonType(output.type, right.outputs[index]!.type);
    if (!type) throw place.tools.fault(`Column ${index + 1} of this ${name} is ${shortType(output.type)} and ${shortType(right.outputs[index]!.type)}: CAST one of them.`, body);
    if (!(body.kind === 'union' && body.all) && !isComparable(type)) throw place.tools.fault(`${name} cannot tell values of ${shortType(type)} apart.`, body);
    return { ...output, type };
  });
  return { outputs, sql: `${side(left, outputs, place)} ${name}${body.all ? ' ALL' : ''} ${side(right, outputs, place)}` };
}

/** A side of a set operation, its columns as those of the whole. */
function side({ outputs, sql }: CheckedBody, wanted: readonly Output[], { tools }: Place): string {
  const items = outputs.map(({ type }, index) => `${coerced(typed(type, `c${index + 1}`), wanted[index]!.type).sql} AS c${index + 1}`);
  return `(SELECT ${items.join(', ')} FROM (${sql}) AS ${tools.fresh('s')})`;
}

function valuesAt({ rows, at }: Values, place: Place): CheckedBody {
  const inner: Place = { ...place, noAggregates: 'VALUES holds no aggregate.', noWindows: 'VALUES holds no window function.' };
  const read = rows.map((row) => row.map((expression) => place.tools.read(expression, inner)));
  const width = read[0]?.length ?? 0;
  const of = { ...(at !== undefined && { at }) };
  if (read.some(([first]) => width === 1 && first?.type.kind === 'row' && first.expression?.kind !== 'row')) throw place.tools.fault('A row stands for several columns here: write ROW(…) around it for one.', of);
  if (read.some((row) => row.length !== width)) throw place.tools.fault('The rows of VALUES are of one width.', of);
  const types = Array.from({ length: width }, (_, index) => read.reduce((type: SqlType, row) => {
    const common = commonType(type, row[index]!.type);
    if (!common) throw place.tools.fault(`Column ${index + 1} of VALUES is ${shortType(type)} and ${shortType(row[index]!.type)}: CAST one of them.`, of);
    return common;
  }, unknown));
  const written = read.map((row) => `(${row.map((value, index) => coerced(value, types[index]!).sql).join(', ')})`);
  const names = types.map((_, index) => `c${index + 1}`).join(', ');
  return { outputs: types.map((type) => ({ type })), sql: `SELECT * FROM (VALUES ${written.join(', ')}) AS ${place.tools.fresh('s')}(${names})` };
}
