/** Values of DuckDB as JSON, as `SqlValue` of ports/sql-engine.ts says. */
import {
  DuckDBArrayValue, DuckDBBlobValue, DuckDBDateValue, DuckDBDecimalValue, DuckDBListValue, DuckDBMapValue, DuckDBStructValue, DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue, DuckDBTimestampSecondsValue, DuckDBTimestampTZValue, DuckDBTimestampValue, DuckDBTimeValue,
} from '@duckdb/node-api';
import type { DuckDBValue } from '@duckdb/node-api';

const millisecondsOfDay = 24 * 60 * 60 * 1000;

/** @returns JSON text, in which numbers have all their digits */
export function jsonText(value: DuckDBValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (typeof value === 'bigint' || value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return `[${value.items.map(jsonText).join()}]`;
  if (value instanceof DuckDBStructValue) return objectText(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue) return objectText(value.entries.map(({ key, value: of }) => [memberName(key), of]));
  return JSON.stringify(scalarText(value));
}

function objectText(members: readonly (readonly [string, DuckDBValue])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join()}}`;
}

function memberName(key: DuckDBValue): string {
  return typeof key === 'string' ? key : jsonText(key).replace(/^"|"$/g, '');
}

/** What JSON has no type for, as Athena writes it. */
function scalarText(value: Exclude<DuckDBValue, null | boolean | number | bigint | string>): string {
  if (value instanceof DuckDBDateValue) return instantText(value.days * millisecondsOfDay).slice(0, -'00:00:00.000'.length - 1);
  if (value instanceof DuckDBTimestampValue) return instantText(milliseconds(value.micros, 1000n));
  if (value instanceof DuckDBTimestampTZValue) return `${instantText(milliseconds(value.micros, 1000n))} UTC`;
  if (value instanceof DuckDBTimestampNanosecondsValue) return instantText(milliseconds(value.nanos, 1_000_000n));
  if (value instanceof DuckDBTimestampMillisecondsValue) return instantText(Number(value.millis));
  if (value instanceof DuckDBTimestampSecondsValue) return instantText(Number(value.seconds) * 1000);
  if (value instanceof DuckDBTimeValue) return instantText(milliseconds(value.micros, 1000n)).slice('1970-01-01 '.length);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  return value.toString();
}

/** Rounded towards the past, as what is finer is cut off. */
function milliseconds(value: bigint, perMillisecond: bigint): number {
  const whole = value / perMillisecond;
  return Number(value < 0n && whole * perMillisecond !== value ? whole - 1n : whole);
}

/** As `2024-03-01 12:00:00.000`; years beyond four digits with their sign. */
function instantText(ms: number): string {
  const instant = new Date(ms);
  return Number.isNaN(instant.getTime()) ? 'out of range' : instant.toISOString().replace('T', ' ').slice(0, -1);
}
