/** What the emulated services know of each other. */
import type { Place } from '../template/physical-names.ts';
import type { Keys } from './keys.ts';

export interface World {
  readonly place: Place;
  readonly keys: Keys;
  /** Key ARNs by the name of the table, bucket or queue that is encrypted with it. */
  readonly tableKeys: Map<string, string>;
  readonly bucketKeys: Map<string, string>;
  readonly queueKeys: Map<string, string>;
}
