/** Batches and transactions on AWS: at once within limits, else as jobs that a queue hands to a function of their own. */
import { bundleOperations, transactionJobRunner } from '../operations/bundle/bundle-operations.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { Operation } from '../operations/operation.ts';
import { openDataStore } from '../store/open-data-store.ts';
import { sqsClient } from './clients.ts';
import { environmentVariable } from './env.ts';
import { logError, logFault } from './fault-log.ts';
import { maxBundleBytesAtOnce, maxBundleEntriesAtOnce } from './gateway-limits.ts';
import { environment } from './names.ts';
import type { ReportStale } from './stale-reports.ts';
import { storePorts } from './store-ports.ts';
import { transactionQueue } from './transaction-queue.ts';

export function configuredTransactionQueue() {
  return transactionQueue({ client: sqsClient(), queueUrl: environmentVariable(environment.transactionQueueUrl) });
}

/** The operation over the store of a record. */
export function bundleProcessing(): (record: DatastoreRecord, reportStale: ReportStale) => Operation {
  const queue = configuredTransactionQueue();
  const atOnce = { maxEntries: maxBundleEntriesAtOnce, maxBytes: maxBundleBytesAtOnce };
  return (record, reportStale) => {
    // The job is on the list of those that are pending: without its message, the schedule finds it there.
    const wake = (jobId: string): Promise<void> => queue.send({ datastoreId: record.id, jobId }).catch(logError);
    return bundleOperations({ ...dependencies(record, reportStale), wake, atOnce })['process-bundle'];
  };
}

/** Runs a job of the store of a record to its end. @throws when it is to be run again later */
export function jobProcessing(record: DatastoreRecord, reportStale: ReportStale): (jobId: string) => Promise<void> {
  return transactionJobRunner(dependencies(record, reportStale)).run;
}

function dependencies(record: DatastoreRecord, reportStale: ReportStale) {
  const ports = storePorts(record);
  return { ...ports, store: openDataStore(ports, reportStale), report: logFault };
}
