/** Takes an import in, for whatever works on imports: the other half of StartFHIRImportJob. */
import type { Ids } from '../../ports/ids.ts';
import { validationError } from '../control/control-error.ts';
import type { StartJob } from '../control/control-operation.ts';
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { submitJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';

/** Imports of one data store that have not ended; HealthLake has one running and 25 waiting. */
export const maxActiveImports = 100;

export interface StartImportDependencies {
  readonly ids: Pick<Ids, 'uuid'>;
  /** With `announcing`, for its beginning to be told of. */
  readonly jobPortsOf: (store: DatastoreRecord) => JobPorts;
  /** Has the job worked on. May be called again for a job that is being worked on. */
  readonly wake: (store: DatastoreRecord, jobId: string) => Promise<void> | void;
}

/** What HealthLake's newest API has for other formats than FHIR's. */
const notOffered = ['InputFormat', 'ProfileId', 'DriftDetectionEnabled'] as const;

/** @throws ControlError ValidationException for what is not offered */
export function startImport({ jobPortsOf, wake, ids }: StartImportDependencies): StartJob {
  return async (store, wanted) => {
    const asked = notOffered.find((name) => wanted.input[name] !== undefined && wanted.input[name] !== false);
    if (asked !== undefined) throw validationError(`${asked} is not offered by this version of the platform. Leave it out.`);
    const submission = await submitJob({ ...wanted, kind: 'import', most: maxActiveImports }, { ...jobPortsOf(store), ids });
    // One that was submitted before is woken too: a process that died may have come no further.
    if (submission.job !== undefined) await wake(store, submission.job.id);
    return submission;
  };
}
