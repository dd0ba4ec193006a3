/** ListFHIRDatastores, in the order they were made (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ListFHIRDatastores.html). */
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import type { ControlDependencies, ControlOperation, InputOf } from './control-operation.ts';
import { datastoreProperties, seconds } from './datastore-properties.ts';
import { isForgotten } from './known-datastore.ts';
import { defaultMaxResults, openedToken, sealedToken } from './page.ts';

export function listFhirDatastores(dependencies: ControlDependencies): ControlOperation<'ListFHIRDatastores'> {
  const { records, clock, secret } = dependencies;
  return async ({ Filter: filter = {}, NextToken, MaxResults = defaultMaxResults }, call) => {
    const after = await openedToken(NextToken, filter, secret);
    const listed = (await records.list()).filter((record) => !isForgotten(record, clock.now()) && fits(record, filter));
    const rest = listed.filter((record) => after === undefined || placeOf(record) > after);
    const page = rest.slice(0, MaxResults);
    return {
      DatastorePropertiesList: await Promise.all(page.map((record) => datastoreProperties(record, dependencies, call))),
      NextToken: rest.length > page.length ? await sealedToken(placeOf(page.at(-1)!), filter, secret) : undefined,
    };
  };
}

/** Sorts as the list does. */
function placeOf({ created, id }: DatastoreRecord): string {
  return `${String(created).padStart(16, '0')} ${id}`;
}

function fits({ name, status, created }: DatastoreRecord, filter: NonNullable<InputOf<'ListFHIRDatastores'>['Filter']>): boolean {
  const { DatastoreName, DatastoreStatus, CreatedBefore = Infinity, CreatedAfter = -Infinity } = filter;
  return (DatastoreName ?? name) === name && (DatastoreStatus ?? status) === status
    && seconds(created) < CreatedBefore && seconds(created) > CreatedAfter;
}
