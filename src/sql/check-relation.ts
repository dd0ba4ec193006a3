/** Checks what stands behind FROM: its columns, and how DuckDB says it (https://trino.io/docs/435/sql/select.html#from-clause). */
import type { Expression, Join, Query, Relation, SqlType } from './ast.ts';
import { offered, sameName, shortType, told } from './check-name.ts';
import { compared, truth } from './check-operator.ts';
import { quotedName } from './quote.ts';
import { type CheckedBody, coerced, type Field, fieldSql, type Output, type Place, typed } from './typed.ts';
import { bigint, commonType, fieldName } from './types.ts';

export interface CheckedRelation {
  readonly fields: readonly Field[];
  readonly sql: string;
}

/** A table, a view or a common table as a statement sees it. */
export interface KnownTable {
  readonly columns: readonly Output[];
  /** As DuckDB names it. */
  readonly sql: string;
  /** Its columns are named `c1` and so on, not by their names. */
  readonly numbered?: boolean;
}

export interface Tables {
  /** @throws SqlSyntaxError when there is none */
  readonly table: (relation: Extract<Relation, { kind: 'table' }>) => KnownTable;
}

/** @param place whose scope a lateral relation sees: the columns to its left, within those of the query around */
export function relationAt(relation: Relation, place: Place, tables: Tables): CheckedRelation {
  switch (relation.kind) {
    case 'table': {
      const { columns, sql, numbered } = tables.table(relation);
      return named(relation, { columns, sql, columnName: numbered ? numberedName : (column) => quotedName(column.name!) }, place);
    }
    case 'subquery': {
      const around: Place = relation.lateral ? place : { ...place, scope: { fields: [], ...(place.scope.outer && { outer: place.scope.outer }) } };
      const checked = relation.lateral ? place.tools.query(relation.query, around) : queryBeside(relation.query, place);
      return named(relation, { columns: checked.outputs, sql: `${relation.lateral ? 'LATERAL ' : ''}(${checked.sql})`, columnName: numberedName }, place);
    }
    case 'unnest': return unnestAt(relation, place);
    default: return joinAt(relation, place, tables);
  }
}

/** A subquery that sees nothing of its neighbours: the queries around them only. */
function queryBeside(query: Query, place: Place): CheckedBody {
  const { outer } = place.scope;
  return place.tools.query(query, { ...(outer ?? { scope: { fields: [] }, tools: place.tools, parameters: [] }), ...(place.correlated && { correlated: place.correlated }) });
}

const numberedName = (_: Output, index: number) => `c${index + 1}`;

interface Source {
  readonly columns: readonly Output[];
  readonly sql: string;
  readonly columnName: (column: Output, index: number) => string;
}

function named({ kind, alias, at, ...rest }: Exclude<Relation, Join>, { columns, sql, columnName }: Source, { tools }: Place): CheckedRelation {
  const own = tools.fresh('r');
  if (alias?.columns && alias.columns.length !== columns.length) {
    throw tools.fault(`${told([alias.name])} has ${columns.length} columns; ${alias.columns.length} names are given.`, { ...(at !== undefined && { at }) });
  }
  const relation = alias?.name ?? (kind === 'table' && 'name' in rest ? rest.name : undefined);
  const fields = columns.map((column, index): Field => {
    const name = alias?.columns?.[index] ?? column.name;
    return { ...(relation !== undefined && { relation }), ...(name !== undefined && { name }), type: column.type, sql: `${own}.${columnName(column, index)}` };
  });
  return { fields, sql: `${sql} AS ${own}` };
}

/** One row for each place of the longest array; the fields of rows are columns. */
function unnestAt(relation: Extract<Relation, { kind: 'unnest' }>, place: Place): CheckedRelation {
  const inner: Place = {
    ...place, noAggregates: 'UNNEST holds no aggregate.', noWindows: 'UNNEST holds no window function.', correlated: refuseOuter(relation, place),
  };
  const arrays = relation.arrays.map((expression) => {
    const value = place.tools.read(expression, inner);
    if (value.type.kind !== 'array') throw place.tools.fault(`UNNEST takes arrays; this is ${shortType(value.type)}.`, expression);
    return { sql: value.sql, element: value.type.element };
  });
  const elements = arrays.map(({ sql }, index) => `unnest(${sql}) AS u${index + 1}`);
  const longest = arrays.length === 1 ? `len(${arrays[0]!.sql})` : `greatest(${arrays.map(({ sql }) => `len(${sql})`).join(', ')})`;
  const ordinality = relation.withOrdinality ? [`unnest(range(1, ${longest} + 1)) AS o`] : [];
  const columns = arrays.flatMap(({ element }, index) => columnsOf(element, `s.u${index + 1}`));
  const all = relation.withOrdinality ? [...columns, { type: bigint, sql: 's.o' }] : columns;
  const items = all.map(({ sql }, index) => `${sql} AS c${index + 1}`);
  const sql = `LATERAL (SELECT ${items.join(', ')} FROM (SELECT ${[...elements, ...ordinality].join(', ')}) AS s)`;
  return named(relation, { columns: all, sql, columnName: numberedName }, place);
}

/** Athena plans few such subqueries, and DuckDB fails at some. */
const refuseOuter = (relation: { readonly at?: number }, { tools }: Place) => () => {
  throw tools.fault('UNNEST takes no column of a query around this one: use any_match, filter or reduce, or UNNEST beside the table.', relation);
};

function columnsOf(element: SqlType, sql: string): (Output & { readonly sql: string })[] {
  if (element.kind !== 'row') return [{ type: element, sql }];
  return element.fields.map(({ name, type }, index) => ({ ...(name !== undefined && { name }), type, sql: fieldSql(sql, fieldName(name, index), index) }));
}

function joinAt(join: Join, place: Place, tables: Tables): CheckedRelation {
  const left = relationAt(join.left, place, tables);
  const right = relationAt(join.right, beside(place, left.fields), tables);
  refuseTwins(left.fields, right.fields, { join, place });
  if (join.type === 'cross') return { fields: [...left.fields, ...right.fields], sql: `(${left.sql} CROSS JOIN ${right.sql})` };
  const lateral = join.right.kind === 'unnest' || (join.right.kind === 'subquery' && join.right.lateral === true);
  if (lateral && !(join.on?.kind === 'boolean' && join.on.value && /^(?:left|inner)$/.test(join.type))) {
    throw place.tools.fault('UNNEST and LATERAL are joined by CROSS JOIN, or by LEFT JOIN … ON TRUE.', join);
  }
  if (join.using) return usingAt(join, { left, right, names: join.using }, place);
  const inside: Place = { ...place, scope: { ...place.scope, fields: [...place.scope.fields, ...left.fields, ...right.fields] }, ...noGroups };
  const condition = truth(place.tools.read(join.on!, inside), join.on!, place);
  return { fields: [...left.fields, ...right.fields], sql: `(${left.sql} ${join.type.toUpperCase()} JOIN ${right.sql} ON ${condition.sql})` };
}

const noGroups = { noAggregates: 'A join\'s condition holds no aggregate.', noWindows: 'A join\'s condition holds no window function.' };

/** What stands to the right sees what stands to the left, where it may. */
export function beside(place: Place, fields: readonly Field[]): Place {
  return { ...place, scope: { ...place.scope, fields: [...place.scope.fields, ...fields] } };
}

interface Where {
  readonly join: { readonly at?: number };
  readonly place: Place;
}

export function refuseTwins(left: readonly Field[], right: readonly Field[], { join, place }: Where) {
  const names = new Set(left.map(({ relation }) => relation?.toLowerCase()));
  const twin = right.find(({ relation }) => relation !== undefined && names.has(relation.toLowerCase()));
  if (twin) throw place.tools.fault(`Two tables are named ${told([twin.relation!])} here: give one another name by AS.`, join);
}

interface Sides {
  readonly left: CheckedRelation;
  readonly right: CheckedRelation;
  readonly names: readonly string[];
}

/** The columns that are joined by come first, once, and of no table. */
function usingAt(join: Join, { left, right, names }: Sides, place: Place): CheckedRelation {
  const find = (fields: readonly Field[], name: string): Field => {
    const found = fields.filter((field) => sameName(field.name, name));
    if (found.length === 1) return found[0]!;
    throw place.tools.fault(`${told([name])} is ${found.length === 0 ? 'no column' : 'more than one column'} of one side of the join. ${offered(fields.map((field) => field.name))}`, join);
  };
  const joined = names.map((name) => {
    const pair = [find(left.fields, name), find(right.fields, name)] as const;
    const sides = { operator: '=', left: typed(pair[0].type, pair[0].sql), right: typed(pair[1].type, pair[1].sql) };
    const condition = compared(sides, join, place);
    const type = commonType(pair[0].type, pair[1].type)!;
    const [first, second] = [coerced(sides.left, type).sql, coerced(sides.right, type).sql];
    const sql = { full: `coalesce(${first}, ${second})`, right: second }[join.type as string] ?? first;
    return { pair, condition: condition.sql, field: { name, type, sql } satisfies Field };
  });
  const used = new Set(joined.flatMap(({ pair }) => pair));
  const rest = [...left.fields, ...right.fields].filter((field) => !used.has(field));
  const condition = joined.map((column) => column.condition).join(' AND ');
  return { fields: [...joined.map(({ field }) => field), ...rest], sql: `(${left.sql} ${join.type.toUpperCase()} JOIN ${right.sql} ON ${condition})` };
}

/** Is the expression a place in the list of columns, as `ORDER BY 2` says? */
export function ordinalOf(expression: Expression): number | undefined {
  return expression.kind === 'number' && /^\d{1,6}$/.test(expression.text) ? Number(expression.text) : undefined;
}
