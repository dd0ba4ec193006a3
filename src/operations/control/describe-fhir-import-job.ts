/** DescribeFHIRImportJob (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DescribeFHIRImportJob.html). */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { describedJob } from './job-properties.ts';

export function describeFhirImportJob(dependencies: ControlDependencies): ControlOperation<'DescribeFHIRImportJob'> {
  return async (input) => ({ ImportJobProperties: await describedJob('import', input, dependencies) });
}
