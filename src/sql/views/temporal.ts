/**
 * Dates, dateTimes and times compared as FHIRPath has it (https://hl7.org/fhirpath/N1/#comparison): as far as both are
 * precise; where that does not decide, there is no answer. Moments are compared in UTC.
 */
import type { BinaryOperator, Expression } from '../ast.ts';
import * as sql from './nodes.ts';
import type { Item, ScalarForm } from './path-value.ts';

export type Comparison = Extract<BinaryOperator, '=' | '<>' | '<' | '<=' | '>' | '>='>;

const mirrored: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** `2024-03-01`: a date, or a dateTime without a time. */
const dayLength = 10;

/** Both of a date or a dateTime, or both of a time. */
export function compareTemporal(operator: Comparison, left: Item, right: Item): Expression {
  const [one, other] = [scalarOf(left), scalarOf(right)];
  if (left.type === 'time' && right.type === 'time') return sql.binary(operator, padded(one), padded(other));
  if (other.written !== undefined) return againstWritten(operator, one, other.written);
  if (one.written !== undefined) return againstWritten(mirrored[operator], other, one.written);
  if (left.type !== 'date' && right.type !== 'date') return sql.binary(operator, moment(one), moment(other));
  return asPreciseAsBoth(operator, one.sql, other.sql);
}

/** The first moment of a dateTime or an instant, in UTC. */
export function moment(scalar: ScalarForm): Expression {
  if (scalar.timestamp !== undefined) return scalar.timestamp;
  if (scalar.written !== undefined) return { kind: 'timestamp', value: utc(scalar.written) };
  // Below the bound of recursion there is no column beside it.
  const zoned = sql.call('from_iso8601_timestamp', scalar.sql);
  return sql.cast({ kind: 'at-time-zone', operand: zoned, zone: sql.text('UTC') }, sql.named('timestamp'));
}

/** The first day of a date, the day in UTC of a dateTime. */
export function day(type: string, scalar: ScalarForm): Expression {
  if (scalar.date !== undefined) return scalar.date;
  if (type !== 'date') return sql.cast(moment(scalar), sql.named('date'));
  const whole = sql.call('substr', sql.binary('||', scalar.sql, sql.text('-01-01')), sql.number('1'), sql.number(String(dayLength)));
  return sql.cast(whole, sql.named('date'));
}

function againstWritten(operator: Comparison, { sql: text, ...scalar }: ScalarForm, written: string): Expression {
  if (written.length <= dayLength) return asPreciseAsWritten(operator, text, { written });
  const exact = sql.binary(operator, moment({ ...scalar, sql: text }), { kind: 'timestamp', value: utc(written) });
  const hasTime = sql.binary('>', sql.call('length', text), sql.number(String(dayLength)));
  return sql.when(hasTime, exact, asPreciseAsWritten(operator, text, { written: written.slice(0, dayLength), isMore: true }));
}

/** @param options.isMore whether more was written than `written` says, so that equal to it is undecided */
function asPreciseAsWritten(operator: Comparison, text: Expression, { written, isMore = false }: { readonly written: string; readonly isMore?: boolean }): Expression {
  const plain = sql.binary(operator, text, sql.text(written));
  const length = sql.call('length', text);
  const shorter = sql.binary('and', sql.binary('<', length, sql.number(String(written.length))), sql.binary('=', text, sql.call('substr', sql.text(written), sql.number('1'), length)));
  const begins = sql.binary('=', sql.call('substr', text, sql.number('1'), sql.number(String(written.length))), sql.text(written));
  const longer = isMore ? begins : sql.binary('and', sql.binary('>', length, sql.number(String(written.length))), begins);
  return sql.when(sql.binary('or', shorter, longer), sql.nothing, plain);
}

function asPreciseAsBoth(operator: Comparison, left: Expression, right: Expression): Expression {
  const common = sql.call('least', sql.call('length', left), sql.call('length', right));
  const begin = (text: Expression) => sql.call('substr', text, sql.number('1'), common);
  const undecided = sql.binary('and', sql.binary('<>', sql.call('length', left), sql.call('length', right)), sql.binary('=', begin(left), begin(right)));
  return sql.when(undecided, sql.nothing, sql.binary(operator, left, right));
}

/** Seconds and their fractions are one precision. */
function padded({ sql: text, written }: ScalarForm): Expression {
  if (written !== undefined) return sql.text(written.length === 8 ? `${written}.000` : written.padEnd(12, '0'));
  return sql.when(sql.binary('=', sql.call('length', text), sql.number('8')), sql.binary('||', text, sql.text('.000')), sql.call('rpad', text, sql.number('12'), sql.text('0')));
}

/** As SQL writes a moment: `2015-02-07 11:28:17.239`. Times without a zone are in UTC, as everywhere. */
function utc(written: string): string {
  const isZoned = /(?:Z|[+-]\d\d:\d\d)$/.test(written);
  const time = /T\d\d$/.test(written) ? `${written}:00` : written;
  return new Date(isZoned || written.length <= dayLength ? written : `${time}Z`).toISOString().replace('T', ' ').replace('Z', '');
}

function scalarOf({ form }: Item): ScalarForm {
  if (form.kind !== 'scalar') throw new Error('A date is a scalar');
  return form;
}

/** Whether a written date, dateTime or time is one that can be compared. */
export function isTemporalText(type: string, written: string): boolean {
  if (type === 'time') return /^(?:[01]\d|2[0-3])(?::[0-5]\d){1,2}(?:\.\d+)?$/.test(written);
  const shape = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?$/;
  if (!shape.test(written)) return false;
  const time = written.length <= dayLength ? written : written.replace(/T(\d\d)(?=$|[Z+-])/, 'T$1:00');
  return !Number.isNaN(Date.parse(time)) && (type !== 'date' || written.length <= dayLength);
}
