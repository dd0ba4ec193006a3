/** What the record of a `$reindex` holds beside what all long jobs have: its own progress and the place to go on from. */
import type { JsonObject } from '../../fhir/json.ts';
import type { CustomDefinition } from '../../fhir/search/custom/definition.ts';
import type { ReindexPosition } from '../../store/reindex.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { SearchableDefinition, UnusedDefinition } from './choose-definitions.ts';

/** Told to whoever asks for it. */
export interface ReindexProgress {
  /** Resources whose entries were looked at. */
  readonly examined: number;
  readonly filed: number;
  readonly removed: number;
  /** Parts of the table that are done in the present pass, and all. */
  readonly segments: number;
  readonly segmentsDone: number;
  /** What searches use from the end on; absent before the definitions were read. */
  readonly searchable?: readonly SearchableDefinition[];
  readonly unused?: readonly UnusedDefinition[];
  /** How many more are not used than `unused` has room for. */
  readonly unlisted?: number;
  /** Faults that nobody foresaw since the last step that succeeded; told to nobody. */
  readonly faults?: number;
}

/** At first what is wanted, then where the store has come with it. */
export type ReindexSteps = { readonly wanted: readonly CustomDefinition[] } | ReindexingSteps;

export interface ReindexingSteps {
  readonly position: ReindexPosition;
  /** When the store is done, the moment from which on every process searches by what has become of it; ms since the epoch. */
  readonly knownAt?: number;
}

export const noProgress: ReindexProgress = { examined: 0, filed: 0, removed: 0, segments: 0, segmentsDone: 0 };

export function progressOf({ progress }: JobRecord): ReindexProgress {
  return progress as unknown as ReindexProgress;
}

export function stepsOf({ steps }: JobRecord): ReindexSteps | undefined {
  return steps as unknown as ReindexSteps | undefined;
}

/** As JSON, which these are. */
export function kept(progress: ReindexProgress): JsonObject {
  return progress as unknown as JsonObject;
}

export function keptSteps(steps: ReindexSteps): JsonObject {
  return steps as unknown as JsonObject;
}
