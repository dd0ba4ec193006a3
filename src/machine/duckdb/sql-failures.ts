/**
 * Why DuckDB did not answer, in words that hold nothing of a resource: its own messages repeat the values at which a
 * statement failed.
 */
import type { SqlFailure } from '../../ports/sql-engine.ts';
import type { SqlRefusal } from './sql-messages.ts';

/** A question that is refused, or cannot be answered, for a reason of its own. */
export class SqlRefused extends Error {
  override readonly name = 'SqlRefused';
  readonly refusal: SqlRefusal;

  constructor(reason: SqlFailure, message: string) {
    super(message);
    this.refusal = { reason, message };
  }
}

/** By how DuckDB's messages begin (`ErrorData` and `ExceptionType` in its source). */
const kinds: readonly (readonly [RegExp, SqlRefusal])[] = [
  [/^Out of Memory Error/i, { reason: 'out-of-memory', message: 'The query needs more memory than it may have. Group, filter or select less, or join on a condition.' }],
  [/^Conversion Error/i, { reason: 'failed', message: 'A value cannot be converted to the type that the query asks for. Use try_cast, which gives null there.' }],
  // These two are the statement's own words (src/sql).
  [/^Invalid Input Error: This (?:text|JSON) is no /i, { reason: 'failed', message: 'A value cannot be converted to the type that the query asks for. Use try_cast, which gives null there.' }],
  [/^Invalid Input Error: Division by zero/i, { reason: 'failed', message: 'A number was divided by zero. Use nullif, which gives null there.' }],
  [/^Out of Range Error/i, { reason: 'failed', message: 'A number or a date lies beyond what its type can hold. Cast to a wider type before calculating.' }],
  [/^Invalid Input Error/i, { reason: 'failed', message: 'A function was given a value that it cannot take, or a subquery in place of a value gave more than one row.' }],
  [/^(?:Permission|Parser|Catalog|Binder|Not implemented) Error/i, { reason: 'refused', message: 'The statement asks for something that is not offered here.' }],
  [/^(?:IO|Serialization) Error/i, { reason: 'failed', message: 'A file that the query reads or writes was not to be had. Ask again.' }],
];

export function refusalOf(error: unknown): SqlRefusal {
  if (error instanceof SqlRefused) return error.refusal;
  const text = error instanceof Error ? error.message : '';
  if (/max_temp_directory_size|temp_directory/i.test(text)) return kinds[0]![1];
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? { reason: 'failed', message: 'The query could not be answered.' };
}
