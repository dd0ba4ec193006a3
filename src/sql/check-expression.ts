/** Checks an expression of any kind: what it reads, its type, and how DuckDB says it. */
import type { Expression, Literal, SqlType } from './ast.ts';
import { callAt } from './check-call.ts';
import { castAt } from './check-cast.ts';
import { fieldsOf, nameAt, shortType } from './check-name.ts';
import { binaryAt, compared, inAt, isDistinctAt, likeAt, subquery, truth } from './check-operator.ts';
import { numberText, quotedText } from './quote.ts';
import { bound, coerced, fieldSql, guarded, type Place, type Typed, typed } from './typed.ts';
import {
  array, bigint, boolean, commonType, date, dayInterval, decimal, double, integer, isMoment, isNumeric, maxPrecision, monthInterval,
  nameOf, ownZoneTimestamp, timestamp, unknown, varchar, zonedTimestamp,
} from './types.ts';

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

export function readExpression(expression: Expression, place: Place): Typed {
  const value = { ...read(expression, place), expression };
  if (!value.loose || !place.keys?.has(value.sql)) return value;
  const { loose: _, ...grouped } = value;
  return grouped;
}

function read(expression: Expression, place: Place): Typed {
  switch (expression.kind) {
    case 'name': return nameAt(expression, place);
    case 'field': return fieldsOf(place.tools.read(expression.of, place), [expression.name], { name: expression, place });
    case 'subscript': return subscriptAt(expression, place);
    case 'call': return callAt(expression, place);
    case 'binary': return binaryAt(expression, place);
    case 'unary': return unaryAt(expression, place);
    case 'is-distinct': return isDistinctAt(expression, place);
    case 'between': return betweenAt(expression, place);
    case 'in': return inAt(expression, place);
    case 'like': return likeAt(expression, place);
    case 'case': return caseAt(expression, place);
    case 'cast': return castAt(expression, place);
    case 'extract': return callAt({ kind: 'call', name: extractName(expression, place), arguments: [expression.from], ...placed(expression) }, place);
    case 'at-time-zone': return zoneAt(expression, place);
    case 'array': case 'row': return collectionAt(expression, place);
    case 'exists': case 'scalar-query': return queryAt(expression, place);
    case 'lambda': throw place.tools.fault('A lambda stands as an operand of a function only.', expression);
    case 'is-null': {
      const operand = place.tools.read(expression.operand, place);
      return typed(boolean, `(${operand.sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`, [operand]);
    }
    default: return literalAt(expression, place);
  }
}

const placed = ({ at }: { readonly at?: number }) => at === undefined ? {} : { at };

const extractable = new Set([
  'year', 'quarter', 'month', 'week', 'day', 'day_of_month', 'day_of_week', 'dow', 'day_of_year', 'doy', 'year_of_week', 'yow', 'hour', 'minute', 'second',
]);

function extractName({ part, from }: Of<'extract'>, { tools }: Place): string {
  if (!extractable.has(part)) throw tools.fault(`EXTRACT takes ${[...extractable].join(', ')}.`, from);
  return part;
}

function subscriptAt(expression: Of<'subscript'>, place: Place): Typed {
  const of = place.tools.read(expression.of, place);
  const index = place.tools.read(expression.index, place);
  if (of.type.kind === 'row') return placeOf(of, expression, place);
  if (of.type.kind !== 'array') throw place.tools.fault(`[…] takes an element of an array; this is ${shortType(of.type)}.`, expression);
  if (!['integer', 'bigint', 'unknown'].includes(nameOf(index.type))) throw place.tools.fault(`The place in an array is an integer; this is ${shortType(index.type)}.`, expression.index);
  return typed(of.type.element, elementSql(of.sql, { ...coerced(index, bigint), expression: expression.index }), [of, index]);
}

/** An error where there is no such place, as in Trino; `element_at` gives null there. */
function elementSql(list: string, index: Typed): string {
  const literal = index.expression?.kind === 'number' ? Number(index.expression.text) : undefined;
  if (literal !== undefined && literal >= 1) {
    return bound([list], ([all]) => `${all}[${guarded(`CASE WHEN len(${all}) >= ${literal} THEN ${literal} WHEN ${all} IS NOT NULL THEN 0 END`, (v) => `${v} = 0`, 'Array subscript out of bounds')}]`);
  }
  return bound([list, index.sql], ([all, at]) =>
    `${all}[${guarded(`CASE WHEN ${at} BETWEEN 1 AND len(${all}) THEN ${at} WHEN ${all} IS NOT NULL AND ${at} IS NOT NULL THEN 0 END`, (v) => `${v} = 0`, 'Array subscript out of bounds')}]`);
}

function placeOf(row: Typed, { index }: Of<'subscript'>, { tools }: Place): Typed {
  const fields = row.type.kind === 'row' ? row.type.fields : [];
  const at = index.kind === 'number' && /^\d+$/.test(index.text) ? Number(index.text) - 1 : -1;
  if (!fields[at]) throw tools.fault(`The place in a row is a literal from 1 to ${fields.length}.`, index);
  return typed(fields[at].type, fieldSql(row.sql, fields[at].name, at), [row]);
}

function unaryAt(expression: Of<'unary'>, place: Place): Typed {
  const operand = place.tools.read(expression.operand, place);
  if (expression.operator === 'not') {
    const condition = truth(operand, expression.operand, place);
    return typed(boolean, `(NOT ${condition.sql})`, [condition]);
  }
  const signed = isNumeric(operand.type) || operand.type === dayInterval || operand.type === monthInterval || operand.type === unknown;
  if (!signed) throw place.tools.fault(`${expression.operator} stands in front of numbers; this is ${shortType(operand.type)}.`, expression);
  return typed(operand.type, expression.operator === '-' ? `(-${operand.sql})` : operand.sql, [operand]);
}

function betweenAt(expression: Of<'between'>, place: Place): Typed {
  const operand = place.tools.read(expression.operand, place);
  const low = compared({ operator: '>=', left: operand, right: place.tools.read(expression.low, place) }, expression, place);
  const high = compared({ operator: '<=', left: operand, right: place.tools.read(expression.high, place) }, expression, place);
  return typed(boolean, `(${expression.negated ? 'NOT ' : ''}(${low.sql} AND ${high.sql}))`, [low, high]);
}

/** One type for all of them. */
function together(values: readonly Typed[], what: string, { of, place }: { readonly of: { readonly at?: number }; readonly place: Place }): readonly [readonly Typed[], SqlType] {
  const common = values.reduce((type: SqlType, value) => {
    const both = commonType(type, value.type);
    if (!both) throw place.tools.fault(`${what} are of one type; these are ${shortType(type)} and ${shortType(value.type)}.`, value.expression ?? of);
    return both;
  }, unknown);
  return [values.map((value) => coerced(value, common)), common];
}

function caseAt(expression: Of<'case'>, place: Place): Typed {
  const operand = expression.operand && place.tools.read(expression.operand, place);
  const conditions = expression.branches.map(({ when }) => {
    const value = place.tools.read(when, place);
    return operand ? compared({ operator: '=', left: operand, right: value }, when, place) : truth(value, when, place);
  });
  const results = [...expression.branches.map(({ then }) => then), ...(expression.otherwise ? [expression.otherwise] : [])].map((result) => place.tools.read(result, place));
  const [made, common] = together(results, 'The results of CASE', { of: expression, place });
  const whens = conditions.map(({ sql }, index) => `WHEN ${sql} THEN ${made[index]!.sql}`);
  const otherwise = expression.otherwise ? ` ELSE ${made.at(-1)!.sql}` : '';
  return typed(common, `(CASE ${whens.join(' ')}${otherwise} END)`, [...conditions, ...made]);
}

function collectionAt(expression: Of<'array' | 'row'>, place: Place): Typed {
  const elements = expression.elements.map((element) => place.tools.read(element, place));
  if (expression.kind === 'row') {
    const fields = elements.map(({ sql }, index) => `'field${index}': ${sql}`);
    return typed({ kind: 'row', fields: elements.map(({ type }) => ({ type })) }, `{${fields.join(', ')}}`, elements);
  }
  const [made, common] = together(elements, 'The elements of an array', { of: expression, place });
  return typed(array(common), `[${made.map(({ sql }) => sql).join(', ')}]`, made);
}

function queryAt(expression: Of<'exists' | 'scalar-query'>, place: Place): Typed {
  const { outputs, sql, uses } = subquery(expression.query, place);
  if (expression.kind === 'exists') return { ...typed(boolean, `EXISTS (${sql})`, uses), queries: true };
  if (outputs.length !== 1) throw place.tools.fault(`A query in place of a value has one column; this has ${outputs.length}.`, expression);
  return { ...typed(outputs[0]!.type, `(${sql})`, uses), queries: true };
}

/** Zones of an instant; a timestamp without one is in UTC. */
function zoneAt({ operand, zone }: Of<'at-time-zone'>, place: Place): Typed {
  const value = place.tools.read(operand, place);
  if (!isMoment(value.type) || nameOf(value.type) === 'date') throw place.tools.fault(`AT TIME ZONE takes a timestamp; this is ${shortType(value.type)}.`, operand);
  const name = zone.kind === 'string' ? zone.value : '';
  if (/^(?:UTC|Z|GMT|Etc\/UTC)$/i.test(name)) return typed(zonedTimestamp, value.sql, [value]);
  if (!/^[A-Z][A-Za-z]+(?:\/[A-Za-z_+-]{1,32}){1,2}$/.test(name)) throw place.tools.fault("A time zone is named as in 'Europe/Berlin', or 'UTC'.", zone);
  return { ...typed(ownZoneTimestamp, value.sql, [value]), local: `((${value.sql} AT TIME ZONE 'UTC') AT TIME ZONE ${quotedText(name)})` };
}

function literalAt(literal: Literal, place: Place): Typed {
  switch (literal.kind) {
    case 'null': return typed(unknown, 'NULL');
    case 'boolean': return typed(boolean, literal.value ? 'TRUE' : 'FALSE');
    case 'string': return typed(varchar, quotedText(literal.value));
    case 'number': return numberAt(literal, place);
    case 'date':
      if (!isDate(literal.value)) throw place.tools.fault("A date is written DATE '2024-03-01'.", literal);
      return typed(date, `CAST(${quotedText(literal.value)} AS DATE)`);
    case 'timestamp': return timestampAt(literal, place);
    case 'interval': {
      const months = literal.unit === 'year' || literal.unit === 'month';
      return typed(months ? monthInterval : dayInterval, `(INTERVAL ${literal.negative ? '-' : ''}${numberText(literal.value)} ${literal.unit.toUpperCase()})`);
    }
    default: throw place.tools.fault('Times without a date are not offered: FHIR\'s are texts.', literal);
  }
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const made = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return Number(year) > 99 && made.getUTCMonth() === Number(month) - 1 && made.getUTCDate() === Number(day);
}

const timestampPattern = /^(\d{4}-\d{2}-\d{2})(?: ((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d)?(\.\d{1,3})?)?( UTC)?$/;

/** A timestamp's literal with seconds and three digits of them. */
export function timestampText(text: string): string {
  const [, day = '', minutes = '00:00', seconds = ':00', fraction = '.', zone = ''] = timestampPattern.exec(text) ?? [];
  return `${day} ${minutes}${seconds}${fraction.padEnd(4, '0')}${zone}`;
}

function timestampAt(literal: Extract<Literal, { readonly value: string }>, { tools }: Place): Typed {
  const [, day = '', , seconds, fraction, zone] = timestampPattern.exec(literal.value) ?? [];
  if (!isDate(day) || (fraction && !seconds)) {
    throw tools.fault("A timestamp is written TIMESTAMP '2024-03-01 08:00:00.000', with UTC behind it where it has a zone.", literal);
  }
  return typed(zone ? zonedTimestamp : timestamp, `CAST(${quotedText(timestampText(literal.value).replace(' UTC', ''))} AS TIMESTAMP)`);
}

const integers: readonly (readonly [SqlType, bigint])[] = [[integer, 2n ** 31n], [bigint, 2n ** 63n]];

/** `1` is an integer where it fits, `1.10` a decimal of its digits, `1e0` a double. */
function numberAt({ text, at }: Of<'number'>, { tools }: Place): Typed {
  const written = numberText(text);
  if (/e/i.test(written)) return typed(double, `CAST(${written.toLowerCase()} AS DOUBLE)`);
  if (!written.includes('.')) {
    const value = BigInt(written);
    const fit = integers.find(([, end]) => value < end && value >= -end);
    if (!fit) throw tools.fault('This number is too large: write it with a point for a decimal, or an exponent for a double.', { ...(at !== undefined && { at }) });
    return typed(fit[0], `CAST(${value} AS ${nameOf(fit[0]).toUpperCase()})`);
  }
  const [whole = '', fraction = ''] = written.replace('-', '').split('.');
  const digits = Math.max(1, whole.replace(/^0+/, '').length + fraction.length);
  if (digits > maxPrecision) throw tools.fault(`A decimal has at most ${maxPrecision} digits.`, { ...(at !== undefined && { at }) });
  return typed(decimal(digits, fraction.length), `CAST('${written}' AS DECIMAL(${digits}, ${fraction.length}))`);
}

