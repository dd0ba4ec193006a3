/** Batches and transactions on AWS: at once within limits, else as jobs that a queue hands to a function of their own. */
import { bundleOperations, transactionJobRunner } from '../operations/bundle/bundle-operations.ts';
import type { TransactionJobRunner } from '../operations/bundle/bundle-operations.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { sweepExports } from '../operations/export/finish-export.ts';
import type { Operation } from '../operations/operation.ts';
import { openDataStore } from '../store/open-data-store.ts';
import { exportObjects } from './export-objects.ts';
import { logFault } from './fault-log.ts';
import { maxBundleBytesAtOnce, maxBundleEntriesAtOnce } from './gateway-limits.ts';
import type { ReportStale } from './stale-reports.ts';
import { storePorts } from './store-ports.ts';
import { transactionQueue } from './transaction-queue.ts';
import { withStaleReports } from './with-stale-reports.ts';

/** The operation over the store of a record. */
export function bundleProcessing(): (record: DatastoreRecord, reportStale: ReportStale) => Operation {
  const queue = transactionQueue();
  const atOnce = { maxEntries: maxBundleEntriesAtOnce, maxBytes: maxBundleBytesAtOnce };
  return (record, reportStale) => {
    // The job is on the list of those that are pending: without its message, the schedule finds it there.
    const wake = async (jobId: string): Promise<void> => void (await queue.send([{ datastoreId: record.id, jobId }]));
    return bundleOperations({ ...dependencies(record, reportStale), wake, atOnce })['process-bundle'];
  };
}

/** The runner of a data store's jobs, whose searches report too. */
export function jobProcessing(): (record: DatastoreRecord) => TransactionJobRunner {
  const run = withStaleReports((record, reportStale) => transactionJobRunner(dependencies(record, reportStale)).run);
  return (record) => {
    const ports = dependencies(record, () => {});
    const runner = transactionJobRunner(ports);
    const sweep = async (): Promise<number> => (await runner.sweep()) + (await sweepExports({ ...ports, objects: exportObjects(record) }));
    return { ...runner, sweep, run: run(record) };
  };
}

function dependencies(record: DatastoreRecord, reportStale: ReportStale) {
  const ports = storePorts(record);
  return { ...ports, store: openDataStore(ports, reportStale), report: logFault };
}
