/**
 * `lowBoundary()` and `highBoundary()`: the least and the greatest that a value may stand for, as precise as it is
 * (https://build.fhir.org/ig/HL7/FHIRPath/#lowboundaryprecision-integer-decimal--date--datetime--time). A dateTime without a
 * zone may be of any, from +14:00 to -12:00.
 */
import type { Expression } from '../ast.ts';
import * as sql from './nodes.ts';
import type { Item, ScalarForm } from './path-value.ts';
import { scalarItem } from './path-value.ts';
import { classOf } from './primitive-classes.ts';

export type Side = 'low' | 'high';

/** @returns `undefined` for a type that has no boundaries */
export function boundaryOf(item: Item, side: Side): Item | undefined {
  if (item.form.kind !== 'scalar') return undefined;
  const { form, type } = item;
  switch (classOf(type)) {
    case 'number': return scalarItem('decimal', 'double', numberBoundary(form, side));
    case 'date': return scalarItem('date', 'string', dateBoundary(form.sql, side));
    case 'dateTime': return scalarItem(type, 'string', momentBoundary(form.sql, side));
    case 'time': return scalarItem('time', 'string', sql.binary('||', begin(form.sql, 8), fraction(form.sql, side)));
    default: return undefined;
  }
}

/** Half of the last digit that was written, down or up. */
function numberBoundary(form: ScalarForm, side: Side): Expression {
  const places = sql.call('length', sql.call('coalesce', sql.call('regexp_extract', decimalText(form), sql.text('\\.(\\d+)'), sql.number('1')), sql.text('')));
  // One digit more than was written: 1.0 comes to 0.95, without what a double adds to it.
  const scale = sql.call('power', sql.number('10e0'), sql.binary('+', places, sql.number('1')));
  const scaled = sql.call('round', sql.binary('*', sql.cast(form.sql, sql.named('double')), scale));
  return sql.binary('/', sql.binary(side === 'low' ? '-' : '+', scaled, sql.number('5e0')), scale);
}

/** A decimal as it was written, as far as that is known; no more than ten places of what only a double tells. */
export function decimalText({ sql: value, scalar, literal, written }: ScalarForm): Expression {
  if (written !== undefined) return sql.text(written);
  if (scalar !== 'double') return sql.cast(value, sql.named('varchar'));
  const exact = sql.cast(sql.cast(value, sql.named('decimal', 38, 10)), sql.named('varchar'));
  const short = sql.call('regexp_replace', exact, sql.text('\\.?0+$'), sql.text(''));
  return literal === undefined ? short : sql.call('coalesce', literal, short);
}

function dateBoundary(text: Expression, side: Side): Expression {
  const monthEnd = sql.cast(sql.call('last_day_of_month', sql.cast(sql.binary('||', text, sql.text('-01')), sql.named('date'))), sql.named('varchar'));
  return {
    kind: 'case',
    operand: sql.call('length', text),
    branches: [
      sql.branch(sql.number('4'), sql.binary('||', text, sql.text(side === 'low' ? '-01-01' : '-12-31'))),
      sql.branch(sql.number('7'), side === 'low' ? sql.binary('||', text, sql.text('-01')) : monthEnd),
    ],
    otherwise: text,
  };
}

function momentBoundary(text: Expression, side: Side): Expression {
  const anyZone = side === 'low' ? '+14:00' : '-12:00';
  const wholeDay = sql.binary('||', dateBoundary(text, side), sql.text(side === 'low' ? `T00:00:00.000${anyZone}` : `T23:59:59.999${anyZone}`));
  const zone = sql.call('coalesce', sql.call('regexp_extract', text, sql.text('(Z|[+-][0-9]{2}:[0-9]{2})$'), sql.number('1')), sql.text(anyZone));
  const timed = [begin(text, 19), fraction(text, side), zone].reduce((left, right) => sql.binary('||', left, right));
  return sql.when(sql.binary('<=', sql.call('length', text), sql.number('10')), wholeDay, timed);
}

function fraction(text: Expression, side: Side): Expression {
  const written = sql.call('coalesce', sql.call('regexp_extract', text, sql.text('\\.([0-9]+)'), sql.number('1')), sql.text(''));
  return sql.binary('||', sql.text('.'), sql.call('rpad', written, sql.number('3'), sql.text(side === 'low' ? '0' : '9')));
}

function begin(text: Expression, length: number): Expression {
  return sql.call('substr', text, sql.number('1'), sql.number(String(length)));
}
