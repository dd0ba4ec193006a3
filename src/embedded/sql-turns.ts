/** How many questions of SQL run at a time, those of all data stores of this process together. */
import { availableParallelism } from 'node:os';

/** One more than a core can do would only share it; two at the least, so that a long question leaves room for a short one. */
const runningAtOnce = Math.min(4, Math.max(2, availableParallelism()));

export interface SqlTurns {
  readonly atOnce: number;
  /**
   * Calls `begin` when it is its turn, in the order of the calls; it gives the turn back itself.
   * @returns leaves the queue: false where `begin` was called already
   */
  queue(begin: (giveBack: () => void) => void): () => boolean;
}

export function sqlTurns(atOnce = runningAtOnce): SqlTurns {
  const waiting: ((giveBack: () => void) => void)[] = [];
  let running = 0;
  const next = (): void => {
    while (running < atOnce && waiting.length > 0) {
      const begin = waiting.shift()!;
      running += 1;
      let isGiven = false;
      begin(() => {
        if (isGiven) return;
        isGiven = true;
        running -= 1;
        next();
      });
    }
  };
  return {
    atOnce,
    queue(begin) {
      waiting.push(begin);
      next();
      return () => {
        const at = waiting.indexOf(begin);
        if (at >= 0) waiting.splice(at, 1);
        return at >= 0;
      };
    },
  };
}
