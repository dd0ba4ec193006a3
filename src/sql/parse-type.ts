/** Reads a type of `CAST(… AS type)` (https://trino.io/docs/435/language/types.html). */
import type { SqlType } from './ast.ts';
import type { TokenReader } from './token-reader.ts';

export function parseType(reader: TokenReader): SqlType {
  return reader.within(() => {
    const type = simpleType(reader);
    // `varchar array` is an old way to say `array(varchar)`.
    return reader.take('ARRAY') ? { kind: 'array', element: type } : type;
  });
}

function simpleType(reader: TokenReader): SqlType {
  if (reader.isAt('ARRAY') || reader.isAt('MAP')) return containerType(reader);
  if (reader.take('ROW')) {
    return { kind: 'row', fields: reader.parenthesized(() => reader.list(() => fieldOf(reader))) };
  }
  if (reader.take('DOUBLE')) {
    reader.take('PRECISION');
    return { kind: 'named', name: 'double' };
  }
  if (reader.isAt('TIMESTAMP') || reader.isAt('TIME')) return timeType(reader);
  return plainType(reader);
}

function containerType(reader: TokenReader): SqlType {
  const { keyword } = reader.next();
  // `array<varchar>` is read as well.
  const [open, close] = reader.isAt('<') ? ['<', '>'] as const : ['(', ')'] as const;
  reader.expect(open);
  const first = parseType(reader);
  if (keyword === 'ARRAY') {
    reader.expect(close);
    return { kind: 'array', element: first };
  }
  reader.expect(',');
  const value = parseType(reader);
  reader.expect(close);
  return { kind: 'map', key: first, value };
}

/** `name type` or `type`: a name where another word follows. */
function fieldOf(reader: TokenReader): { readonly name?: string; readonly type: SqlType } {
  const next = reader.peek(1);
  const named = reader.peek().kind === 'quoted'
    || (next.kind === 'word' && !/^(?:ARRAY|PRECISION|WITH|WITHOUT)$/.test(next.keyword))
    || (next.keyword === 'ARRAY' && reader.peek(2).text === '(');
  if (!named) return { type: parseType(reader) };
  const name = reader.name('The name of a field');
  return { name, type: parseType(reader) };
}

function timeType(reader: TokenReader): SqlType {
  const name = reader.next().text.toLowerCase();
  const parameters = precision(reader);
  const zoned = reader.take('WITH', 'TIME', 'ZONE');
  if (!zoned) reader.take('WITHOUT', 'TIME', 'ZONE');
  return { kind: 'named', name: zoned ? `${name} with time zone` : name, ...(parameters && { parameters }) };
}

function plainType(reader: TokenReader): SqlType {
  const name = reader.name('A type').toLowerCase();
  const parameters = precision(reader);
  return { kind: 'named', name: synonyms[name] ?? name, ...(parameters && { parameters }) };
}

const synonyms: Readonly<Record<string, string>> = { int: 'integer', dec: 'decimal', numeric: 'decimal' };

function precision(reader: TokenReader): number[] | undefined {
  if (!reader.isAt('(')) return undefined;
  return reader.parenthesized(() => reader.list(() => {
    const token = reader.next();
    if (token.kind !== 'integer' || token.text.length > 10) throw reader.fault('A length or a precision is a whole number.', token.at);
    return Number(token.text);
  }));
}
