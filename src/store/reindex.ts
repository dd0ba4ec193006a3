/**
 * `$reindex` of one data store: its search parameters become those that are wanted, for every resource there is
 * (docs/store.md, Search parameters of a store's own). A job drives it in slices; each may be done again, by anybody.
 */
import type { CustomDefinition } from './index-rules.ts';
import type { ReindexPosition } from './reindex-position.ts';

export type { ReindexCounts, ReindexPhase, ReindexPosition } from './reindex-position.ts';

export interface Reindexing {
  /**
   * Begins a `$reindex`, or finds the one of this id begun. Of two, the one with the greater id goes on and the other is
   * superseded: ids sort by the moment of submission.
   *
   * @param run the job's id
   * @param wanted every definition that is to be searched from the end on; the first of those with the same code on a type counts
   * @throws FhirError 422 when there are more than `maxDefinitions`, or they are too large together
   */
  begin(run: string, wanted: readonly CustomDefinition[]): Promise<ReindexPosition>;
  /**
   * Goes on until the phase is `done` or `superseded`, `notBefore` has to be waited for, or the time is up; one page is done
   * at least. What was done before a crash is found done, or done again.
   *
   * @param until when no further page is to be begun, milliseconds since the epoch
   */
  advance(position: ReindexPosition, until: number): Promise<ReindexPosition>;
  /**
   * The beginning of a pass that files everything anew, history included, by the rules as they are: for an index that was
   * lost. To be driven by `advance` as well.
   */
  rebuilding(): ReindexPosition;
}
