/** What is searched. */
import type { Random } from '../store/model/random.ts';
import type { Refusal } from './data/loading.ts';
import type { Population } from './evaluator/population.ts';
import type { Sites } from './generation/sites.ts';

/** The server with its data, and the same data to be evaluated. */
export interface Oracle {
  readonly baseUrl: string;
  readonly population: Population;
  readonly sites: Sites;
  readonly random: Random;
  readonly skipped: readonly string[];
  readonly refused: readonly Refusal[];
  /** The server holds resources that others put there: they are passed over. */
  readonly shared: boolean;
  readonly examples: ReadonlySet<string>;
}
