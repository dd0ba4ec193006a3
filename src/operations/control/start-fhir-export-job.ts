/** StartFHIRExportJob (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRExportJob.html). */
import type { ControlDependencies, ControlOperation, StartJob } from './control-operation.ts';
import { startedJob } from './started-job.ts';

export function startFhirExportJob(dependencies: ControlDependencies, start: StartJob): ControlOperation<'StartFHIRExportJob'> {
  return (input, call) => startedJob(input, { ...dependencies, call, start });
}
