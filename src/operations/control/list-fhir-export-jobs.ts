/** ListFHIRExportJobs (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ListFHIRExportJobs.html). */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { listedJobs } from './job-properties.ts';

export function listFhirExportJobs(dependencies: ControlDependencies): ControlOperation<'ListFHIRExportJobs'> {
  return async (input) => {
    const { jobs, NextToken } = await listedJobs('export', input, dependencies);
    return { ExportJobPropertiesList: jobs, NextToken };
  };
}
