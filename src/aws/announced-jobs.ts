/**
 * The ports of one data store for functions that submit and change its jobs: what becomes of these is told to EventBridge.
 * Such a function has `eventBusArn` in its environment and `tellOfJobs` among its grants (job-functions.ts).
 */
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { JobAnnouncing } from '../operations/jobs/announce-job.ts';
import { announcingOf } from './announcing.ts';
import { storePorts } from './store-ports.ts';
import type { StorePorts } from './store-ports.ts';

export interface AnnouncedPorts extends StorePorts {
  readonly announcing: JobAnnouncing;
}

export function announcedPorts(record: Pick<DatastoreRecord, 'id' | 'secret' | 'omitted'>): AnnouncedPorts {
  return { ...storePorts(record), announcing: announcingOf(record.id) };
}
