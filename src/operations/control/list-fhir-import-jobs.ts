/** ListFHIRImportJobs (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ListFHIRImportJobs.html). */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { listedJobs } from './job-properties.ts';

export function listFhirImportJobs(dependencies: ControlDependencies): ControlOperation<'ListFHIRImportJobs'> {
  return async (input) => {
    const { jobs, NextToken } = await listedJobs('import', input, dependencies);
    return { ImportJobPropertiesList: jobs, NextToken };
  };
}
