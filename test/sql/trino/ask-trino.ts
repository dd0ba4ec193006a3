/** Asks Trino itself, in a process of Java that `scripts/trino.mjs` has prepared. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, type CheckedQuery } from '../../../src/sql/check.ts';
import { parseQuery } from '../../../src/sql/parse.ts';
import { toAthena } from '../../../src/sql/to-athena.ts';

export type TrinoAnswer =
  | { readonly columns: readonly { readonly name: string; readonly type: string }[]; readonly rows: readonly (readonly unknown[])[] }
  | { readonly error: string };

export interface TrinoAnswers {
  /** Why each statement is not read; null where it is. */
  readonly parse: readonly (string | null)[];
  readonly run: readonly TrinoAnswer[];
}

/** The whole engine starts in a quarter of a minute; on a busy machine it takes longer. */
const timeoutMs = 300_000;

export function askTrino(asked: { readonly parse: readonly string[]; readonly run: readonly string[] }): TrinoAnswers {
  const classPath = process.env['CALDERA_TRINO'];
  if (!classPath) throw new Error('Trino is prepared by npm run test:trino.');
  const folder = mkdtempSync(join(tmpdir(), 'caldera-trino-'));
  try {
    const [input, output] = [join(folder, 'asked.json'), join(folder, 'answers.json')];
    writeFileSync(input, JSON.stringify(asked));
    execFileSync('java', ['-XX:TieredStopAtLevel=1', '-cp', classPath, 'Trino', input, output], { stdio: 'ignore', timeout: timeoutMs });
    return JSON.parse(readFileSync(output, 'utf8')) as TrinoAnswers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Statements of tests bring their own rows. */
export const checkedStatement = (text: string): CheckedQuery => check(parseQuery(text), { columnsOf: () => undefined, text });

export const writtenStatement = (text: string): string => toAthena(checkedStatement(text).query);
