/**
 * Lets large bodies be worked on a few at a time. A bundle in progress takes ten times its size: text, resources,
 * versions and answer. All work is done by one thread, so that more of them side by side would be no faster, only larger.
 */

/** Bodies in progress together, unless one alone is larger: enough to prepare the next while one waits for the disk. */
export const maxBusyBytes = 4 * 1024 * 1024;
/** Smaller bodies never wait: what they take is small, and their senders expect an answer at once. */
export const minTurnBytes = 256 * 1024;

export interface Turns {
  /**
   * Resolves when a body of this size may be worked on, in the order of the calls.
   * @returns gives the turn back
   */
  take(sizeBytes: number): Promise<() => void>;
}

interface Waiting {
  readonly sizeBytes: number;
  readonly begin: () => void;
}

export function turns(limitBytes = maxBusyBytes): Turns {
  const queue: Waiting[] = [];
  let busyBytes = 0;

  const beginNext = (): void => {
    while (queue.length > 0 && (busyBytes === 0 || busyBytes + queue[0]!.sizeBytes <= limitBytes)) {
      const { sizeBytes, begin } = queue.shift()!;
      busyBytes += sizeBytes;
      begin();
    }
  };

  return {
    async take(sizeBytes) {
      if (sizeBytes < minTurnBytes) return () => {};
      await new Promise<void>((begin) => {
        queue.push({ sizeBytes, begin });
        beginNext();
      });
      let given = false;
      return () => {
        if (given) return;
        given = true;
        busyBytes -= sizeBytes;
        beginNext();
      };
    },
  };
}
