/** The store's housekeeping in a process that lives on: what AWS does by schedule, done here by timers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleaner } from '../store/cleaner.ts';

/** Expired transactions hold up writers of their resources, and what searches reported costs them time. */
const tidyIntervalMs = 30_000;
/** What is kept for days goes within an hour of its time. */
const expiryIntervalMs = 60 * 60 * 1000;
/** Whatever a crash left is old enough to be told from work in progress by then. */
const firstSweepMs = 2 * 60 * 60 * 1000;
/** A sweep reads everything. */
const sweepIntervalMs = 24 * 60 * 60 * 1000;

export interface Maintenance {
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export interface MaintenanceWork extends Pick<Cleaner, 'run' | 'settleTransactions' | 'sweep'> {
  /** Removes uploads that nobody is going to commit any more. */
  removeUploads(): Promise<unknown>;
  /** Removes files of exports that have been there for their time. */
  removeExports(): Promise<unknown>;
  /** Removes answers to questions in SQL that have been there for their time. */
  removeAnswers(): Promise<unknown>;
}

/** @param report told of a round that failed; the next one is tried all the same */
export function maintenance(work: MaintenanceWork, report: (error: unknown) => void): Maintenance {
  const stopping = new AbortController();
  const { signal } = stopping;
  const every = async (delayMs: number, intervalMs: number, work: () => Promise<unknown>): Promise<void> => {
    for (let waitMs = delayMs; await waited(waitMs, signal); waitMs = intervalMs) await work().catch(report);
  };
  const tidy = async (): Promise<void> => {
    await work.settleTransactions();
    await work.run();
  };
  const sweep = async (): Promise<void> => {
    await work.removeUploads();
    await work.sweep();
  };
  const rounds = [every(0, tidyIntervalMs, tidy), every(0, expiryIntervalMs, work.removeExports), every(expiryIntervalMs, expiryIntervalMs, work.removeAnswers), every(firstSweepMs, sweepIntervalMs, sweep)];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(rounds);
    },
  };
}

/** False when it was time to stop. The timer keeps no process alive. */
async function waited(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(durationMs, undefined, { signal, ref: false });
  } catch {
    return false;
  }
  return !signal.aborted;
}
