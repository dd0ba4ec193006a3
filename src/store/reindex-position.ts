/** How far a pass over the whole index has come: plain JSON, for a job to keep between its slices. */
import type { Key } from '../ports/ordered-table.ts';

/**
 * `filing`: entries are added for every current version. `removing`: those of parameters that are gone are taken away.
 * `superseded`: a later `$reindex` has taken over, and this one has nothing left to do.
 */
export type ReindexPhase = 'filing' | 'retiring' | 'removing' | 'done' | 'superseded';

export interface ReindexPosition {
  /** The id of the `$reindex`; absent where the entries are made anew without any change of the rules. */
  readonly run?: string;
  readonly phase: ReindexPhase;
  /** Milliseconds since the epoch: before this nobody may go on, because writers may be under way by older rules. */
  readonly notBefore?: number;
  /** One for each part of the table that is scanned side by side; empty where a phase has not begun. */
  readonly segments: readonly SegmentPosition[];
  readonly counts: ReindexCounts;
}

export interface SegmentPosition {
  /** Absent: the part's beginning. */
  readonly after?: Key;
  readonly done?: true;
}

export interface ReindexCounts {
  /** Resources whose entries were looked at in the phase `filing`. */
  readonly examined: number;
  /** Entries that were put: those of a page that is done again count twice. */
  readonly filed: number;
  readonly removed: number;
  /**
   * By the URL of the definition: resources that have more values for it than can be filed. Its parameter is not searched,
   * for they would be missed.
   */
  readonly unfit: Readonly<Record<string, number>>;
}

export const noCounts: ReindexCounts = { examined: 0, filed: 0, removed: 0, unfit: {} };
