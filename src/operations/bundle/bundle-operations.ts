/** The operations on bundles, made with the rest of the interface below them. */
import { notSupported } from '../../fhir/outcome.ts';
import { jobRunner } from '../jobs/job-runner.ts';
import type { Dependencies, Operation } from '../operation.ts';
import { processBundle } from '../process-bundle.ts';
import type { ProcessBundleDependencies } from '../process-bundle.ts';
import { rest } from '../rest.ts';
import type { BundleOperations } from '../rest.ts';
import { runTransactionJob } from '../run-transaction-job.ts';
import type { ServeDependencies } from '../serve.ts';
import { transactionStatus } from '../transaction-status.ts';
import type { DispatchOver } from './entry-request.ts';
import { pendingTransactionJobs, sweepResults } from './transaction-jobs.ts';
import type { JobPorts } from './transaction-jobs.ts';

type Processing = Pick<ProcessBundleDependencies, 'wake' | 'atOnce'>;

export interface BundleOperationsDependencies extends Dependencies, ServeDependencies, JobPorts, Processing {
  readonly ids: Dependencies['ids'];
}

const nested: Operation = async () => {
  throw notSupported('A bundle can hold neither bundles to be processed nor what begins, polls or ends a job. Send them by themselves.');
};

/** The interface that serves a bundle's entries: all of it, but for bundles. */
export function dispatchOver(dependencies: Dependencies & ServeDependencies): DispatchOver {
  // What a bundle holds comes and goes as JSON.
  const { uploads: _uploads, downloads: _downloads, ...others } = dependencies;
  return (store) => rest({ ...others, store }, {
    'process-bundle': nested, 'transaction-status': nested, 'start-reindex': nested, 'reindex-status': nested, 'cancel-reindex': nested,
    'start-import': nested, 'import-status': nested, 'cancel-import': nested,
    'start-enrich': nested, 'enrich-status': nested, 'cancel-enrich': nested, 'de-identify': nested,
    'start-query': nested, 'query-result': nested, 'cancel-query': nested, 'saved-queries': nested, 'save-query': nested, 'remove-query': nested,
    'run-view': nested, 'start-view-export': nested, 'view-export-status': nested, 'cancel-view-export': nested, 'exported-view': nested,
    'start-export': nested, 'export-status': nested, 'cancel-export': nested, 'exported-file': nested,
  });
}

/** Made for one data store. */
export function bundleOperations(dependencies: BundleOperationsDependencies): BundleOperations {
  return {
    'process-bundle': processBundle({ ...dependencies, dispatchOver: dispatchOver(dependencies) }),
    'transaction-status': transactionStatus(dependencies),
  };
}

/** The jobs of one data store, for a loop that runs them. */
export interface TransactionJobRunner {
  /** Oldest first; those submitted before an instant (ms), or all. */
  pending(submittedBefore?: number): Promise<readonly string[]>;
  /** @throws when the job is to be run again later */
  run(id: string): Promise<void>;
  /** Removes results that are no longer kept. */
  sweep(): Promise<number>;
}

export function transactionJobRunner(dependencies: Dependencies & ServeDependencies & JobPorts): TransactionJobRunner {
  const runDependencies = { ...dependencies, dispatchOver: dispatchOver(dependencies) };
  return {
    pending: (submittedBefore) => pendingTransactionJobs(dependencies, submittedBefore),
    run: (id) => runTransactionJob(id, runDependencies),
    // Long jobs too: on AWS nobody else looks after the store's table of jobs.
    sweep: async () => (await sweepResults(dependencies)) + (await jobRunner({}, dependencies).sweep()),
  };
}
