/** DescribeFHIRExportJob (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DescribeFHIRExportJob.html). */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { describedJob } from './job-properties.ts';

export function describeFhirExportJob(dependencies: ControlDependencies): ControlOperation<'DescribeFHIRExportJob'> {
  return async (input) => ({ ExportJobProperties: await describedJob('export', input, dependencies) });
}
