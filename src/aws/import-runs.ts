/** Takes imports in and has the workflow work on them, a run a job. */
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { StartJob } from '../operations/control/control-operation.ts';
import { startImport } from '../operations/import/start-import.ts';
import type { StartImportDependencies } from '../operations/import/start-import.ts';
import { sfnClient } from './control-clients.ts';
import { environmentVariable } from './env.ts';
import { environment } from './names.ts';
import { stepFunctionsJobs } from './step-functions-jobs.ts';

/** Begins a run for a job, unless there is one: of the data store of that id. */
export function importRuns(): (datastoreId: string, jobId: string) => Promise<void> {
  return stepFunctionsJobs({ client: sfnClient(), stateMachineArn: environmentVariable(environment.importWorkflowArn), clock: systemClock });
}

export function importStarter(jobPortsOf: StartImportDependencies['jobPortsOf']): StartJob {
  const run = importRuns();
  return startImport({ ids: randomIds, jobPortsOf, wake: ({ id }, jobId) => run(id, jobId) });
}
