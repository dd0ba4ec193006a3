/**
 * Synchronous reads behind promises never let the event loop turn: a search that reads and reads would keep everybody
 * else waiting. Who reads asks here whether this turn of the loop has gone on for too long, and if so, lets the others
 * go first.
 *
 * Long work queues, and one piece of it goes on in each turn: however many searches run, a short read waits for one of
 * them, not for all.
 */

/** So long a turn of the loop may go on. Others wait for it this long at most, beside what the loop does itself. */
export const longestRunMs = 5;

export interface FairTurns {
  /** True when the work of this turn of the event loop has gone on for `longestRunMs`. */
  isOverdue(): boolean;
  /** For short work: resolves in the loop's next turn. */
  next(): Promise<void>;
  /** For a piece of long work: resolves in a turn of its own, in the order of the calls. */
  own(): Promise<void>;
}

export function fairTurns(now: () => number = () => performance.now()): FairTurns {
  const queue: (() => void)[] = [];
  let begun: number | undefined;
  let isArmed = false;

  function arm(): void {
    if (isArmed) return;
    isArmed = true;
    setImmediate(() => {
      isArmed = false;
      begun = undefined;
      const resume = queue.shift();
      if (resume === undefined) return;
      begun = now();
      arm();
      resume();
    });
  }

  return {
    isOverdue() {
      if (begun !== undefined) return now() - begun > longestRunMs;
      begun = now();
      arm();
      return false;
    },
    next: () => new Promise((resolve) => setImmediate(resolve)),
    own: () => new Promise((resolve) => {
      queue.push(resolve);
      arm();
    }),
  };
}

/** The event loop is one for all tables and stores of the process. */
export const loopTurns = fairTurns();
