/** The walk that answers a query, chosen among those that could. */
import type { IndexWalk } from './index-walk.ts';

export interface Choice {
  /** Its place among the possible drivers. */
  readonly chosen: number;
  /** Its walk, with the rows that probing has read. */
  readonly begun?: IndexWalk;
  /** Its entries, where it was read to its end; else infinite. */
  readonly size: number;
}
