/**
 * Reads one SELECT of the subset of Athena's dialect that `docs/sql-dialect.md` sets down
 * (https://docs.aws.amazon.com/athena/latest/ug/select.html, https://trino.io/docs/435/sql/select.html).
 */
import type { CommonTable, Grouping, Query, QueryBody, Select, SelectItem, SetOperation } from './ast.ts';
import { boundTree } from './bound-tree.ts';
import { parseExpression, parseOrdering } from './parse-expression.ts';
import { parseRelation } from './parse-relation.ts';
import { described, TokenReader } from './token-reader.ts';

/** @throws SqlSyntaxError with position and reason, for whatever is not in the subset */
export function parseQuery(text: string): Query {
  const reader = new TokenReader(text, queryOf);
  refuseOtherStatements(reader);
  const query = queryOf(reader);
  while (reader.take(';'));
  if (reader.peek().kind !== 'end') throw reader.fault(behindTheEnd(reader));
  boundTree(query, (at, reason) => reader.fault(reason, at));
  return query;
}

function refuseOtherStatements(reader: TokenReader) {
  const { keyword, kind } = reader.peek();
  if (/^(?:SELECT|WITH|VALUES)$/.test(keyword) || reader.isAt('(')) return;
  if (kind === 'end') throw reader.fault('The statement is empty.');
  throw reader.fault(`One SELECT is asked here${statements.test(keyword) ? `: ${keyword} is not offered` : ''}.`);
}

const statements = /^(?:ALTER|ANALYZE|CALL|COMMIT|CREATE|DELETE|DESCRIBE|DROP|EXECUTE|EXPLAIN|GRANT|INSERT|MERGE|MSCK|OPTIMIZE|PREPARE|REVOKE|SET|SHOW|TABLE|TRUNCATE|UNLOAD|UPDATE|USE|VACUUM|ATTACH|COPY|EXPORT|IMPORT|INSTALL|LOAD|PRAGMA)$/;

function behindTheEnd(reader: TokenReader): string {
  if (reader.isAt('WINDOW')) return 'Windows with a name are not offered: write the window behind OVER in parentheses.';
  if (reader.isAt('TABLESAMPLE')) return 'TABLESAMPLE is not offered.';
  if (reader.isAt('FOR')) return 'FOR … AS OF is not offered: {type}_history tables have every version.';
  if (reader.isAt('MATCH_RECOGNIZE')) return 'MATCH_RECOGNIZE is not offered.';
  return `The statement should end here; ${described(reader.peek())} follows.`;
}

function queryOf(reader: TokenReader): Query {
  return reader.within(() => {
    const { at } = reader.peek();
    const tables = reader.isAt('WITH') && { with: withOf(reader) };
    const body = setOperation(reader);
    const orderBy = reader.take('ORDER', 'BY') && { orderBy: reader.list(() => parseOrdering(reader)) };
    const offset = reader.take('OFFSET') && { offset: countOf(reader) };
    if (offset && !reader.take('ROWS')) reader.take('ROW');
    const query: Query = { kind: 'query', ...tables, body, ...orderBy, ...offset, ...limitOf(reader), at };
    const around = bare(query);
    return around.kind === 'query' ? around : query;
  });
}

function withOf(reader: TokenReader): CommonTable[] {
  reader.expect('WITH');
  if (reader.isAt('RECURSIVE')) throw reader.fault('WITH RECURSIVE is not offered.');
  return reader.list(() => {
    const { at } = reader.peek();
    const name = reader.name('The name of a table');
    const columns = reader.isAt('(') && { columns: reader.parenthesized(() => reader.list(() => reader.name('The name of a column'))) };
    reader.expect('AS');
    return { name, ...columns, query: reader.parenthesized(() => queryOf(reader)), at };
  });
}

function limitOf(reader: TokenReader): { readonly limit?: number } {
  if (reader.take('LIMIT', 'ALL')) return {};
  if (reader.take('LIMIT')) {
    const limit = countOf(reader);
    if (reader.isAt('OFFSET')) throw reader.fault('OFFSET stands in front of LIMIT.');
    return { limit };
  }
  if (!reader.take('FETCH')) return {};
  if (!reader.take('FIRST')) reader.expect('NEXT');
  const limit = reader.isAt('ROW') || reader.isAt('ROWS') ? 1 : countOf(reader);
  if (!reader.take('ROWS')) reader.expect('ROW');
  if (reader.isAt('WITH')) throw reader.fault('WITH TIES is not offered: rank() OVER (…) tells ties.');
  reader.expect('ONLY');
  return { limit };
}

function countOf(reader: TokenReader): number {
  const token = reader.next();
  if (token.kind !== 'integer' || token.text.length > 15) throw reader.fault('A number of rows is a whole number.', token.at);
  return Number(token.text);
}

/** INTERSECT binds tighter than UNION and EXCEPT, which are read from the left. */
function setOperation(reader: TokenReader): QueryBody {
  return operations(reader, ['union', 'except'], () => operations(reader, ['intersect'], () => bodyOf(reader)));
}

function operations(reader: TokenReader, kinds: readonly SetOperation['kind'][], operand: () => QueryBody): QueryBody {
  let left = operand();
  for (;;) {
    const { at } = reader.peek();
    const kind = kinds.find((candidate) => reader.take(candidate.toUpperCase()));
    if (!kind) return left;
    const all = reader.take('ALL');
    if (!all) reader.take('DISTINCT');
    left = { kind, all, left, right: operand(), at };
  }
}

function bodyOf(reader: TokenReader): QueryBody {
  const { at } = reader.peek();
  if (reader.isAt('(')) {
    const query = reader.parenthesized(() => queryOf(reader));
    if (query.with) throw reader.fault('WITH stands at the beginning of a statement or a subquery, not of a part of one.', query.at);
    return bare(query);
  }
  if (reader.take('VALUES')) return { kind: 'values', rows: reader.list(() => valuesRow(reader)), at };
  if (reader.isAt('TABLE')) throw reader.fault('TABLE is not offered: use SELECT * FROM.');
  reader.expect('SELECT');
  return selectOf(reader, at);
}

/** Parentheses around a body alone say no more than the tree does. */
function bare(query: Query): QueryBody {
  return query.with || query.orderBy || query.offset !== undefined || query.limit !== undefined ? query : query.body;
}

function valuesRow(reader: TokenReader) {
  const row = parseExpression(reader);
  return row.kind === 'row' ? row.elements : [row];
}

function selectOf(reader: TokenReader, at: number): Select {
  const distinct = reader.take('DISTINCT') && { distinct: true };
  if (!distinct) reader.take('ALL');
  const items = reader.list(() => itemOf(reader));
  const from = reader.take('FROM') && { from: reader.list(() => parseRelation(reader)) };
  const where = reader.take('WHERE') && { where: parseExpression(reader) };
  const groupBy = reader.take('GROUP', 'BY') && { groupBy: groupingsOf(reader) };
  const having = reader.take('HAVING') && { having: parseExpression(reader) };
  return { kind: 'select', ...distinct, items, ...from, ...where, ...groupBy, ...having, at };
}

function itemOf(reader: TokenReader): SelectItem {
  const { at } = reader.peek();
  if (reader.take('*')) return { kind: 'all', at };
  if (reader.isSymbolAt(1, '.') && reader.isSymbolAt(2, '*') && reader.peek().kind !== 'symbol') {
    const of = reader.name('The name of a table');
    reader.expect('.', '*');
    return { kind: 'all', of, at };
  }
  const expression = parseExpression(reader);
  const named = reader.take('AS') || reader.peek().kind === 'quoted' || isAlias(reader);
  return { kind: 'item', expression, ...(named && { alias: reader.name('The name of a column') }), at };
}

function isAlias(reader: TokenReader): boolean {
  return reader.peek().kind === 'word' && !behindItems.test(reader.peek().keyword);
}

const behindItems = /^(?:FROM|WHERE|GROUP|HAVING|UNION|INTERSECT|EXCEPT|ORDER|OFFSET|LIMIT|FETCH|WINDOW)$/;

function groupingsOf(reader: TokenReader): Grouping[] {
  if (reader.take('DISTINCT')) throw reader.fault('GROUP BY DISTINCT is not offered.');
  reader.take('ALL');
  return reader.list(() => groupingOf(reader));
}

function groupingOf(reader: TokenReader): Grouping {
  const { at } = reader.peek();
  if (reader.take('GROUPING', 'SETS')) {
    return { kind: 'sets', sets: reader.parenthesized(() => reader.list(() => groupingSet(reader))), at };
  }
  const kind = reader.take('ROLLUP') ? 'rollup' : reader.take('CUBE') ? 'cube' : 'simple';
  if (kind !== 'simple') return { kind, expressions: reader.parenthesized(() => reader.list(() => parseExpression(reader))), at };
  return { kind, expressions: groupingSet(reader), at };
}

/** `a`, `(a, b)` or `()`. */
function groupingSet(reader: TokenReader) {
  if (reader.take('(', ')')) return [];
  const read = parseExpression(reader);
  return read.kind === 'row' ? read.elements : [read];
}
