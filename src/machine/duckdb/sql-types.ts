/** DuckDB's types by the names that Athena has for them (https://docs.aws.amazon.com/athena/latest/ug/data-types.html). */
import { DuckDBArrayType, DuckDBDecimalType, DuckDBListType, DuckDBMapType, DuckDBStructType, DuckDBTypeId } from '@duckdb/node-api';
import type { DuckDBType } from '@duckdb/node-api';
import { quotedName } from './sql-text.ts';

const athenaNames: ReadonlyMap<DuckDBTypeId, string> = new Map([
  [DuckDBTypeId.BOOLEAN, 'boolean'],
  [DuckDBTypeId.TINYINT, 'tinyint'],
  [DuckDBTypeId.SMALLINT, 'smallint'],
  [DuckDBTypeId.INTEGER, 'integer'],
  [DuckDBTypeId.BIGINT, 'bigint'],
  [DuckDBTypeId.UTINYINT, 'smallint'],
  [DuckDBTypeId.USMALLINT, 'integer'],
  [DuckDBTypeId.UINTEGER, 'bigint'],
  [DuckDBTypeId.UBIGINT, 'bigint'],
  [DuckDBTypeId.HUGEINT, 'bigint'],
  [DuckDBTypeId.UHUGEINT, 'bigint'],
  [DuckDBTypeId.FLOAT, 'real'],
  [DuckDBTypeId.DOUBLE, 'double'],
  [DuckDBTypeId.DATE, 'date'],
  [DuckDBTypeId.TIME, 'time'],
  [DuckDBTypeId.TIMESTAMP, 'timestamp'],
  [DuckDBTypeId.TIMESTAMP_S, 'timestamp'],
  [DuckDBTypeId.TIMESTAMP_MS, 'timestamp'],
  [DuckDBTypeId.TIMESTAMP_NS, 'timestamp'],
  [DuckDBTypeId.TIMESTAMP_TZ, 'timestamp with time zone'],
  [DuckDBTypeId.BLOB, 'varbinary'],
  [DuckDBTypeId.UUID, 'uuid'],
]);

/** @returns as `array(row(family varchar, given array(varchar)))`; a text for what Athena does not have */
export function athenaType(type: DuckDBType): string {
  if (type instanceof DuckDBDecimalType) return `decimal(${type.width},${type.scale})`;
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return `array(${athenaType(type.valueType)})`;
  if (type instanceof DuckDBMapType) return `map(${athenaType(type.keyType)}, ${athenaType(type.valueType)})`;
  if (type instanceof DuckDBStructType) {
    return `row(${type.entryNames.map((name, index) => `${name} ${athenaType(type.entryTypes[index]!)}`).join(', ')})`;
  }
  if (type.typeId === DuckDBTypeId.VARCHAR) return type.alias === 'JSON' ? 'json' : 'varchar';
  return athenaNames.get(type.typeId) ?? 'varchar';
}

/** Sums of integers are wider in DuckDB than in Athena, where they fail beyond 64 bits; Parquet has no integers that wide. */
const wide: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT, DuckDBTypeId.UBIGINT]);
/** What Parquet would give back as something else. */
const textual: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.INTERVAL, DuckDBTypeId.TIME_TZ, DuckDBTypeId.BIT, DuckDBTypeId.ENUM]);

/** The type, in DuckDB's words, in which a value of `type` lies in an answer's file. */
export function keptType(type: DuckDBType): string {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return `${keptType(type.valueType)}[]`;
  if (type instanceof DuckDBMapType) return `MAP(${keptType(type.keyType)}, ${keptType(type.valueType)})`;
  if (type instanceof DuckDBStructType) {
    return `STRUCT(${type.entryNames.map((name, index) => `${quotedName(name)} ${keptType(type.entryTypes[index]!)}`).join(', ')})`;
  }
  if (wide.has(type.typeId)) return 'BIGINT';
  if (textual.has(type.typeId)) return 'VARCHAR';
  return type.typeId === DuckDBTypeId.VARCHAR ? 'VARCHAR' : type.toString();
}

export function isNested(type: DuckDBType): boolean {
  return type instanceof DuckDBListType || type instanceof DuckDBArrayType || type instanceof DuckDBMapType || type instanceof DuckDBStructType;
}
