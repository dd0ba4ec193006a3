/** ARNs of data stores, as HealthLake's: `arn:{partition}:healthlake:{region}:{account}:datastore/fhir/{id}`. */
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { resourceNotFound } from './control-error.ts';
import type { ControlDependencies, Place } from './control-operation.ts';
import { knownDatastore } from './known-datastore.ts';

export function datastoreArn({ partition, region, account }: Place, datastoreId: string): string {
  return `arn:${partition}:healthlake:${region}:${account}:datastore/fhir/${datastoreId}`;
}

/** The data store of an ARN, for its tags. @throws ControlError ResourceNotFoundException */
export async function datastoreOfArn(arn: string, dependencies: Pick<ControlDependencies, 'place' | 'records' | 'clock'>): Promise<DatastoreRecord> {
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  if (arn !== datastoreArn(dependencies.place, id)) throw resourceNotFound('There is no resource of this ARN here.');
  return knownDatastore(id, dependencies);
}
