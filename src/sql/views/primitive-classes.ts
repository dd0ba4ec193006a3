/** The primitives of FHIR by what can be done with them (https://hl7.org/fhir/R4/fhirpath.html#types), and their literals. */
import type { ComputingLiteral } from '../../fhir/path/expression.ts';
import type { Expression } from '../ast.ts';
import * as sql from './nodes.ts';
import type { Item, One } from './path-value.ts';
import { one } from './path-value.ts';

export type PrimitiveClass = 'text' | 'boolean' | 'number' | 'date' | 'dateTime' | 'time';

const classes: Readonly<Record<string, PrimitiveClass>> = {
  string: 'text', code: 'text', id: 'text', uri: 'text', url: 'text', canonical: 'text', oid: 'text', uuid: 'text',
  markdown: 'text', base64Binary: 'text', xhtml: 'text',
  boolean: 'boolean',
  integer: 'number', positiveInt: 'number', unsignedInt: 'number', decimal: 'number',
  date: 'date', dateTime: 'dateTime', instant: 'dateTime', time: 'time',
};

/** `undefined` of what is no primitive. */
export function classOf(type: string): PrimitiveClass | undefined {
  return Object.hasOwn(classes, type) ? classes[type] : undefined;
}

export function isWhole(type: string): boolean {
  return classOf(type) === 'number' && type !== 'decimal';
}

export function isTemporal(type: string): boolean {
  const found = classOf(type);
  return found === 'date' || found === 'dateTime' || found === 'time';
}

/** What a literal stands for. */
export function literalItem(literal: ComputingLiteral): Item {
  if (literal.kind === 'boolean') return writtenItem('boolean', String(literal.value));
  if (literal.kind === 'text') return writtenItem('string', literal.text);
  if (literal.kind === 'number') return writtenItem(literal.text.includes('.') ? 'decimal' : 'integer', literal.text);
  if (/^\d\d:/.test(literal.text)) return writtenItem('time', literal.text);
  return writtenItem(literal.text.includes('T') ? 'dateTime' : 'date', literal.text.replace(/T$/, ''));
}

/** What was written in a view, of the FHIR type it is written as. */
function writtenItem(type: string, written: string): Item {
  const scalar = type === 'boolean' ? 'boolean' : type === 'decimal' ? 'double' : isWhole(type) ? 'integer' : 'string';
  return { type, form: { kind: 'scalar', scalar, sql: writtenSql(scalar, written), written } };
}

function writtenSql(scalar: 'boolean' | 'double' | 'integer' | 'string', written: string): Expression {
  if (scalar === 'boolean') return sql.boolean(written === 'true');
  if (scalar === 'string') return sql.text(written);
  const digits = written.replace(/^-/, '');
  // A double, as the table has decimals: SQL's 1.2 is another type, which is compared by other digits.
  const number = sql.number(scalar === 'double' && !/e/i.test(digits) ? `${digits}e0` : digits);
  return written.startsWith('-') ? { kind: 'unary', operator: '-', operand: number } : number;
}

export function writtenValue(type: string, written: string): One {
  return one(writtenItem(type, written));
}
