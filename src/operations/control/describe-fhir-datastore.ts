/** DescribeFHIRDatastore (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DescribeFHIRDatastore.html). */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreProperties } from './datastore-properties.ts';
import { knownDatastore } from './known-datastore.ts';

export function describeFhirDatastore(dependencies: ControlDependencies): ControlOperation<'DescribeFHIRDatastore'> {
  return async ({ DatastoreId }, call) => ({
    DatastoreProperties: await datastoreProperties(await knownDatastore(DatastoreId, dependencies), dependencies, call),
  });
}
