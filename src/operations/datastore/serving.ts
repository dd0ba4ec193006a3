/** Whether requests for a data store are answered, by its status. */
import { conflict, notFound } from '../../fhir/outcome.ts';
import type { FhirError } from '../../fhir/outcome.ts';
import type { DatastoreStatus } from './datastore-record.ts';

/** A change of settings, also one that failed, leaves a store as it was. */
const serving: ReadonlySet<DatastoreStatus> = new Set(['ACTIVE', 'UPDATING', 'UPDATE_FAILED']);

export function isServing(status: DatastoreStatus): boolean {
  return serving.has(status);
}

/** @param status `undefined` when there is no such store. @returns why it does not serve: 404, or 409 while it is not made */
export function notServing(status: DatastoreStatus | undefined): FhirError {
  if (status === 'CREATING') return conflict('The data store is being made. Wait until it is ACTIVE.');
  if (status === 'CREATE_FAILED') return conflict('The data store could not be made. DescribeFHIRDatastore tells why; delete it and make another.');
  return notFound('There is no such data store. Compare the id in the path with the id that was told when it was made.');
}
