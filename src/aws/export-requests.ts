/** What is asked of bulk exports over FHIR's interface, on AWS: beginning one, how it goes, its files, its end. */
import type { CancelExportDependencies } from '../operations/cancel-export.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { ExportStatusDependencies } from '../operations/export-status.ts';
import type { ExportedFileDependencies } from '../operations/exported-file.ts';
import type { StartExportDependencies } from '../operations/start-export.ts';
import { systemClock } from '../machine/system-clock.ts';
import { announcedPorts } from './announced-jobs.ts';
import { exportDownloads, exportObjects } from './export-objects.ts';
import { exportRuns } from './export-runs.ts';
import { searchStore } from './search-store.ts';
import { storeTable } from './store-tables.ts';

/** What begins the exports of a data store. */
export function startExportDependencies(): (record: DatastoreRecord) => StartExportDependencies {
  const run = exportRuns();
  return (record) => ({
    ...announcedPorts(record), datastoreId: record.id, store: searchStore(record, () => {}), wake: (jobId) => run(record.id, jobId),
  });
}

/** What tells of them. */
export function exportStatusDependencies(record: DatastoreRecord): ExportStatusDependencies & ExportedFileDependencies {
  return {
    jobs: storeTable(record.id, 'jobs'), datastoreId: record.id, objects: exportObjects(record), downloads: exportDownloads(record), clock: systemClock,
  };
}

/** What ends them. */
export function cancelExportDependencies(): (record: DatastoreRecord) => CancelExportDependencies {
  const run = exportRuns();
  return (record) => ({ ...announcedPorts(record), datastoreId: record.id, objects: exportObjects(record), wake: (jobId) => run(record.id, jobId) });
}
