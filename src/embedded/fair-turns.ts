/**
 * Synchronous reads behind promises never let the event loop turn: a search that reads and reads would keep everybody
 * else waiting. Who reads asks here whether it has gone on for too long, and if so, lets the others go first.
 */

/** So long a chain of reads may go on. Others wait for it this long at most, beside what the loop does itself. */
export const longestRunMs = 10;

export interface FairTurns {
  /** True when the chain of reads of this turn of the event loop has gone on for `longestRunMs`. */
  isOverdue(): boolean;
  /** Resolves in the loop's next turn. */
  next(): Promise<void>;
}

export function fairTurns(now: () => number = () => performance.now()): FairTurns {
  let begun: number | undefined;
  return {
    isOverdue() {
      if (begun !== undefined) return now() - begun > longestRunMs;
      begun = now();
      setImmediate(() => {
        begun = undefined;
      });
      return false;
    },
    next: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
