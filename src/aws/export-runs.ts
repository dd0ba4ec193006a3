/** Has bulk exports worked on: the workflow does, a run a job. */
import { systemClock } from '../machine/system-clock.ts';
import { sfnClient } from './control-clients.ts';
import { environmentVariable } from './env.ts';
import { environment } from './names.ts';
import { stepFunctionsJobs } from './step-functions-jobs.ts';

/** @returns as `stepFunctionsJobs` does. The function has `exportWorkflowArn` in its environment */
export function exportRuns(): (datastoreId: string, jobId: string) => Promise<void> {
  return stepFunctionsJobs({ client: sfnClient(), stateMachineArn: environmentVariable(environment.exportWorkflowArn), clock: systemClock });
}
