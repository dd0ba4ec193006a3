/** Reads literals (https://trino.io/docs/435/language/types.html). */
import type { Expression, Literal } from './ast.ts';
import type { TokenReader } from './token-reader.ts';

/** @returns `undefined` where no literal begins */
export function literalAt(reader: TokenReader): Expression | undefined {
  const token = reader.peek();
  const { at } = token;
  switch (token.kind) {
    case 'integer': case 'decimal': case 'double':
      return { kind: 'number', text: reader.next().text, at };
    case 'string':
      return { kind: 'string', value: reader.next().text, at };
    case 'word': return wordAt(reader);
    default: return undefined;
  }
}

function wordAt(reader: TokenReader): Expression | undefined {
  const { keyword, at } = reader.peek();
  if (reader.take('NULL')) return { kind: 'null', at };
  if (reader.take('TRUE')) return { kind: 'boolean', value: true, at };
  if (reader.take('FALSE')) return { kind: 'boolean', value: false, at };
  const sign = reader.isSymbolAt(1, '-', '+') ? 1 : 0;
  const quoted = reader.peek(1 + sign).kind === 'string';
  if (keyword === 'INTERVAL' && quoted) return intervalAt(reader);
  if (!quoted || sign > 0) return undefined;
  if (keyword === 'DATE' || keyword === 'TIMESTAMP' || keyword === 'TIME') {
    reader.next();
    return { kind: keyword.toLowerCase() as 'date', value: reader.next().text, at };
  }
  if (typed.has(keyword)) {
    reader.next();
    const operand: Literal = { kind: 'string', value: reader.next().text, at };
    return { kind: 'cast', operand, type: { kind: 'named', name: keyword.toLowerCase() }, at };
  }
  return undefined;
}

/** `DOUBLE '1.5'` means `CAST('1.5' AS double)`. */
const typed: ReadonlySet<string> = new Set(['BIGINT', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'VARCHAR']);

const units = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'] as const;

function intervalAt(reader: TokenReader): Expression {
  const { at } = reader.next();
  const negative = reader.take('-') && { negative: true };
  if (!negative) reader.take('+');
  const { text, at: from } = reader.next();
  const unit = units.find((candidate) => reader.take(candidate));
  if (!unit) throw reader.fault(`A unit is expected here: ${units.join(', ')}.`);
  if (reader.isAt('TO')) throw reader.fault('Intervals of two units are not offered: add two intervals.');
  if (!/^\d{1,9}$/.test(text)) throw reader.fault('The number of an interval is a whole one, its sign in front of the quotes.', from);
  return { kind: 'interval', value: text, unit: unit.toLowerCase() as 'day', ...negative, at };
}
