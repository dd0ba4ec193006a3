/**
 * How far the long steps of a restore are, in the table `jobs` of the store that is made: what they name (keys of
 * resources) is under the store's own key there, and not in the history of the workflow.
 */
import type { OrderedTable } from '../../ports/ordered-table.ts';

/** The part that a step does before it notes how far it is: as much is done again after a crash. */
export const notedSliceMs = 30_000;
/** Leaves a function of 15 minutes the time to end what it is at. */
export const stepSliceMs = 10 * 60 * 1000;
/** Months of work: what stands still fails by itself. */
export const maxSlices = 3000;

export interface RestoreProgress<Position> {
  read(): Promise<Position | undefined>;
  note(position: Position): Promise<void>;
}

export function restoreProgress<Position>(jobs: OrderedTable, step: string): RestoreProgress<Position> {
  const key = { pk: 'restore', sk: step };
  return {
    async read() {
      const item = await jobs.get(key, { strong: true });
      return item === undefined ? undefined : (JSON.parse(item.attributes!['position'] as string) as Position);
    },
    async note(position) {
      await jobs.put({ ...key, attributes: { position: JSON.stringify(position) } });
    },
  };
}
