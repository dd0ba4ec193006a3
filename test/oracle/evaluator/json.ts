/** FHIR JSON as the evaluator reads it: nothing is known of it but that it came out of `JSON.parse`. */

// eslint-disable-next-line typescript/no-explicit-any -- the evaluator looks into resources of every type
export type Json = any;

export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly meta?: Json;
  readonly [element: string]: Json;
}

/** `undefined` where the specification leaves the answer to the server, so that no answer is wrong. */
export type Verdict = boolean | undefined;

/** True when one is true, open when none is true and one is open. */
export function anyOf<T>(items: Iterable<T>, verdictOf: (item: T) => Verdict): Verdict {
  let verdict: Verdict = false;
  for (const item of items) {
    const one = verdictOf(item);
    if (one === true) return true;
    if (one === undefined) verdict = undefined;
  }
  return verdict;
}

/** False when one is false, open when none is false and one is open. */
export function allOf<T>(items: Iterable<T>, verdictOf: (item: T) => Verdict): Verdict {
  return not(anyOf(items, (item) => not(verdictOf(item))));
}

export function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}

/** What stands alone is a list of one. */
export function list(value: Json): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
