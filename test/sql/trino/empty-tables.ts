/** Statements over the lake's tables, as Trino can check them without any: each table stands in front, empty, with the columns that are used. */
import type { CommonTable, Query, SelectItem } from '../../../src/sql/ast.ts';
import { columnsOf } from '../../../src/operations/sql/known-tables.ts';
import { check, type CheckedQuery } from '../../../src/sql/check.ts';

export const checkedOverLake = (query: Query, text = ''): CheckedQuery => check(query, { columnsOf, text });

export function overEmptyTables({ query, tables }: Pick<CheckedQuery, 'query' | 'tables'>): Query {
  const { body } = query;
  const showsAll = body.kind === 'select' && body.items.some(({ kind }) => kind === 'all');
  const used = showsAll ? undefined : namesIn(query);
  return { ...query, with: [...tables.map((name) => emptyTable(name, used)), ...(query.with ?? [])] };
}

/** @param used the names of its columns; all unless given */
function emptyTable(name: string, used: ReadonlySet<string> | undefined): CommonTable {
  const columns = columnsOf(name)!.filter((column) => used?.has(column.name) ?? true);
  const items = columns.map((column): SelectItem => ({ kind: 'item', expression: { kind: 'cast', operand: { kind: 'null' }, type: column.type }, alias: column.name }));
  return { name, query: { kind: 'query', body: { kind: 'select', items, where: { kind: 'boolean', value: false } } } };
}

/** Every name in a tree, in lower case. */
function namesIn(query: Query): ReadonlySet<string> {
  const names = new Set<string>(['id']);
  const waiting: unknown[] = [query];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') names.add(next.toLowerCase());
    else if (typeof next === 'object' && next !== null) waiting.push(...Object.values(next).filter((value) => value !== undefined));
  }
  return names;
}
