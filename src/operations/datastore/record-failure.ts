/** Step: the record says that the run failed, and why, as HealthLake's `ErrorCause`. */
import type { DatastoreVerb } from '../../ports/workflow.ts';
import { maxErrorMessageLength } from './datastore-record.ts';
import type { DatastoreRecords, DatastoreStatus, ErrorCause } from './datastore-record.ts';
import { change, recordOf } from './step.ts';
import type { RunData, Step } from './step.ts';

/** HealthLake has no failed deletion: the store stays as it is until it is deleted once more. */
const failed = {
  create: 'CREATE_FAILED', restore: 'CREATE_FAILED', update: 'UPDATE_FAILED', delete: 'DELETING',
} as const satisfies Record<DatastoreVerb, DatastoreStatus>;

/** Errors of ours and of AWS that another attempt may not meet. */
const passing = new RegExp(
  ['Throttl', 'TooManyRequests', 'LimitExceeded', 'Timeout', 'TimedOut', 'TookTooLong', 'Unavailable', 'InternalServer', 'InternalError',
    'ServiceException', '^Lambda\\.'].join('|'),
);

export function recordFailure({ records }: { readonly records: Pick<DatastoreRecords, 'read' | 'replace'> }): Step<void> {
  return async (run) => {
    const seen = await recordOf(run, records);
    await change(records, seen, { ...seen, status: failed[run.verb], errorCause: errorCause(run) });
  };
}

function errorCause({ verb, error }: RunData): ErrorCause {
  const name = error?.Error ?? 'Unknown';
  const message = `The workflow could not ${verb} the data store: ${name}. ${reportedMessage(error?.Cause)}`.trim();
  const category = passing.test(name) ? 'RETRYABLE_ERROR' : 'NON_RETRYABLE_ERROR';
  return { message: message.slice(0, maxErrorMessageLength), category };
}

/** Steps handle names and settings only, so what they say of their errors tells nothing of a patient. */
function reportedMessage(cause: string | undefined): string {
  try {
    const { errorMessage } = JSON.parse(cause ?? '{}') as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : '';
  } catch {
    return '';
  }
}
