/** Tells EventBridge what becomes of the jobs of a data store, for functions that need nothing else of it. */
import { jobAnnouncing } from '../operations/events/job-announcing.ts';
import type { JobAnnouncing } from '../operations/jobs/announce-job.ts';
import { eventBus } from './announced-control.ts';
import { logError } from './fault-log.ts';

/** @returns `announcing` for the jobs of the data store */
export function announcingOf(datastoreId: string): JobAnnouncing {
  return jobAnnouncing({ ...eventBus(), datastoreId, report: logError });
}
