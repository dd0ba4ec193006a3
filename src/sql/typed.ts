/** What checking makes of an expression: its type, and how DuckDB says it. */
import type { Expression, Query, SqlType } from './ast.ts';
import { maxWrittenLength } from './limits.ts';
import type { SqlSyntaxError } from './syntax-error.ts';
import { duckDbType, sameType } from './types.ts';

export interface Typed {
  readonly type: SqlType;
  /** Of DuckDB; stands wherever an operand may. */
  readonly sql: string;
  readonly expression?: Expression;
  /** Of a moment in its own zone: the timestamp of that zone's clocks. */
  readonly local?: string;
  /** A column that is neither grouped by nor inside an aggregate. */
  readonly loose?: SqlSyntaxError;
  readonly aggregates?: boolean;
  readonly windows?: boolean;
  readonly queries?: boolean;
}

/** A column of what stands behind FROM. */
export interface Field {
  readonly relation?: string;
  /** Absent for one that cannot be named. */
  readonly name?: string;
  readonly type: SqlType;
  readonly sql: string;
}

export interface Scope {
  readonly fields: readonly Field[];
  /** Of the query around this one: its columns may be used as well. */
  readonly outer?: Place;
}

/** Where an expression stands. */
export interface Place {
  readonly scope: Scope;
  readonly tools: Tools;
  /** Parameters of the lambdas around, the innermost last. */
  readonly parameters: readonly Field[];
  /** What is grouped by, as DuckDB says it; absent where nothing is. */
  readonly keys?: ReadonlySet<string>;
  /** Why there are no aggregates here. */
  readonly noAggregates?: string;
  readonly noWindows?: string;
  readonly noQueries?: string;
  /** Output columns, which ORDER BY may name. */
  readonly outputs?: readonly Field[];
  /** Is told of each column of an outer query that is used. */
  readonly correlated?: (used: Typed) => void;
}

/** What checks each kind of thing: given along, for they need each other. */
export interface Tools {
  readonly read: (expression: Expression, place: Place) => Typed;
  readonly query: (query: Query, place: Place) => CheckedBody;
  readonly fault: (reason: string, of: { readonly at?: number } | undefined) => SqlSyntaxError;
  /** A name that nothing else has: `r1`. */
  readonly fresh: (prefix: string) => string;
}

export interface Output {
  readonly name?: string;
  readonly type: SqlType;
}

export interface CheckedBody {
  readonly outputs: readonly Output[];
  /** Its columns are named `c1` and so on. */
  readonly sql: string;
}

/** @param of whose columns, aggregates and windows it holds */
export function typed(type: SqlType, sql: string, of: readonly Typed[] = []): Typed {
  if (sql.length > maxWrittenLength) throw new RangeError('A statement grows too long: split it by WITH.');
  const loose = of.find((part) => part.loose)?.loose;
  return {
    type, sql,
    ...(loose && { loose }),
    ...(of.some((part) => part.aggregates) && { aggregates: true }),
    ...(of.some((part) => part.windows) && { windows: true }),
    ...(of.some((part) => part.queries) && { queries: true }),
  };
}

/** How DuckDB says a value as one of a type that it stands for (`standsFor`). */
export function coerced(value: Typed, type: SqlType): Typed {
  if (sameType(value.type, type)) return value;
  if (value.type.kind === 'row' && type.kind === 'row') return { ...typed(type, rowCast(value.sql, value.type, type), [value]) };
  if (value.type.kind === 'array' && type.kind === 'array' && holdsRows(value.type)) {
    const element = coerced({ type: value.type.element, sql: 'e' }, type.element);
    return typed(type, `list_transform(${value.sql}, lambda e: ${element.sql})`, [value]);
  }
  return typed(type, `CAST(${value.sql} AS ${duckDbType(type)})`, [value]);
}

const holdsRows = (type: SqlType): boolean => type.kind === 'row' || (type.kind === 'array' && holdsRows(type.element));

type Row = Extract<SqlType, { kind: 'row' }>;

/** DuckDB casts structs by the names of their fields, Trino by their places. */
function rowCast(sql: string, from: Row, to: Row): string {
  const fields = to.fields.map((field, index) => {
    const own = from.fields[index]!;
    const value = coerced({ type: own.type, sql: fieldSql('v', own.name, index) }, field.type);
    return `${nameText(field.name, index)}: ${value.sql}`;
  });
  return bound([sql], () => `CASE WHEN v IS NOT NULL THEN {${fields.join(', ')}} END`, true);
}

const nameText = (name: string | undefined, index: number) => `'${(name ?? `field${index}`).replaceAll("'", "''")}'`;

/** A field of a row. */
export function fieldSql(row: string, name: string | undefined, index: number): string {
  return `${row}[${nameText(name, index)}]`;
}

/** Texts up to this length are written again where a value is used more than once; longer ones are bound to a name. */
const repeatable = 160;

/**
 * An expression that uses values more than once, without writing long ones more than once: DuckDB has no LET, but lambdas.
 * @param always binds even short ones, as what raises errors needs: DuckDB takes functions that do so for volatile outside of lambdas
 */
export function bound(values: readonly string[], body: (names: readonly string[]) => string, always = false): string {
  if (!always && values.reduce((length, value) => length + value.length, 0) <= repeatable) return `(${body(values)})`;
  if (values.length === 1) return `list_transform([${values[0]}], lambda v: ${body(['v'])})[1]`;
  const fields = values.map((value, index) => `'v${index}': ${value}`);
  return `list_transform([{${fields.join(', ')}}], lambda v: ${body(values.map((_, index) => `v.v${index}`))})[1]`;
}

/** The value, or an error that ends the query where `isFault` holds of it. */
export function guarded(value: string, isFault: (name: string) => string, reason: string): string {
  return `list_transform([${value}], lambda v: CASE WHEN ${isFault('v')} THEN error('${reason}') ELSE v END)[1]`;
}

/** Does a literal stand here, whose text is known? */
export function literalText(value: Typed): string | undefined {
  return value.expression?.kind === 'string' ? value.expression.value : undefined;
}

export const isNumberLiteral = (value: Typed): boolean => value.expression?.kind === 'number';
