/** Checks CAST and TRY_CAST (https://trino.io/docs/435/functions/conversion.html). DuckDB reads far more texts than Trino does. */
import type { Expression, SqlType } from './ast.ts';
import { shortType } from './check-name.ts';
import { doubleText } from './double-text.ts';
import { datePattern } from './text-patterns.ts';
import { bound, coerced, guarded, type Place, type Typed, typed } from './typed.ts';
import {
  array, boolean, date, decimal, double, duckDbType, integer, bigint, isMoment, isNumeric, json, maxPrecision, nameOf,
  ownZoneTimestamp, sameType, timestamp, unknown, varchar, zonedTimestamp,
} from './types.ts';

type Cast = Extract<Expression, { kind: 'cast' }>;

export function castAt(cast: Cast, place: Place): Typed {
  const target = offeredType(cast.type, cast, place);
  const value = place.tools.read(cast.operand, place);
  const length = cast.type.kind === 'named' && cast.type.name === 'varchar' ? cast.type.parameters?.[0] : undefined;
  const made = converted(value, target, { cast, place });
  return length === undefined ? made : typed(varchar, `substr(${made.sql}, 1, ${length})`, [made]);
}

const plainTypes = [boolean, integer, bigint, double, varchar, date, json];

/** A type as a statement has it. @throws SqlSyntaxError for those that are not offered */
export function offeredType(type: SqlType, of: { readonly at?: number }, place: Place): SqlType {
  const inner = (part: SqlType) => offeredType(part, of, place);
  switch (type.kind) {
    case 'array': return array(inner(type.element));
    case 'map': return { kind: 'map', key: inner(type.key), value: inner(type.value) };
    case 'row': return { kind: 'row', fields: type.fields.map((field) => ({ ...field, type: inner(field.type) })) };
    default: break;
  }
  const { name, parameters: [first, second] = [] } = type;
  const plain = plainTypes.find((candidate) => candidate.name === name);
  if (plain) return plain;
  if (name === 'timestamp' && (first === undefined || first === 3)) return timestamp;
  if (name === 'timestamp with time zone' && (first === undefined || first === 3)) return zonedTimestamp;
  if (name === 'decimal') {
    const [precision, scale] = [first ?? maxPrecision, second ?? 0];
    if (precision < 1 || precision > maxPrecision || scale > precision) throw place.tools.fault(`A decimal has 1 to ${maxPrecision} digits.`, of);
    return decimal(precision, scale);
  }
  throw place.tools.fault(
    'This type is not offered: boolean, integer, bigint, double, decimal(p, s), varchar, date, timestamp, timestamp with time zone, json, array, row and map are.', of);
}

interface Asked {
  readonly cast: Cast;
  readonly place: Place;
}

function converted(value: Typed, to: SqlType, asked: Asked): Typed {
  const { cast, place } = asked;
  if (sameType(value.type, to)) return value;
  if (value.type === unknown) return coerced(value, to);
  const from = nameOf(value.type);
  const mayFail = cast.safe === true && !isMoment(value.type);
  const read = mayFail ? { ...value, sql: 'v' } : value;
  const sql = from === 'json' ? fromJson(read, to) : plainCast(read, to, asked);
  if (sql === undefined) {
    throw place.tools.fault(`${shortType(value.type)} is not CAST to ${shortType(to)}.${hint(value.type, to)}`, cast);
  }
  // TRY_CAST forgives what goes wrong in the conversion, not in its operand.
  return typed(to, mayFail ? `list_transform([${value.sql}], lambda v: TRY(${sql}))[1]` : sql, [value]);
}

function hint(from: SqlType, to: SqlType): string {
  if (from === ownZoneTimestamp) return " Say in which zone: x AT TIME ZONE 'UTC'.";
  if (nameOf(to) === 'json') return ' Use json_parse for a JSON text.';
  return '';
}

function plainCast(value: Typed, to: SqlType, asked: Asked): string | undefined {
  if (isNumeric(value.type) && isNumeric(to)) return numberCast(value.sql, to);
  switch (nameOf(value.type)) {
    case 'varchar': return textCast(value.sql, to);
    case 'boolean': return nameOf(to) === 'varchar' || isNumeric(to) ? `CAST(${value.sql} AS ${duckDbType(to)})` : undefined;
    case 'integer': case 'bigint': case 'decimal':
      if (nameOf(to) === 'boolean') return `(${value.sql} <> 0)`;
      return nameOf(to) === 'varchar' ? `CAST(${value.sql} AS VARCHAR)` : undefined;
    case 'double':
      if (nameOf(to) === 'boolean') return `(${value.sql} <> 0)`;
      return nameOf(to) === 'varchar' ? doubleText(value.sql) : undefined;
    case 'array': case 'row': return nestedCast(value, to, asked);
    default: return isMoment(value.type) ? momentCast(value, to) : undefined;
  }
}

/** Half away from zero, as Trino; DuckDB rounds doubles half to even. */
function numberCast(sql: string, to: SqlType): string {
  if (nameOf(to) === 'double' || nameOf(to) === 'decimal') return `CAST(${sql} AS ${duckDbType(to)})`;
  return `CAST(round(${sql}) AS ${duckDbType(to)})`;
}

const unreadable = (type: SqlType) => `This text is no ${nameOf(type)}`;

const only = (pattern: string) => (value: string) => `NOT regexp_full_match(${value}, '${pattern}')`;

/** Texts that Trino reads, and no others. */
function textCast(sql: string, to: SqlType): string | undefined {
  const target = duckDbType(to);
  const strict = (pattern: string, read = sql) => `CAST(${guarded(read, only(pattern), unreadable(to))} AS ${target})`;
  switch (nameOf(to)) {
    case 'integer': case 'bigint': return strict('[+-]?[0-9]+');
    case 'decimal': return strict('[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?');
    case 'double':
      return strict('[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(Infinity|NaN)', `regexp_replace(trim(${sql}), '([0-9.])[dDfF]$', '\\1')`);
    case 'boolean':
      return bound([sql], ([v]) => `CASE WHEN lower(${v}) IN ('true', 't', '1') THEN TRUE WHEN lower(${v}) IN ('false', 'f', '0') THEN FALSE WHEN ${v} IS NOT NULL THEN error('${unreadable(to)}') END`, true);
    case 'date': return strict(datePattern, `trim(${sql})`);
    case 'timestamp': return strict('[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]{1,3})?)?)?', sql);
    default: return undefined;
  }
}

function momentCast(value: Typed, to: SqlType): string | undefined {
  if (value.type === ownZoneTimestamp && to === zonedTimestamp) return value.sql;
  const clock = value.type === ownZoneTimestamp ? value.local : value.sql;
  if (clock === undefined) return undefined;
  switch (nameOf(to)) {
    case 'date': return `CAST(${clock} AS DATE)`;
    case 'timestamp': case 'timestamp with time zone': return `CAST(${clock} AS TIMESTAMP)`;
    case 'varchar':
      // Its text ends with its zone, which is not known any more.
      if (value.type === ownZoneTimestamp) return undefined;
      if (nameOf(value.type) === 'date') return `strftime(${clock}, '%Y-%m-%d')`;
      return nameOf(value.type) === 'timestamp' ? `strftime(${clock}, '%Y-%m-%d %H:%M:%S.%g')` : `strftime(${clock}, '%Y-%m-%d %H:%M:%S.%g UTC')`;
    default: return undefined;
  }
}

function nestedCast(value: Typed, to: SqlType, asked: Asked): string | undefined {
  if (value.type.kind === 'array' && to.kind === 'array') {
    const element = nestedValue({ type: value.type.element, sql: 'e' }, to.element, asked);
    return element && `list_transform(${value.sql}, lambda e: ${element})`;
  }
  if (value.type.kind !== 'row' || to.kind !== 'row' || value.type.fields.length !== to.fields.length) return undefined;
  const own = value.type.fields;
  const fields = to.fields.map((field, index) => {
    const from = own[index]!;
    const made = nestedValue({ type: from.type, sql: `v['${(from.name ?? `field${index}`).replaceAll("'", "''")}']` }, field.type, asked);
    return made && `'${(field.name ?? `field${index}`).replaceAll("'", "''")}': ${made}`;
  });
  if (fields.includes(undefined)) return undefined;
  return bound([value.sql], () => `CASE WHEN v IS NOT NULL THEN {${fields.join(', ')}} END`, true);
}

function nestedValue(value: Typed, to: SqlType, asked: Asked): string | undefined {
  if (sameType(value.type, to)) return value.sql;
  return value.type === unknown ? coerced(value, to).sql : plainCast(value, to, asked);
}

/** What a JSON value is in SQL (https://trino.io/docs/435/functions/json.html#cast-from-json). */
function fromJson(value: Typed, to: SqlType): string | undefined {
  const target = nameOf(to);
  if (to.kind === 'array') {
    const elements = `CAST(${guarded(value.sql, (v) => `json_type(${v}) NOT IN ('ARRAY', 'NULL')`, 'This JSON is no array')} AS JSON[])`;
    const element = nameOf(to.element) === 'json' ? 'e' : fromJson({ type: json, sql: 'e' }, to.element);
    if (element === undefined || element === 'e') return element && elements;
    return `list_transform(${elements}, lambda e: ${element})`;
  }
  if (!['varchar', 'integer', 'bigint', 'double', 'decimal', 'boolean'].includes(target)) return undefined;
  return bound([value.sql], ([v]) => {
    const text = `(${v} ->> '$')`;
    const branches = [
      `WHEN json_type(${v}) IN ('OBJECT', 'ARRAY') THEN error('This JSON is no single value')`,
      `WHEN json_type(${v}) = 'VARCHAR' THEN ${target === 'varchar' ? text : textCast(text, to)}`,
      `WHEN json_type(${v}) = 'BOOLEAN' THEN ${target === 'varchar' ? text : `CAST(CAST(${text} AS BOOLEAN) AS ${duckDbType(to)})`}`,
      `WHEN json_type(${v}) = 'DOUBLE' THEN ${ofDouble(`CAST(${text} AS DOUBLE)`, to)}`,
      `WHEN json_type(${v}) <> 'NULL' THEN ${target === 'boolean' ? `(CAST(${text} AS DOUBLE) <> 0)` : `CAST(${text} AS ${duckDbType(to)})`}`,
    ];
    return `CASE ${branches.join(' ')} END`;
  }, true);
}

function ofDouble(sql: string, to: SqlType): string {
  if (nameOf(to) === 'varchar') return doubleText(sql);
  return nameOf(to) === 'boolean' ? `(${sql} <> 0)` : numberCast(sql, to);
}
