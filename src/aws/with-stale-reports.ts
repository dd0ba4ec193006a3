/** Binds a function's searches to the clean-up queue: what they find to lead nowhere is told before the answer is given. */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { cleanUpQueue } from './feed-queues.ts';
import { reportingStale } from './stale-reports.ts';
import type { ReportStale } from './stale-reports.ts';

export function withStaleReports<Asked, Answered>(
  workOver: (store: DatastoreRecord, reportStale: ReportStale) => (asked: Asked) => Promise<Answered>,
): (store: DatastoreRecord) => (asked: Asked) => Promise<Answered> {
  const shared = { queue: cleanUpQueue(), clock: systemClock };
  return (store) => reportingStale({ ...shared, datastoreId: store.id }, (reportStale) => workOver(store, reportStale));
}
