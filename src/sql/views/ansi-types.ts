/** SQL types that a column may ask for by the tag `ansi/type` (ISO/IEC 9075), as Athena has them. */
import type { SqlType } from '../ast.ts';
import { timestamp } from '../types.ts';
import { named } from './nodes.ts';

const types: Readonly<Record<string, string>> = {
  'VARCHAR': 'varchar', 'CHARACTER VARYING': 'varchar', 'STRING': 'varchar',
  'BOOLEAN': 'boolean',
  'SMALLINT': 'integer', 'INT': 'integer', 'INTEGER': 'integer', 'BIGINT': 'bigint',
  'DOUBLE PRECISION': 'double', 'DOUBLE': 'double', 'FLOAT': 'double', 'REAL': 'double',
  'DATE': 'date', 'TIMESTAMP': 'timestamp', 'TIMESTAMP WITH TIME ZONE': 'timestamp', 'TIMESTAMP WITHOUT TIME ZONE': 'timestamp',
};

/** `undefined` for what is not offered. */
export function ansiType(written: string): SqlType | undefined {
  const name = written.trim().toUpperCase().replace(/\s+/g, ' ');
  const decimal = /^(?:DECIMAL|NUMERIC) ?\( ?(\d{1,2}) ?(?:, ?(\d{1,2}) ?)?\)$/.exec(name);
  if (decimal !== null) return decimalType(Number(decimal[1]), Number(decimal[2] ?? 0));
  const plain = name.replace(/^(VARCHAR|CHARACTER VARYING) ?\( ?\d+ ?\)$/, '$1');
  if (!Object.hasOwn(types, plain)) return undefined;
  return types[plain] === 'timestamp' ? timestamp : named(types[plain]!);
}

/** Athena's decimals have 38 digits. */
function decimalType(precision: number, scale: number): SqlType | undefined {
  return precision >= 1 && precision <= 38 && scale <= precision ? named('decimal', precision, scale) : undefined;
}
