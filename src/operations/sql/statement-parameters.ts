/**
 * Values for the `:name`s of a statement. They are put in as literals before it is read, which is safe for what they are:
 * a literal is quoted as the dialect says, and a name stands for a value wherever it is, never for a part of a text.
 */
import type { Json } from '../../fhir/json.ts';
import { badRequest } from '../../fhir/outcome.ts';
import type { SqlSyntaxError } from '../../sql/syntax-error.ts';
import { positionOf } from '../../sql/syntax-error.ts';
import { maxListValues } from './limits.ts';

/** Texts, quoted names and comments are passed over; what is left may be a parameter. `::` is no beginning of one. */
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:(?<name>[A-Za-z_][A-Za-z0-9_]{0,63})/g;

/** The names that a statement has, each once. */
export function parametersOf(statement: string): readonly string[] {
  const names = [...statement.matchAll(token)].flatMap(({ groups }) => groups?.['name'] ?? []);
  return [...new Set(names)];
}

export interface FilledStatement {
  readonly text: string;
  /** Where a place of the text is in the statement that was sent. */
  originOf(place: Pick<SqlSyntaxError, 'line' | 'column'>): { readonly line: number; readonly column: number };
}

/** Where a value stands in the text, and how long it and its name are. */
interface Piece {
  readonly at: number;
  readonly length: number;
  readonly filled: number;
}

/** @throws FhirError 400 for a name without a value, a value without a name, or one that is no literal */
export function fillParameters(statement: string, values: Readonly<Record<string, Json | undefined>>): FilledStatement {
  const names = parametersOf(statement);
  const spare = Object.keys(values).find((name) => !names.includes(name));
  if (spare !== undefined) {
    throw badRequest('One of the parameters is not in the query. A query names them as :name, outside of quotes.');
  }
  const pieces: Piece[] = [];
  let shift = 0;
  const text = statement.replace(token, (found, ...rest) => {
    const { name } = rest.at(-1) as { readonly name?: string };
    if (name === undefined) return found;
    const at = rest.at(-3) as number;
    const inFront = statement.slice(Math.max(0, at - beforeLength), at);
    const isAlone = before.test(inFront) && behind.test(statement.slice(at + found.length));
    const literal = literalOf(name, Object.hasOwn(values, name) ? values[name] : undefined, isAlone);
    pieces.push({ at: at + shift, length: found.length, filled: literal.length });
    shift += literal.length - found.length;
    return literal;
  });
  return { text, originOf: (place) => originOf(place, { text, statement, pieces }) };
}

/** What stands around the name in `IN (:name)`. */
const before = /\bIN\s*\(\s*$/i;
const behind = /^\s*\)/;
/** So much of the statement is looked at for it: a statement may have very many names. */
const beforeLength = 100;

/** Of no row and of any type: IN of nothing is false, NOT IN of it is true. */
const nothing = 'SELECT NULL WHERE FALSE';

function literalOf(name: string, value: Json | undefined, isAlone: boolean): string {
  if (value === undefined) throw badRequest(`The parameter ${name} has no value. Send it in "parameters".`);
  if (!Array.isArray(value)) return scalarLiteral(name, value);
  if (value.length > maxListValues) throw badRequest(`The parameter ${name} has more than ${maxListValues} values.`);
  if (value.length > 0) return value.map((each) => scalarLiteral(name, each)).join(', ');
  if (!isAlone) throw badRequest(`The parameter ${name} has no values: such a list stands alone, as in IN (:${name}).`);
  return nothing;
}

function scalarLiteral(name: string, value: Json): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'number') return numberLiteral(String(value));
  if ('rawJSON' in value && typeof value.rawJSON === 'string') return numberLiteral(value.rawJSON);
  throw badRequest(`The parameter ${name} is a text, a number, a boolean, null, or a list of those.`);
}

/** Parentheses keep the sign of a number from making a comment of the minus before it. */
function numberLiteral(text: string): string {
  return text.startsWith('-') ? `(${text})` : text;
}

function originOf(
  { line, column }: Pick<SqlSyntaxError, 'line' | 'column'>,
  { text, statement, pieces }: { readonly text: string; readonly statement: string; readonly pieces: readonly Piece[] },
): { readonly line: number; readonly column: number } {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const place = before + Array.from(lines[line - 1] ?? '').slice(0, column - 1).join('').length;
  let shift = 0;
  for (const { at, length, filled } of pieces) {
    if (at > place) break;
    // Inside of a value it is the name's own place.
    if (place < at + filled) return positionOf(statement, at - shift);
    shift += filled - length;
  }
  return positionOf(statement, place - shift);
}
