/** Reads what stands behind FROM: tables, subqueries, UNNEST and joins (https://trino.io/docs/435/sql/select.html#joins). */
import type { Alias, Join, Relation } from './ast.ts';
import { isQuery, parseExpression } from './parse-expression.ts';
import { described, type TokenReader } from './token-reader.ts';

export function parseRelation(reader: TokenReader): Relation {
  return reader.within(() => {
    let left = aliased(reader);
    for (;;) {
      const joined = joinOf(reader, left);
      if (!joined) return left;
      left = joined;
    }
  });
}

function joinOf(reader: TokenReader, left: Relation): Join | undefined {
  const { at } = reader.peek();
  if (reader.isAt('NATURAL')) throw reader.fault('NATURAL joins are not offered: name the columns by USING.');
  if (reader.take('CROSS', 'JOIN')) return { kind: 'join', type: 'cross', left, right: aliased(reader), at };
  const type = typeOfJoin(reader);
  if (!type) return undefined;
  reader.expect('JOIN');
  // `a JOIN b JOIN c ON … ON …` nests to the right.
  let right = aliased(reader);
  for (let inner = joinOf(reader, right); inner; inner = joinOf(reader, right)) right = inner;
  return { kind: 'join', type, left, right, ...conditionOf(reader), at };
}

function typeOfJoin(reader: TokenReader): Join['type'] | undefined {
  const outer = (['LEFT', 'RIGHT', 'FULL'] as const).find((candidate) => reader.take(candidate));
  if (outer) {
    reader.take('OUTER');
    return outer.toLowerCase() as Join['type'];
  }
  return reader.take('INNER') || reader.isAt('JOIN') ? 'inner' : undefined;
}

function conditionOf(reader: TokenReader): Pick<Join, 'on' | 'using'> {
  if (reader.take('ON')) return { on: parseExpression(reader) };
  if (reader.take('USING')) return { using: reader.parenthesized(() => reader.list(() => reader.name('The name of a column'))) };
  throw reader.fault('ON or USING is expected here.');
}

function aliased(reader: TokenReader): Relation {
  const relation = primary(reader);
  if (relation.kind === 'join') {
    if (startsAlias(reader)) throw reader.fault('A join in parentheses takes no other name here.');
    return relation;
  }
  const alias = aliasOf(reader);
  return alias ? { ...relation, alias } : relation;
}

function primary(reader: TokenReader): Relation {
  const { at } = reader.peek();
  if (reader.take('UNNEST')) return unnestOf(reader, at);
  if (reader.take('LATERAL')) return { kind: 'subquery', query: reader.parenthesized(() => reader.query(reader)), lateral: true, at };
  if (reader.isAt('(')) {
    return reader.within(() => reader.parenthesized((): Relation => {
      if (isQuery(reader)) return { kind: 'subquery', query: reader.query(reader), at };
      return parseRelation(reader);
    }));
  }
  if (reader.isAt('TABLE', '(')) throw reader.fault('Table functions are not offered.');
  if (reader.peek().kind === 'string') throw reader.fault('Files are not offered: name a table.');
  return tableOf(reader, at);
}

function tableOf(reader: TokenReader, at: number): Relation {
  const first = reader.name('The name of a table');
  if (reader.isAt('(')) throw reader.fault('Table functions are not offered.', at);
  if (!reader.take('.')) return { kind: 'table', name: first, at };
  const name = reader.name('The name of a table');
  if (reader.isAt('.')) throw reader.fault('Tables are named without a catalog.', at);
  return { kind: 'table', schema: first, name, at };
}

function unnestOf(reader: TokenReader, at: number): Relation {
  const arrays = reader.parenthesized(() => reader.list(() => parseExpression(reader)));
  return { kind: 'unnest', arrays, ...(reader.take('WITH', 'ORDINALITY') && { withOrdinality: true }), at };
}

const behindRelations: ReadonlySet<string> = new Set([
  'WHERE', 'GROUP', 'HAVING', 'UNION', 'INTERSECT', 'EXCEPT', 'ORDER', 'OFFSET', 'LIMIT', 'FETCH', 'JOIN', 'INNER', 'LEFT', 'RIGHT',
  'FULL', 'CROSS', 'NATURAL', 'ON', 'USING', 'WINDOW', 'TABLESAMPLE', 'FOR', 'MATCH_RECOGNIZE',
]);

function startsAlias(reader: TokenReader): boolean {
  const { kind, keyword } = reader.peek();
  return kind === 'quoted' || (kind === 'word' && !behindRelations.has(keyword));
}

function aliasOf(reader: TokenReader): Alias | undefined {
  const said = reader.take('AS');
  if (!said && !startsAlias(reader)) return undefined;
  if (!said && described(reader.peek()) !== 'a name') return undefined;
  const name = reader.name('A name for the table');
  if (!reader.isAt('(')) return { name };
  return { name, columns: reader.parenthesized(() => reader.list(() => reader.name('The name of a column'))) };
}
