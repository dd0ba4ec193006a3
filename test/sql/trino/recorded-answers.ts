/** What Trino answered to the statements of `../statements.ts`; `node scripts/trino.mjs --record` asks again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrinoAnswer } from './ask-trino.ts';

export type Told = Exclude<TrinoAnswer, { readonly error: string }>;

export const answersFile = join(import.meta.dirname, 'answers.json');

export const recordedAnswers = (): ReadonlyMap<string, Told> =>
  new Map(Object.entries(JSON.parse(readFileSync(answersFile, 'utf8')) as Record<string, Told>));

/** Of what a client is told: no lengths of texts; names have no case. */
export function comparable({ columns, rows }: Told) {
  return {
    columns: columns.map(({ name, type }) => ({ name: name.toLowerCase(), type: type.replaceAll(/varchar\(\d+\)/g, 'varchar').replaceAll('"', '') })),
    rows: rows.map((row) => row.map(rounded)),
  };
}

/** Doubles may differ in their last digits, where sums are made in another order. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  return typeof value === 'number' ? Number(value.toPrecision(12)) : value;
}
