/** How many questions of SQL run at a time, those of all data stores of this process together. */
import { availableParallelism } from 'node:os';

/** One more than a core can do would only share it; two at the least, so that a long question leaves room for a short one. */
const runningOfOne = Math.min(4, Math.max(2, availableParallelism()));

export interface SqlTurns {
  /** Of one data store. */
  readonly atOnce: number;
  /**
   * Calls `begin` when it is its turn, in the order of the calls; it gives the turn back itself.
   * @param store whose question it is: one turn is always left to the others
   * @returns leaves the queue: false where `begin` was called already
   */
  queue(store: object, begin: (giveBack: () => void) => void): () => boolean;
}

interface Waiting {
  readonly store: object;
  readonly begin: (giveBack: () => void) => void;
}

/** @param atOnce of one data store; one more run in all */
export function sqlTurns(atOnce = runningOfOne): SqlTurns {
  const waiting: Waiting[] = [];
  const running: object[] = [];
  const ofStore = (store: object): number => running.filter((each) => each === store).length;
  const next = (): void => {
    while (running.length <= atOnce) {
      const at = waiting.findIndex(({ store }) => ofStore(store) < atOnce);
      if (at < 0) return;
      const [{ store, begin }] = waiting.splice(at, 1) as [Waiting];
      running.push(store);
      let isGiven = false;
      begin(() => {
        if (isGiven) return;
        isGiven = true;
        running.splice(running.indexOf(store), 1);
        next();
      });
    }
  };
  return {
    atOnce,
    queue(store, begin) {
      const entry = { store, begin };
      waiting.push(entry);
      next();
      return () => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
        return at >= 0;
      };
    },
  };
}
