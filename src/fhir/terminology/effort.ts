/**
 * What resolving the value sets of one search may cost. Whoever may store definitions decides how much work they make: a
 * few kilobytes can ask for hours (https://hl7.org/fhir/R4/valueset.html#compositions).
 */
import { tooCostly } from '../outcome.ts';

/** Codes, properties and characters of patterns looked at: under half a second. R4's own value sets take under 10,000. */
export const maxSteps = 2_000_000;

/** Takes note of steps. @throws FhirError 403 when there are more than the effort allows */
export type Spend = (steps: number) => void;

export function effort(limit = maxSteps): Spend {
  let left = limit;
  return (steps) => {
    left -= steps;
    if (left < 0) {
      throw tooCostly(
        'The value sets of this search take too long to resolve. Store a ValueSet that has an expansion, or narrow what theirs include and filter.',
      );
    }
  };
}
