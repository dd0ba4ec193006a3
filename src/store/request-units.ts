/**
 * What reads cost on DynamoDB, by its own arithmetic
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
 */
import type { Item } from '../ports/ordered-table.ts';
import { itemBytes } from '../ports/table-limits.ts';

/** A strong read is charged one unit for each of these; an eventual one half a unit. */
export const readUnitBytes = 4096;

/** Of one request or, for a batch, of one item of it: sizes are summed before they are rounded up; nothing found is one unit. */
export function readUnits(items: readonly Item[], strong: boolean): number {
  const sizeBytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  return Math.max(1, Math.ceil(sizeBytes / readUnitBytes)) * (strong ? 1 : 0.5);
}
