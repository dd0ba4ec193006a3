/**
 * HealthLake's events of data stores (https://docs.aws.amazon.com/healthlake/latest/devguide/monitoring-eventbridge.html):
 * its detail-types and fields, under a source of ours, for `aws.` is AWS's.
 */
import type { PlatformEvent } from '../../ports/event-bus.ts';
import type { Place } from '../control/control-operation.ts';
import { datastoreArn } from '../control/datastore-arn.ts';
import type { DatastoreRecord, DatastoreStatus, StatusChange } from '../datastore/datastore-record.ts';
import { eventSource } from './event-source.ts';

/** Statuses without a detail-type are HealthLake's newer ones, of which it tells nothing. */
export const datastoreDetailTypes: Readonly<Partial<Record<DatastoreStatus, string>>> = {
  CREATING: 'Data Store Creating',
  ACTIVE: 'Data Store Active',
  DELETING: 'Data Store Deleting',
  DELETED: 'Data Store Deleted',
  CREATE_FAILED: 'Data Store Creation Failed',
};

/** A store that comes back from a change of its settings has been active all the while. */
const changing: ReadonlySet<DatastoreStatus | undefined> = new Set<DatastoreStatus>(['UPDATING', 'UPDATE_FAILED']);

/** Whether a change of status is one that HealthLake tells of. */
export function isTold(before: DatastoreStatus | undefined, status: DatastoreStatus): boolean {
  if (before === status || datastoreDetailTypes[status] === undefined) return false;
  return status !== 'ACTIVE' || !changing.has(before);
}

/** @throws Error for a status that is not told of */
export function datastoreEvent({ id, name, endpoint = '' }: DatastoreRecord, { status, time }: StatusChange, place: Place): PlatformEvent {
  const detailType = datastoreDetailTypes[status];
  if (detailType === undefined) throw new Error(`There is no event of a data store that is ${status}.`);
  return {
    source: eventSource,
    detailType,
    detail: { datastoreId: id, datastoreName: name, datastoreTypeVersion: 'R4', datastoreEndpoint: `${endpoint}/datastore/${id}/r4/` },
    time,
    resources: [datastoreArn(place, id)],
  };
}
