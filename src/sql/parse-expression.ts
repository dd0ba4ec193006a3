/**
 * Reads expressions: operators by how tightly they bind, as Trino's grammar has them
 * (https://trino.io/docs/435/functions/logical.html and its neighbours). What operators join is read in `parse-operand.ts`.
 */
import type { BinaryOperator, Expression, Ordering } from './ast.ts';
import type { Token } from './lexer.ts';
import { parseOperand } from './parse-operand.ts';
import type { TokenReader } from './token-reader.ts';

export function parseExpression(reader: TokenReader): Expression {
  return reader.within(() => chain(reader, ['OR'], conjunction));
}

const conjunction = (reader: TokenReader): Expression => chain(reader, ['AND'], negation);

function negation(reader: TokenReader): Expression {
  const { at } = reader.peek();
  if (!reader.take('NOT')) return predicate(reader);
  return reader.within(() => ({ kind: 'unary', operator: 'not', operand: negation(reader), at }));
}

/** `a op b op c`, grouped from the left. */
function chain(reader: TokenReader, operators: readonly string[], operand: (reader: TokenReader) => Expression): Expression {
  let left = operand(reader);
  for (;;) {
    const { at } = reader.peek();
    const operator = operators.find((candidate) => reader.take(candidate));
    if (operator === undefined) return left;
    left = { kind: 'binary', operator: operator.toLowerCase() as BinaryOperator, left, right: operand(reader), at };
  }
}

const comparisons = ['=', '<>', '<=', '>=', '<', '>'] as const;

function predicate(reader: TokenReader): Expression {
  const left = parseValue(reader);
  const { at } = reader.peek();
  const operator = comparisons.find((candidate) => reader.take(candidate));
  if (operator) {
    if (reader.isAt('ALL', '(') || reader.isAt('ANY', '(') || reader.isAt('SOME', '(')) {
      throw reader.fault('Comparisons with ALL, ANY and SOME are not offered: use IN, EXISTS, or min and max.');
    }
    return { kind: 'binary', operator, left, right: parseValue(reader), at };
  }
  if (reader.take('IS')) return isPredicate(reader, left, at);
  const negated = reader.take('NOT');
  const read = betweenInLike(reader, left, { at, ...(negated && { negated }) });
  if (read) return read;
  if (negated) throw reader.fault('BETWEEN, IN or LIKE is expected behind NOT.');
  return left;
}

function isPredicate(reader: TokenReader, operand: Expression, at: number): Expression {
  const negated = reader.take('NOT') && { negated: true };
  if (reader.take('NULL')) return { kind: 'is-null', operand, ...negated, at };
  if (reader.take('DISTINCT', 'FROM')) return { kind: 'is-distinct', left: operand, right: parseValue(reader), ...negated, at };
  throw reader.fault('NULL or DISTINCT FROM is expected behind IS.');
}

type Placement = { readonly at: number; readonly negated?: boolean };

function betweenInLike(reader: TokenReader, operand: Expression, placement: Placement): Expression | undefined {
  if (reader.take('BETWEEN')) {
    const low = parseValue(reader);
    reader.expect('AND');
    return { kind: 'between', operand, low, high: parseValue(reader), ...placement };
  }
  if (reader.take('IN')) {
    const values = reader.parenthesized(() => isQuery(reader) && !isValue(reader) ? reader.query(reader) : reader.list(() => parseExpression(reader)));
    return { kind: 'in', operand, values, ...placement };
  }
  if (reader.take('LIKE')) {
    const pattern = parseValue(reader);
    return { kind: 'like', operand, pattern, ...(reader.take('ESCAPE') && { escape: parseValue(reader) }), ...placement };
  }
  return undefined;
}

/** Does a query begin here, where an expression may as well? Parentheses are looked through. */
export function isQuery(reader: TokenReader): boolean {
  let ahead = 0;
  while (reader.peek(ahead).text === '(' && reader.peek(ahead).kind === 'symbol') ahead += 1;
  if (!/^(?:SELECT|WITH|VALUES|TABLE)$/.test(reader.peek(ahead).keyword)) return false;
  // WITH begins no part of a query, so that it is a value or a table in parentheses of its own.
  return ahead === 0 || (reader.peek(ahead).keyword !== 'WITH' && closesAsQuery(reader, ahead));
}

/** `IN ((SELECT …))` compares with one value, as in Trino, and not with the rows of a query. */
const isValue = (reader: TokenReader): boolean => reader.isAt('(') && behindClosing(reader, 1).text === ')';

/** The token behind the parenthesis that closes the innermost of those opened. */
function behindClosing(reader: TokenReader, opened: number): Token {
  let ahead = opened;
  for (let open = opened; reader.peek(ahead).kind !== 'end'; ahead += 1) {
    const token = reader.peek(ahead);
    if (token.kind === 'symbol' && token.text === '(') open += 1;
    if (token.kind === 'symbol' && token.text === ')') open -= 1;
    if (open < opened) break;
  }
  return reader.peek(ahead + 1);
}

/** `((SELECT …))` is a query, `((SELECT …) + 1)` is none: what stands behind the inner parenthesis tells. */
function closesAsQuery(reader: TokenReader, opened: number): boolean {
  const behind = behindClosing(reader, opened);
  return behind.text === ')' || /^(?:UNION|INTERSECT|EXCEPT|ORDER|LIMIT|OFFSET|FETCH)$/.test(behind.keyword);
}

/** What stands on a side of a comparison: texts are joined last, AT TIME ZONE binds tightest. */
function parseValue(reader: TokenReader): Expression {
  return chain(reader, ['||'], sum);
}

const sum = (reader: TokenReader): Expression => chain(reader, ['+', '-'], product);

const product = (reader: TokenReader): Expression => chain(reader, ['*', '/', '%'], signed);

function signed(reader: TokenReader): Expression {
  const { at } = reader.peek();
  const operator = (['-', '+'] as const).find((candidate) => reader.take(candidate));
  if (!operator) return zoned(reader);
  const number = reader.peek();
  const literal = number.kind === 'integer' || number.kind === 'decimal' || number.kind === 'double';
  if (operator === '-' && literal && !reader.isSymbolAt(1, '.', '[') && !(reader.peek(1).keyword === 'AT')) {
    reader.next();
    return { kind: 'number', text: `-${number.text}`, at };
  }
  return reader.within(() => ({ kind: 'unary', operator, operand: signed(reader), at }));
}

function zoned(reader: TokenReader): Expression {
  let operand = parseOperand(reader, { expression: parseExpression, value: parseValue, isQuery, ordering: parseOrdering });
  for (;;) {
    const { at } = reader.peek();
    if (!reader.take('AT')) return operand;
    reader.expect('TIME', 'ZONE');
    const zone = reader.next();
    if (zone.kind !== 'string') throw reader.fault("A time zone is written as a text: 'UTC'.", zone.at);
    operand = { kind: 'at-time-zone', operand, zone: { kind: 'string', value: zone.text, at: zone.at }, at };
  }
}

/** `expression [ASC | DESC] [NULLS FIRST | LAST]`. */
export function parseOrdering(reader: TokenReader): Ordering {
  const { at } = reader.peek();
  const expression = parseExpression(reader);
  const descending = reader.take('DESC') && { descending: true };
  if (!descending) reader.take('ASC');
  const nulls = reader.take('NULLS', 'FIRST') ? { nulls: 'first' as const } : reader.take('NULLS', 'LAST') && { nulls: 'last' as const };
  return { expression, ...descending, ...nulls, at };
}
