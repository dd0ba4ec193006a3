/**
 * DeleteFHIRDatastore (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DeleteFHIRDatastore.html): the store
 * and everything in it, for good. A store that is tagged as protected stays until the tag is taken off.
 */
import { deleteDatastore } from '../datastore/delete-datastore.ts';
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { conflictError } from './control-error.ts';
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreAnswer } from './datastore-properties.ts';
import { knownDatastore } from './known-datastore.ts';

/** With the value `true`, refuses deletion. */
export const protectionTag = 'caldera:protected';

export function deleteFhirDatastore(dependencies: ControlDependencies): ControlOperation<'DeleteFHIRDatastore'> {
  return async ({ DatastoreId: datastoreId }, call) => {
    const seen = await knownDatastore(datastoreId, dependencies);
    if (isProtected(seen)) throw conflictError(`The data store is protected from deletion. Take its tag ${protectionTag} off first (UntagResource).`);
    const record = await deleteDatastore({ datastoreId, token: dependencies.ids.uuid() }, dependencies);
    return datastoreAnswer(record, dependencies, call);
  };
}

function isProtected({ tags = [] }: DatastoreRecord): boolean {
  return tags.some(({ Key, Value }) => Key === protectionTag && Value === 'true');
}
