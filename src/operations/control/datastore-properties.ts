/** HealthLake's DatastoreProperties (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_DatastoreProperties.html). */
import type { BackupWindow } from '../../ports/backups.ts';
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { isServing } from '../datastore/serving.ts';
import type { ControlCall, ControlDependencies, Output } from './control-operation.ts';
import { datastoreArn } from './datastore-arn.ts';

/** What making and deleting a store answer. */
export function datastoreAnswer({ id, status }: DatastoreRecord, { place }: Pick<ControlDependencies, 'place'>, { endpoint }: ControlCall): Output {
  return {
    DatastoreId: id, DatastoreArn: datastoreArn(place, id), DatastoreStatus: status, DatastoreEndpoint: `${endpoint}/datastore/${id}/r4/`,
  };
}

export async function datastoreProperties(
  record: DatastoreRecord, dependencies: Pick<ControlDependencies, 'place' | 'backups'>, call: ControlCall,
): Promise<Output> {
  const { id, name, created, errorCause, configuration, status } = record;
  const window = isServing(status) ? await dependencies.backups?.window(id) : undefined;
  return {
    ...datastoreAnswer(record, dependencies, call),
    DatastoreName: name === '' ? undefined : name,
    CreatedAt: seconds(created),
    DatastoreTypeVersion: 'R4',
    ...configuration,
    ErrorCause: errorCause && { ErrorMessage: errorCause.message, ErrorCategory: errorCause.category },
    BackupStatusInfo: backupStatusInfo(record, window),
  };
}

/** HealthLake's timestamps: seconds since the epoch, to the millisecond. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

function backupStatusInfo({ backup }: DatastoreRecord, window: BackupWindow | undefined): Readonly<Record<string, unknown>> | undefined {
  if (backup === undefined && window === undefined) return undefined;
  return {
    Configuration: { Status: backup?.status ?? 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: backup?.retentionDays },
    ...(window === undefined ? {} : {
      BackupEnabledAt: seconds(window.enabled), EarliestRestorePoint: seconds(window.earliest), LatestRestorePoint: seconds(window.latest),
    }),
  };
}
