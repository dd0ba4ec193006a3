/** Types of the writes that a bulk import makes. */
import type { FhirError } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import type { NewContent } from './data-store.ts';

/** One resource of a job's input. */
export interface ImportWrite {
  readonly type: string;
  readonly id: string;
  /** Asked once for one that is new, as most are: it need not be held until it is written. */
  readonly resource: () => Resource & { id: string };
  readonly content?: NewContent;
  /** Where it stands in the job's input: of two places of one job, the later is the greater text, whatever piece it is in. */
  readonly place: string;
}

export interface ImportJob {
  /** Its id, without `#` and `,`. */
  readonly job: string;
  /** When it was submitted, ms since the epoch. */
  readonly submitted: number;
  /** Versions of what is new begin with the number that the resource brings along (kept-version.ts), otherwise with 1. */
  readonly keepsVersions?: boolean;
}

/**
 * `written`: there is a new version. `unchanged`: the resource was just so. `repeated`: this line was applied before.
 * `superseded`: a later line of the job was.
 */
export type ImportEffect = 'written' | 'unchanged' | 'repeated' | 'superseded';

export type ImportOutcome =
  | { readonly effect: ImportEffect; readonly created: boolean; readonly versionId?: number }
  | { readonly refused: FhirError };

export interface Importing {
  /**
   * Applies resources of one job, each once, however often it is asked: those that come later in the job's input win over
   * earlier ones, in whatever order they are applied, and what others write afterwards stays.
   *
   * @param ready is called when what is new among them is on its way to the table, so that others can be made ready meanwhile; it may
   *   never be called when this throws
   * @returns in the order of `writes`. @throws TableUnavailable when it is not known what has become of some of them
   */
  importMany(writes: readonly ImportWrite[], job: ImportJob, ready?: () => void): Promise<readonly ImportOutcome[]>;
}
