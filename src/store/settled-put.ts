/** A conditional put whose answer may get lost: sent again until its outcome is known for certain. */
import { TableUnavailable, type Condition, type Item, type WriteOutcome } from '../ports/ordered-table.ts';
import { maxAmbiguousAttempts, type StoreContext } from './store-context.ts';

/** A put that decides, and until when it may be sent again. */
export interface SettledPut {
  readonly condition: Condition;
  /** Milliseconds since the epoch; absent where it makes no difference when the put lands. */
  readonly until?: number;
}

/** The first pause before a repeat; it doubles. */
const firstPauseMs = 20;

/**
 * Puts into `resources`, again while the table cannot say what became of it. The caller compares `found` with what it wrote: an
 * earlier attempt of its own may have landed.
 *
 * @throws TableUnavailable when the outcome is still unknown after `maxAmbiguousAttempts` or at `until`; the put may yet land.
 */
export async function settledPut(
  { resources, clock }: Pick<StoreContext, 'resources' | 'clock'>,
  item: Item,
  { condition, until = Infinity }: SettledPut,
): Promise<WriteOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await resources.put(item, condition);
    } catch (fault) {
      if (!(fault instanceof TableUnavailable) || attempt === maxAmbiguousAttempts) throw fault;
      await clock.sleep(firstPauseMs * 2 ** (attempt - 1));
      if (clock.now() > until) throw fault;
    }
  }
}
