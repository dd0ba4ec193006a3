/** A hard case: something that is valid, that real records have, and that simple software gets wrong. */

import type { Chart } from '../chart.ts';
import type { Concept } from '../codes/coding.ts';
import type { Visit } from '../resources/encounter.ts';

/** Writes the case into the chart, at a visit which the caller has opened and will bill. */
export type HardCase = (chart: Chart, visit: Visit) => void;

/** A concept with words and no code, as much of real documentation has. */
export function spoken(text: string): Concept {
  return Object.freeze({ text });
}
