/**
 * Types of the subset, and which stands for which without a CAST (https://trino.io/docs/435/language/types.html). A `varchar` has no
 * length here, a `timestamp` three digits of a second. DuckDB has timestamps with a time zone as the UTC timestamp.
 */
import type { SqlType } from './ast.ts';

type Named = Extract<SqlType, { kind: 'named' }>;

const named = (name: string, ...parameters: readonly number[]): Named => parameters.length > 0 ? { kind: 'named', name, parameters } : { kind: 'named', name };

export const boolean = named('boolean');
export const integer = named('integer');
export const bigint = named('bigint');
export const double = named('double');
export const varchar = named('varchar');
export const date = named('date');
export const timestamp = named('timestamp', 3);
/** Its zone is UTC. */
export const zonedTimestamp = named('timestamp with time zone', 3);
/** Its zone is a value's own, as in `2024-03-01T08:00:00+02:00`. */
export const ownZoneTimestamp = named('timestamp of own time zone', 3);
export const json = named('json');
export const monthInterval = named('interval year to month');
export const dayInterval = named('interval day to second');
/** Of NULL. */
export const unknown = named('unknown');

export const array = (element: SqlType): SqlType => ({ kind: 'array', element });
export const decimal = (precision: number, scale: number): SqlType => named('decimal', precision, scale);

/** Digits that a decimal has at most. */
export const maxPrecision = 38;

export const nameOf = (type: SqlType): string => type.kind === 'named' ? type.name : type.kind;

export const isDecimal = (type: SqlType): boolean => nameOf(type) === 'decimal';

/** @returns precision and scale */
export function digitsOf(type: SqlType): readonly [number, number] {
  if (nameOf(type) === 'integer') return [10, 0];
  if (nameOf(type) === 'bigint') return [19, 0];
  const [precision = maxPrecision, scale = 0] = type.kind === 'named' ? type.parameters ?? [] : [];
  return [precision, scale];
}

export const isNumeric = (type: SqlType): boolean => ['integer', 'bigint', 'decimal', 'double'].includes(nameOf(type));
export const isZoned = (type: SqlType): boolean => nameOf(type) === zonedTimestamp.name || nameOf(type) === ownZoneTimestamp.name;
export const isMoment = (type: SqlType): boolean => nameOf(type) === 'date' || nameOf(type) === 'timestamp' || isZoned(type);

/** May values be put in an order? */
export const isOrderable = (type: SqlType): boolean =>
  isNumeric(type) || isMoment(type) || ['varchar', 'boolean', 'unknown', 'interval year to month', 'interval day to second'].includes(nameOf(type));

/** May values be told apart, as DISTINCT and GROUP BY do? */
export function isComparable(type: SqlType): boolean {
  if (type.kind === 'array') return isComparable(type.element);
  if (type.kind === 'row') return type.fields.every((field) => isComparable(field.type));
  return type.kind === 'named' && isOrderable(type);
}

export function sameType(left: SqlType, right: SqlType): boolean {
  if (left.kind === 'named' && right.kind === 'named') {
    return left.name === right.name && (left.name !== 'decimal' || String(digitsOf(left)) === String(digitsOf(right)));
  }
  if (left.kind === 'array' && right.kind === 'array') return sameType(left.element, right.element);
  if (left.kind === 'map' && right.kind === 'map') return sameType(left.key, right.key) && sameType(left.value, right.value);
  return left.kind === 'row' && right.kind === 'row' && left.fields.length === right.fields.length
    && left.fields.every((field, index) => sameName(field.name, right.fields[index]!.name) && sameType(field.type, right.fields[index]!.type));
}

const sameName = (left: string | undefined, right: string | undefined) => left?.toLowerCase() === right?.toLowerCase();

/** The type that both stand for without a CAST (Trino's `TypeCoercion.getCommonSuperType`), if there is one. */
export function commonType(left: SqlType, right: SqlType): SqlType | undefined {
  if (sameType(left, right)) return left;
  if (left === unknown) return right;
  if (right === unknown) return left;
  if (left.kind === 'array' && right.kind === 'array') {
    const element = commonType(left.element, right.element);
    return element && array(element);
  }
  if (left.kind === 'row' && right.kind === 'row') return commonRow(left, right);
  if (isNumeric(left) && isNumeric(right)) return commonNumber(left, right);
  if (isMoment(left) && isMoment(right)) {
    if (left === ownZoneTimestamp || right === ownZoneTimestamp) return ownZoneTimestamp;
    return isZoned(left) || isZoned(right) ? zonedTimestamp : timestamp;
  }
  return undefined;
}

function commonRow(left: Extract<SqlType, { kind: 'row' }>, right: Extract<SqlType, { kind: 'row' }>): SqlType | undefined {
  if (left.fields.length !== right.fields.length) return undefined;
  const fields = left.fields.map((field, index) => {
    const other = right.fields[index]!;
    const type = commonType(field.type, other.type);
    return type && { ...(field.name !== undefined && sameName(field.name, other.name) && { name: field.name }), type };
  });
  return fields.every((field) => field !== undefined) ? { kind: 'row', fields } : undefined;
}

function commonNumber(left: SqlType, right: SqlType): SqlType {
  const names = [nameOf(left), nameOf(right)];
  if (names.includes('double')) return double;
  if (!names.includes('decimal')) return bigint;
  const [leftPrecision, leftScale] = digitsOf(left);
  const [rightPrecision, rightScale] = digitsOf(right);
  const scale = Math.max(leftScale, rightScale);
  return decimal(Math.min(maxPrecision, Math.max(leftPrecision - leftScale, rightPrecision - rightScale) + scale), scale);
}

/** Does a value of one type stand for the other without a CAST? */
export function standsFor(from: SqlType, to: SqlType): boolean {
  const common = commonType(from, to);
  return common !== undefined && (sameType(common, to) || (isDecimal(to) && isDecimal(common) && sameType(common, to)));
}

/** As DuckDB names the type that it has the values in. */
export function duckDbType(type: SqlType): string {
  switch (type.kind) {
    case 'array': return `${duckDbType(type.element)}[]`;
    case 'map': return `MAP(${duckDbType(type.key)}, ${duckDbType(type.value)})`;
    case 'row':
      return `STRUCT(${type.fields.map((field, index) => `"${fieldName(field.name, index).replaceAll('"', '""')}" ${duckDbType(field.type)}`).join(', ')})`;
    default: break;
  }
  switch (type.name) {
    case 'decimal': return `DECIMAL(${digitsOf(type).join(', ')})`;
    case 'timestamp': case 'timestamp with time zone': case 'timestamp of own time zone': return 'TIMESTAMP';
    case 'interval year to month': case 'interval day to second': return 'INTERVAL';
    case 'unknown': return 'INTEGER';
    default: return type.name.toUpperCase();
  }
}

/** Of a field of a row without a name, as clients of Trino call it. */
export const fieldName = (name: string | undefined, index: number): string => name ?? `field${index}`;

/** What a client is told: a timestamp's zone is no type of its own. */
export function tellableType(type: SqlType): SqlType {
  if (type === ownZoneTimestamp) return zonedTimestamp;
  if (type.kind === 'array') return array(tellableType(type.element));
  if (type.kind === 'row') return { kind: 'row', fields: type.fields.map((field) => ({ ...field, type: tellableType(field.type) })) };
  if (type.kind === 'map') return { ...type, value: tellableType(type.value) };
  return type;
}
