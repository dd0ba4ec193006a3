/** Binds a function's searches to the clean-up queue: what they find to lead nowhere is told before the answer is given. */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { sqsClient } from './clients.ts';
import { environmentVariable } from './env.ts';
import { logError } from './fault-log.ts';
import { environment } from './names.ts';
import { reportingStale } from './stale-reports.ts';
import type { ReportStale } from './stale-reports.ts';

export function withStaleReports<Asked, Answered>(
  workOver: (store: DatastoreRecord, reportStale: ReportStale) => (asked: Asked) => Promise<Answered>,
): (store: DatastoreRecord) => (asked: Asked) => Promise<Answered> {
  const shared = { client: sqsClient(), queueUrl: environmentVariable(environment.cleanUpQueueUrl), clock: systemClock, report: logError };
  return (store) => reportingStale({ ...shared, datastoreId: store.id }, (reportStale) => workOver(store, reportStale));
}
