/** Athena's names of types as DuckDB's (https://docs.aws.amazon.com/athena/latest/ug/data-types.html), the other way round than `sql-types.ts`. */
import { quotedName } from './sql-text.ts';

const scalars: ReadonlyMap<string, string> = new Map([
  ['boolean', 'BOOLEAN'], ['tinyint', 'TINYINT'], ['smallint', 'SMALLINT'], ['integer', 'INTEGER'], ['bigint', 'BIGINT'], ['real', 'FLOAT'],
  ['double', 'DOUBLE'], ['date', 'DATE'], ['timestamp', 'TIMESTAMP'],
]);

export interface DuckDbTypeName {
  readonly name: string;
  /** Whether its values are told as JSON. */
  readonly isNested: boolean;
}

/** @param type as `array(row(family varchar, given array(varchar)))`; what Parquet has no type for is a text */
export function duckDbTypeOf(type: string): DuckDbTypeName {
  const [, outer, inner] = /^(array|row|map)\((.*)\)$/s.exec(type) ?? [];
  if (outer === undefined) return { name: scalarOf(type), isNested: false };
  const parts = topLevel(inner!);
  if (outer === 'array') return { name: `${duckDbTypeOf(inner!).name}[]`, isNested: true };
  if (outer === 'map') return { name: `MAP(${parts.map((part) => duckDbTypeOf(part).name).join(', ')})`, isNested: true };
  const fields = parts.map((part) => {
    const [, name = '', of = ''] = /^(\S+) (.*)$/s.exec(part) ?? [];
    return `${quotedName(name)} ${duckDbTypeOf(of).name}`;
  });
  return { name: `STRUCT(${fields.join(', ')})`, isNested: true };
}

function scalarOf(type: string): string {
  if (/^decimal\(\d+,\s*\d+\)$/.test(type)) return type.toUpperCase();
  return scalars.get(/^timestamp(?:\(\d+\))?$/.test(type) ? 'timestamp' : type) ?? 'VARCHAR';
}

/** At the commas that stand in no parentheses. */
function topLevel(list: string): readonly string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < list.length; at += 1) {
    if (list[at] === '(') depth += 1;
    else if (list[at] === ')') depth -= 1;
    else if (list[at] === ',' && depth === 0) {
      parts.push(list.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, list.slice(from).trim()];
}
