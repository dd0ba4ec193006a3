/** A lake's types as the engines name them. */
import type { LakeType, ScalarType } from './lake-table.ts';

const glueScalars: Readonly<Record<ScalarType, string>> = {
  string: 'string', boolean: 'boolean', integer: 'int', bigint: 'bigint', double: 'double', date: 'date', timestamp: 'timestamp',
};

/** `array<struct<family:string>>` (https://docs.aws.amazon.com/athena/latest/ug/data-types.html). */
export function glueType(type: LakeType): string {
  if (type.kind === 'scalar') return glueScalars[type.scalar];
  if (type.kind === 'array') return `array<${glueType(type.element)}>`;
  return `struct<${type.fields.map((field) => `${field.name}:${glueType(field.type)}`).join(',')}>`;
}

const athenaScalars: Readonly<Record<ScalarType, string>> = {
  string: 'varchar', boolean: 'boolean', integer: 'integer', bigint: 'bigint', double: 'double', date: 'date', timestamp: 'timestamp(3)',
};

/** As Athena tells the type of a result's column: `array(row(family varchar))`. Fields' names are not quoted, even those that are words of SQL. */
export function athenaType(type: LakeType): string {
  if (type.kind === 'scalar') return athenaScalars[type.scalar];
  if (type.kind === 'array') return `array(${athenaType(type.element)})`;
  return `row(${type.fields.map((field) => `${field.name} ${athenaType(field.type)}`).join(', ')})`;
}

const duckDbScalars: Readonly<Record<ScalarType, string>> = {
  string: 'VARCHAR', boolean: 'BOOLEAN', integer: 'INTEGER', bigint: 'BIGINT', double: 'DOUBLE', date: 'DATE', timestamp: 'TIMESTAMP',
};

/** `STRUCT("family" VARCHAR)[]` (https://duckdb.org/docs/stable/sql/data_types/overview). */
export function duckDbType(type: LakeType): string {
  if (type.kind === 'scalar') return duckDbScalars[type.scalar];
  if (type.kind === 'array') return `${duckDbType(type.element)}[]`;
  return `STRUCT(${type.fields.map((field) => `"${field.name}" ${duckDbType(field.type)}`).join(', ')})`;
}
