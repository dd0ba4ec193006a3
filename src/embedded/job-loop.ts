/**
 * Runs the jobs of one data store in this process: one at a time, oldest first, and again after a crash or a fault. Each
 * store has loops of its own, one for asynchronous bundles and one for long jobs, so that none waits for another's.
 */
import type { Clock } from '../ports/clock.ts';

/** A job that failed waits this long, then twice as long each time, while others take their turn. */
export const firstRetryMs = 500;
export const lastRetryMs = 60_000;
/** The longest sleep at a time: what a process that is told to stop may still have to wait for. */
export const longestSleepMs = 1000;
/** How often results that are no longer kept are looked for, as long as there are jobs. */
export const sweepEveryMs = 60 * 60 * 1000;

export interface LoopedRunner {
  pending(): Promise<readonly string[]>;
  /** @returns when to go on with the job, ms from now, where it has not come to its end. @throws when it is to be tried again later */
  run(id: string): Promise<number | undefined | void>;
  /** Removes what is no longer kept. */
  sweep(): Promise<number>;
}

export interface JobLoopDependencies {
  readonly runner: LoopedRunner;
  readonly clock: Clock;
  /** Told of every failure that is no answer to a client; the job stays pending. */
  readonly report: (error: unknown) => void;
}

export interface JobLoop {
  /** Takes up what an earlier process left, then waits to be woken. */
  start(): void;
  /** Resolves when the run of the job at hand is over; others stay pending. */
  stop(): Promise<void>;
  /** There is a new job. */
  wake(): void;
}

interface Postponed {
  readonly notBefore: number;
  readonly delayMs: number;
}

export function jobLoop({ runner, clock, report }: JobLoopDependencies): JobLoop {
  const state = { stopped: true, wanted: false, sweptAt: -Infinity, interrupt: (): void => {} };
  const postponed = new Map<string, Postponed>();
  let running: Promise<void> | undefined;

  const runOne = async (id: string): Promise<void> => {
    try {
      const againAfterMs = await runner.run(id);
      if (againAfterMs === undefined) postponed.delete(id);
      else postponed.set(id, { notBefore: clock.now() + againAfterMs, delayMs: firstRetryMs / 2 });
    } catch (error) {
      const delayMs = Math.min(2 * (postponed.get(id)?.delayMs ?? firstRetryMs / 2), lastRetryMs);
      postponed.set(id, { notBefore: clock.now() + delayMs, delayMs });
      report(error);
    }
  };

  /** @returns how long nothing needs to be done, in ms; `undefined` when there is nothing more to do */
  const round = async (): Promise<number | undefined> => {
    const pending = await runner.pending();
    for (const id of postponed.keys()) if (!pending.includes(id)) postponed.delete(id);
    for (const id of pending) {
      if (state.stopped) return undefined;
      if ((postponed.get(id)?.notBefore ?? 0) <= clock.now()) await runOne(id);
    }
    if (clock.now() - state.sweptAt > sweepEveryMs) {
      state.sweptAt = clock.now();
      await runner.sweep();
    }
    if (postponed.size === 0) return undefined;
    const next = Math.min(...[...postponed.values()].map(({ notBefore }) => notBefore));
    return Math.min(Math.max(next - clock.now(), 0), longestSleepMs);
  };

  const loop = async (): Promise<void> => {
    while (state.wanted && !state.stopped) {
      state.wanted = false;
      const idleMs = await round().catch((error: unknown) => {
        report(error);
        return longestSleepMs;
      });
      if (idleMs === undefined || state.wanted || state.stopped) continue;
      // The sleep first: whoever wakes in the meantime has already set `wanted`.
      await Promise.race([clock.sleep(idleMs), new Promise<void>((resolve) => (state.interrupt = resolve))]);
      state.wanted = true;
    }
    running = undefined;
  };

  const wake = (): void => {
    state.wanted = true;
    state.interrupt();
    if (!state.stopped) running ??= loop();
  };
  return {
    wake,
    start() {
      state.stopped = false;
      wake();
    },
    async stop() {
      state.stopped = true;
      state.interrupt();
      await running;
    },
  };
}
