/** What the queue of asynchronous batches and transactions carries, and how it is worked on. A message may come twice. */
import { FhirError } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Queue } from '../../ports/queue.ts';
import type { TransactionJobRunner } from './bundle-operations.ts';

export type TransactionWork =
  /** A job is to be run to its end. */
  | { readonly datastoreId: string; readonly jobId: string }
  /** The store's jobs are to be looked after. */
  | { readonly datastoreId: string; readonly due: 'transactions' };

/** @throws Error when the message is no work of this queue */
export function transactionWork(message: unknown): TransactionWork {
  const { datastoreId, jobId, due } = Object(message) as Readonly<Record<string, unknown>>;
  if (typeof datastoreId === 'string' && (typeof jobId === 'string' || due === 'transactions')) return message as TransactionWork;
  throw new Error('A message of the transaction queue names no job.');
}

/** A job that waits for longer than its function lives is told of once more: its message may be lost, or lie among failures. */
export const overdueMs = 30 * 60 * 1000;

export interface TransactionWorkDependencies {
  /** @throws FhirError 404 when there is no such store any more */
  readonly runnerOf: (datastoreId: string) => Promise<TransactionJobRunner>;
  readonly queue: Queue<TransactionWork>;
  readonly clock: Pick<Clock, 'now'>;
}

/** @throws when the work is to be tried again later */
export function workOnTransactions(dependencies: TransactionWorkDependencies): (work: TransactionWork) => Promise<void> {
  return async (work) => {
    const runner = await runnerOf(work.datastoreId, dependencies);
    if (runner === undefined) return;
    if ('jobId' in work) await runner.run(work.jobId);
    else await lookAfter(work.datastoreId, runner, dependencies);
  };
}

/** With a data store its jobs are gone. */
async function runnerOf(datastoreId: string, { runnerOf: open }: TransactionWorkDependencies): Promise<TransactionJobRunner | undefined> {
  try {
    return await open(datastoreId);
  } catch (error) {
    if (error instanceof FhirError && error.status === 404) return undefined;
    throw error;
  }
}

async function lookAfter(datastoreId: string, runner: TransactionJobRunner, { queue, clock }: TransactionWorkDependencies): Promise<void> {
  await runner.sweep();
  const overdue = await runner.pending(clock.now() - overdueMs);
  const left = await queue.send(overdue.map((jobId) => ({ datastoreId, jobId })));
  if (left.length > 0) throw new Error(`${left.length} overdue jobs could not be sent.`);
}
