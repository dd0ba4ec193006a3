/**
 * Why Athena did not answer, in words that hold nothing of a resource: its own repeat the values at which a statement failed
 * (https://docs.aws.amazon.com/athena/latest/ug/error-reference.html). What is known is the name before the colon.
 */
import type { QueryExecution } from '@aws-sdk/client-athena';
import type { SqlFailure, SqlState } from '../ports/sql-engine.ts';

interface Kind {
  readonly pattern: RegExp;
  readonly reason: SqlFailure;
  readonly message: string;
}

const kinds: readonly Kind[] = [
  { pattern: /Bytes scanned limit was exceeded/i, reason: 'too-many-bytes', message: 'The query reads more than it may. Select fewer columns, or ask smaller tables.' },
  { pattern: /^Query timeout/i, reason: 'timeout', message: 'The query took longer than it may. Group, filter or select less.' },
  { pattern: /^EXCEEDED_\w*(?:MEMORY|DISTRIBUTED)\w*|exhausted resources/i, reason: 'out-of-memory', message: 'The query needs more memory than it may have. Group, filter or select less, or join on a condition.' },
  { pattern: /^INVALID_CAST_ARGUMENT/, reason: 'failed', message: 'A value cannot be converted to the type that the query asks for. Use try_cast, which gives null there.' },
  { pattern: /^NUMERIC_VALUE_OUT_OF_RANGE/, reason: 'failed', message: 'A number or a date lies beyond what its type can hold. Cast to a wider type before calculating.' },
  { pattern: /^DIVISION_BY_ZERO/, reason: 'failed', message: 'A number was divided by zero. Use nullif, which gives null there.' },
  { pattern: /^(?:INVALID_FUNCTION_ARGUMENT|SUBQUERY_MULTIPLE_ROWS)/, reason: 'failed', message: 'A function was given a value that it cannot take, or a subquery in place of a value gave more than one row.' },
  { pattern: /^(?:PERMISSION_DENIED|SYNTAX_ERROR|NOT_SUPPORTED|FUNCTION_NOT_FOUND|TYPE_MISMATCH)|Insufficient permissions|Access Denied/i, reason: 'refused', message: 'The statement asks for something that is not offered here.' },
  { pattern: /^HIVE_/, reason: 'failed', message: 'A file that the query reads was not to be had. Ask again.' },
];

/** Of one that failed, or was cancelled: Athena cancels what reads too much. */
export function athenaFailure({ Status }: QueryExecution): SqlState {
  const told = Status?.StateChangeReason ?? Status?.AthenaError?.ErrorMessage ?? '';
  const kind = kinds.find(({ pattern }) => pattern.test(told));
  if (kind !== undefined) return { state: 'failed', reason: kind.reason, message: kind.message };
  return Status?.State === 'CANCELLED' ? { state: 'cancelled' } : { state: 'failed', reason: 'failed', message: 'The query could not be answered.' };
}
