/** `$reindex` on AWS: the workflow works on the job, a run a job. */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { StartReindexDependencies } from '../operations/start-reindex.ts';
import { announcedPorts } from './announced-jobs.ts';
import { sfnClient } from './control-clients.ts';
import { environmentVariable } from './env.ts';
import { environment } from './names.ts';
import { stepFunctionsJobs } from './step-functions-jobs.ts';

/** What begins and ends the jobs of a data store. */
export function reindexDependencies(): (record: DatastoreRecord) => StartReindexDependencies {
  const run = stepFunctionsJobs({ client: sfnClient(), stateMachineArn: environmentVariable(environment.reindexWorkflowArn), clock: systemClock });
  return (record) => ({ ...announcedPorts(record), wake: (jobId) => run(record.id, jobId) });
}
