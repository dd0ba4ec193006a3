/** A conditional put whose answer may get lost: sent again until its outcome is known for certain. */
import { TableUnavailable, type Condition, type Item, type WriteOutcome } from '../ports/ordered-table.ts';
import { maxAmbiguousAttempts, type StoreContext } from './store-context.ts';

/** The first pause before a repeat; it doubles. */
const firstPauseMs = 20;

/**
 * Puts into `resources`, again while the table cannot say what became of it. The caller compares `found` with what it wrote: an
 * earlier attempt of its own may have landed.
 *
 * @throws TableUnavailable when the outcome is still unknown after `maxAmbiguousAttempts`; the put may yet land.
 */
export async function settledPut(
  { resources, clock }: Pick<StoreContext, 'resources' | 'clock'>,
  item: Item,
  condition: Condition,
): Promise<WriteOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await resources.put(item, condition);
    } catch (fault) {
      if (!(fault instanceof TableUnavailable) || attempt === maxAmbiguousAttempts) throw fault;
      await clock.sleep(firstPauseMs * 2 ** (attempt - 1));
    }
  }
}
