/**
 * How much of a resource the expression of one search parameter may look at (https://hl7.org/fhir/R4/searchparameter.html).
 * Whoever writes a definition makes all writes pay for it: without a bound a short expression over a long list, or its
 * conditions on each of the list's elements, would hold up everybody else for a minute.
 */
import { unprocessable } from '../../outcome.ts';

/**
 * Elements that one parameter may look at in one resource, each as often as it does: about a quarter of a second. That is
 * once through a list that fills the largest resource; no such list is to keep a plain expression from being searched.
 */
export const maxElementsSelected = 200_000;

/** Selectors are functions without a context, and extraction is never interrupted: what is left is that of the one under way. */
let left = Infinity;

class EffortSpent extends Error {}

/** Elements were looked at. */
export function spend(elements: number): void {
  left -= elements;
  if (left < 0) throw new EffortSpent('An expression looks at too many elements.');
}

/**
 * Extracts under the bound.
 *
 * @throws FhirError 422 beyond it, for the writer of the resource
 */
export function withinEffort(code: string, extract: () => void): void {
  left = maxElementsSelected;
  try {
    extract();
  } catch (error) {
    if (!(error instanceof EffortSpent)) throw error;
    throw unprocessable(`The search parameter ${code}, which this data store has beyond R4's, would look at more than ${maxElementsSelected} elements of this resource. Split the resource, or have the parameter select less, and reindex.`);
  } finally {
    left = Infinity;
  }
}
