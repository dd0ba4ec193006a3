/** Takes an export in, for whatever works on exports: the other half of StartFHIRExportJob. The whole store, to a bucket. */
import type { Ids } from '../../ports/ids.ts';
import { isObject } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { StartJob } from '../control/control-operation.ts';
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { submitJob } from '../jobs/submit-job.ts';
import type { JobPorts } from '../jobs/submit-job.ts';
import { exportInput, maxActiveExports } from './export-job.ts';
import type { ExportOutput } from './export-job.ts';

export interface StartExportDependencies {
  readonly ids: Pick<Ids, 'uuid'>;
  /** With `announcing`, for its beginning to be told of. */
  readonly jobPortsOf: (store: DatastoreRecord) => JobPorts;
  /** Has the job worked on. May be called again for a job that is being worked on. */
  readonly wake: (store: DatastoreRecord, jobId: string) => Promise<void> | void;
}

export function startExport({ jobPortsOf, wake, ids }: StartExportDependencies): StartJob {
  return async (store, wanted) => {
    const input = exportInput({ level: 'system', output: bucketOutput(wanted.input) }, wanted.input);
    const submission = await submitJob({ ...wanted, input, kind: 'export', most: maxActiveExports }, { ...jobPortsOf(store), ids });
    // One that was submitted before is woken too: a process that died may have come no further.
    if (submission.job !== undefined) await wake(store, submission.job.id);
    return submission;
  };
}

/** @param input with `OutputDataConfig` and `DataAccessRoleArn`, of the shapes that the API's model has */
export function bucketOutput({ OutputDataConfig, DataAccessRoleArn }: JsonObject): ExportOutput {
  const place = isObject(OutputDataConfig) ? OutputDataConfig['S3Configuration'] : undefined;
  if (!isObject(place) || typeof place['S3Uri'] !== 'string') throw new Error('An export does not name its output.');
  const { S3Uri: uri, KmsKeyId: kmsKeyId } = place;
  return {
    place: 'bucket', uri,
    ...(typeof kmsKeyId === 'string' && { kmsKeyId }), ...(typeof DataAccessRoleArn === 'string' && { roleArn: DataAccessRoleArn }),
  };
}
