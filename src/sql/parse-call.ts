/** Reads calls of functions, with what aggregates and windows add (https://trino.io/docs/435/functions/window.html). */
import type { Expression, FrameBound, FunctionCall, Ordering, Window } from './ast.ts';
import type { TokenReader } from './token-reader.ts';

/** What operands hold: given by `parse-expression.ts`, which reads operands in turn. */
export interface Inner {
  readonly expression: (reader: TokenReader) => Expression;
  readonly value: (reader: TokenReader) => Expression;
  readonly ordering: (reader: TokenReader) => Ordering;
  readonly isQuery: (reader: TokenReader) => boolean;
}

export function parseCall(reader: TokenReader, inner: Inner): Expression {
  const token = reader.next();
  if (refusedCalls[token.keyword] !== undefined) throw reader.fault(refusedCalls[token.keyword]!, token.at);
  const call = { kind: 'call' as const, name: token.text.toLowerCase(), at: token.at };
  reader.expect('(');
  const inside = insideOf(reader, inner);
  reader.expect(')');
  return { ...call, ...inside, ...behind(reader, inner) };
}

/** Calls with a grammar of their own. */
const refusedCalls: Readonly<Record<string, string>> = {
  LISTAGG: "LISTAGG is not offered: array_join(array_agg(x ORDER BY y), ', ') says the same.",
  NORMALIZE: 'NORMALIZE is not offered.',
  JSON_EXISTS: 'JSON_EXISTS is not offered: use json_extract.',
  JSON_VALUE: 'JSON_VALUE is not offered: use json_extract_scalar.',
  JSON_QUERY: 'JSON_QUERY is not offered: use json_extract.',
  JSON_TABLE: 'JSON_TABLE is not offered: use json_extract.',
  JSON_OBJECT: 'JSON_OBJECT is not offered.',
  JSON_ARRAY: 'JSON_ARRAY is not offered.',
};

function insideOf(reader: TokenReader, inner: Inner): Pick<FunctionCall, 'arguments' | 'star' | 'distinct' | 'orderBy'> {
  if (reader.take('*')) return { arguments: [], star: true };
  if (reader.isAt(')')) return { arguments: [] };
  const distinct = reader.take('DISTINCT') && { distinct: true };
  if (!distinct) reader.take('ALL');
  const operands = reader.list(() => inner.expression(reader));
  const orderBy = reader.take('ORDER', 'BY') && { orderBy: reader.list(() => inner.ordering(reader)) };
  return { arguments: operands, ...distinct, ...orderBy };
}

function behind(reader: TokenReader, inner: Inner): Pick<FunctionCall, 'filter' | 'ignoreNulls' | 'over'> {
  const filter = reader.isAt('FILTER', '(') && { filter: filterOf(reader, inner) };
  const ignoreNulls = reader.take('IGNORE', 'NULLS') && { ignoreNulls: true };
  if (!ignoreNulls) reader.take('RESPECT', 'NULLS');
  if (!reader.take('OVER')) {
    if (ignoreNulls) throw reader.fault('OVER is expected behind IGNORE NULLS.');
    return { ...filter };
  }
  if (!reader.isAt('(')) throw reader.fault('Windows with a name are not offered: write the window behind OVER in parentheses.');
  return { ...filter, ...ignoreNulls, over: reader.parenthesized(() => windowOf(reader, inner)) };
}

function filterOf(reader: TokenReader, inner: Inner): Expression {
  reader.expect('FILTER');
  return reader.parenthesized(() => {
    reader.expect('WHERE');
    return inner.expression(reader);
  });
}

function windowOf(reader: TokenReader, inner: Inner): Window {
  const partitionBy = reader.take('PARTITION', 'BY') && { partitionBy: reader.list(() => inner.expression(reader)) };
  const orderBy = reader.take('ORDER', 'BY') && { orderBy: reader.list(() => inner.ordering(reader)) };
  return { ...partitionBy, ...orderBy, ...frameOf(reader, inner) };
}

function frameOf(reader: TokenReader, inner: Inner): Pick<Window, 'frame'> {
  if (reader.isAt('GROUPS')) throw reader.fault('Frames of GROUPS are not offered: ROWS and RANGE are.');
  const unit = (['ROWS', 'RANGE'] as const).find((candidate) => reader.take(candidate));
  if (!unit) return {};
  const lower = unit.toLowerCase() as 'rows' | 'range';
  if (!reader.take('BETWEEN')) return { frame: { unit: lower, start: boundOf(reader, inner) } };
  const start = boundOf(reader, inner);
  reader.expect('AND');
  return { frame: { unit: lower, start, end: boundOf(reader, inner) } };
}

function boundOf(reader: TokenReader, inner: Inner): FrameBound {
  if (reader.take('UNBOUNDED', 'PRECEDING')) return { kind: 'unbounded-preceding' };
  if (reader.take('UNBOUNDED', 'FOLLOWING')) return { kind: 'unbounded-following' };
  if (reader.take('CURRENT', 'ROW')) return { kind: 'current-row' };
  const offset = inner.value(reader);
  if (reader.take('PRECEDING')) return { kind: 'preceding', offset };
  reader.expect('FOLLOWING');
  return { kind: 'following', offset };
}
