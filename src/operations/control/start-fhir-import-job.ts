/** StartFHIRImportJob (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html). */
import type { ControlDependencies, ControlOperation, StartJob } from './control-operation.ts';
import { startedJob } from './started-job.ts';

export function startFhirImportJob(dependencies: ControlDependencies, start: StartJob): ControlOperation<'StartFHIRImportJob'> {
  return (input, call) => startedJob(input, { ...dependencies, call, start });
}
