/** `$enrich` on AWS: what begins and ends the jobs of a data store. A workflow works on them, a run a job. */
import { systemClock } from '../machine/system-clock.ts';
import { readsNotes } from '../operations/datastore/datastore-configuration.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { StartEnrichDependencies } from '../operations/start-enrich.ts';
import { openSearchParameters } from '../store/open-search-parameters.ts';
import { announcedPorts } from './announced-jobs.ts';
import { sfnClient } from './control-clients.ts';
import { controlRecords } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { environment } from './names.ts';
import { stepFunctionsJobs } from './step-functions-jobs.ts';
import { ruleParts } from './store-tables.ts';

export function enrichJobDependencies(): (record: DatastoreRecord) => StartEnrichDependencies {
  const records = controlRecords();
  const run = stepFunctionsJobs({ client: sfnClient(), stateMachineArn: environmentVariable(environment.enrichWorkflowArn), clock: systemClock });
  return (record) => ({
    ...announcedPorts(record),
    store: openSearchParameters(ruleParts(record)),
    // What a process knows of a store may be of a time when its notes were not read.
    readsNotes: async () => readsNotes((await records.read(record.id)) ?? record),
    wake: (jobId) => run(record.id, jobId),
  });
}
