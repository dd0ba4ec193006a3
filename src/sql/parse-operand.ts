/**
 * Reads what operators join: literals, names, calls, CASE, CAST, and what stands in parentheses or behind a dot or a bracket
 * (`primaryExpression` of Trino's grammar).
 */
import type { Expression, Query } from './ast.ts';
import { type Inner, parseCall } from './parse-call.ts';
import { literalAt } from './parse-literal.ts';
import { parseType } from './parse-type.ts';
import { described, type TokenReader } from './token-reader.ts';

export function parseOperand(reader: TokenReader, inner: Inner): Expression {
  let operand = base(reader, inner);
  for (;;) {
    const { at } = reader.peek();
    if (reader.take('[')) {
      operand = { kind: 'subscript', of: operand, index: reader.within(() => inner.value(reader)), at };
      reader.expect(']');
    } else if (reader.take('.')) {
      if (reader.isAt('*')) throw reader.fault('All fields of a row are not offered by .*: name them.');
      operand = fieldOf(operand, reader.name('The name of a field or column'), at);
    } else {
      return operand;
    }
  }
}

/** Names with dots stay together: what is a table, a column or a field in them is told by scope. */
function fieldOf(operand: Expression, name: string, at: number): Expression {
  if (operand.kind === 'name') return { ...operand, parts: [...operand.parts, name] };
  return { kind: 'field', of: operand, name, at };
}

function base(reader: TokenReader, inner: Inner): Expression {
  const token = reader.peek();
  if (token.kind === 'symbol' && token.text === '(') return parenthesis(reader, inner);
  const literal = literalAt(reader);
  if (literal) return literal;
  const construct = constructs[token.keyword];
  if (construct && (token.keyword === 'CASE' || reader.isSymbolAt(1, '(', '['))) return reader.within(() => construct(reader, inner));
  if (moments.has(token.keyword)) return moment(reader);
  if (token.kind !== 'word' && token.kind !== 'quoted') throw reader.fault(`An expression is expected here, not ${described(token)}.`);
  if (reader.peek(1).kind === 'symbol' && reader.peek(1).text === '(') return parseCall(reader, inner);
  const name = reader.name('An expression');
  if (!reader.isAt('->')) return { kind: 'name', parts: [name], at: token.at };
  return lambda(reader, inner, [name]);
}

function lambda(reader: TokenReader, inner: Inner, parameters: readonly string[]): Expression {
  const { at } = reader.next();
  return { kind: 'lambda', parameters, body: inner.expression(reader), at };
}

function parenthesis(reader: TokenReader, inner: Inner): Expression {
  const parameters = lambdaParameters(reader);
  if (parameters) return lambda(reader, inner, parameters);
  const { at } = reader.next();
  if (inner.isQuery(reader)) {
    const query = reader.query(reader);
    reader.expect(')');
    return { kind: 'scalar-query', query, at };
  }
  const elements = reader.list(() => inner.expression(reader));
  reader.expect(')');
  return elements.length === 1 ? elements[0]! : { kind: 'row', elements, at };
}

/** `(a, b) ->`; where that is not what comes, nothing is read. */
function lambdaParameters(reader: TokenReader): string[] | undefined {
  const names: string[] = [];
  let ahead = 1;
  while (reader.peek(ahead).kind === 'word' || reader.peek(ahead).kind === 'quoted') {
    names.push(reader.peek(ahead).text);
    ahead += 1;
    if (!reader.isSymbolAt(ahead, ',')) break;
    ahead += 1;
  }
  if (names.length === 0 || !reader.isSymbolAt(ahead, ')') || !reader.isSymbolAt(ahead + 1, '->')) return undefined;
  for (let passed = 0; passed <= ahead; passed += 1) reader.next();
  return names;
}

const moments: ReadonlySet<string> = new Set(['CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP', 'CURRENT_TIME', 'LOCALTIME']);

function moment(reader: TokenReader): Expression {
  const token = reader.next();
  if (reader.isAt('(')) throw reader.fault(`${token.keyword} stands without parentheses.`);
  return { kind: 'call', name: token.text.toLowerCase(), arguments: [], at: token.at };
}

const constructs: Readonly<Record<string, (reader: TokenReader, inner: Inner) => Expression>> = {
  CASE: parseCase,
  CAST: parseCast,
  TRY_CAST: parseCast,
  EXTRACT: (reader, inner) => {
    const { at } = reader.next();
    return reader.parenthesized(() => {
      const part = reader.name('A part of a date').toLowerCase();
      reader.expect('FROM');
      return { kind: 'extract', part, from: inner.value(reader), at };
    });
  },
  EXISTS: (reader) => {
    const { at } = reader.next();
    const query: Query = reader.parenthesized(() => reader.query(reader));
    return { kind: 'exists', query, at };
  },
  ARRAY: (reader, inner) => {
    const { at } = reader.next();
    if (!reader.take('[')) throw reader.fault('An array is written ARRAY[…].', at);
    const elements = reader.isAt(']') ? [] : reader.list(() => inner.expression(reader));
    reader.expect(']');
    return { kind: 'array', elements, at };
  },
  ROW: (reader, inner) => {
    const { at } = reader.next();
    return { kind: 'row', elements: reader.parenthesized(() => reader.list(() => inner.expression(reader))), at };
  },
  POSITION: (reader, inner) => {
    const { at } = reader.next();
    return reader.parenthesized(() => {
      const sought = inner.value(reader);
      reader.expect('IN');
      return { kind: 'call', name: 'strpos', arguments: [inner.value(reader), sought], at };
    });
  },
  SUBSTRING: (reader, inner) => {
    const { at } = reader.next();
    return reader.parenthesized(() => {
      const operands = [inner.value(reader)];
      const words = reader.isAt('FROM') ? ['FROM', 'FOR'] : [',', ','];
      for (const word of words) if (reader.take(word)) operands.push(inner.value(reader));
      return { kind: 'call', name: 'substring', arguments: operands, at };
    });
  },
  TRIM: (reader, inner) => {
    const { at } = reader.next();
    return reader.parenthesized(() => {
      const side = (['BOTH', 'LEADING', 'TRAILING'] as const).find((word) => reader.isAt(word, 'FROM') || (word !== 'BOTH' && reader.isAt(word)));
      if (side) throw reader.fault('Trim by trim(…), ltrim(…) or rtrim(…).');
      const call: Expression = { kind: 'call', name: 'trim', arguments: [inner.value(reader)], at };
      if (!reader.isAt(')')) throw reader.fault('trim takes spaces off: other characters by regexp_replace.');
      return call;
    });
  },
};

function parseCase(reader: TokenReader, inner: Inner): Expression {
  const { at } = reader.next();
  const operand = reader.isAt('WHEN') ? undefined : inner.expression(reader);
  const branches = [];
  while (reader.take('WHEN')) {
    const when = inner.expression(reader);
    reader.expect('THEN');
    // oxlint-disable-next-line unicorn/no-thenable -- a branch of CASE, which nobody awaits
    branches.push({ when, then: inner.expression(reader) });
  }
  if (branches.length === 0) throw reader.fault('WHEN is expected here.');
  const otherwise = reader.take('ELSE') ? inner.expression(reader) : undefined;
  reader.expect('END');
  return { kind: 'case', ...(operand && { operand }), branches, ...(otherwise && { otherwise }), at };
}

function parseCast(reader: TokenReader, inner: Inner): Expression {
  const { at, keyword } = reader.next();
  return reader.parenthesized(() => {
    const operand = inner.expression(reader);
    reader.expect('AS');
    return { kind: 'cast', operand, type: parseType(reader), ...(keyword === 'TRY_CAST' && { safe: true }), at };
  });
}
