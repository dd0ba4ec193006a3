/**
 * Finds search parameters whose elements another parameter of the type reads as well, so that one family of index
 * entries serves both: `patient` stands in `subject`, `code` in `combo-code`, `email` in `telecom`.
 */

/** What one parameter reads of one type: its compiled branches. */
export interface Reading {
  readonly code: string;
  readonly kind: string;
  readonly branches: readonly string[];
}

/** Kinds whose entries depend on single values only. A date's entry spans all its values, so it is never shared. */
const shareable: ReadonlySet<string> = new Set(['token', 'reference', 'string', 'number', 'quantity', 'uri', 'composite']);

/** A branch without what narrows it: the type of a reference's target, a condition on a sibling element. */
function widened(branch: string, kind: string): string {
  // The conditions in a composite are of its components, which belong together.
  if (kind === 'composite') return branch;
  return branch
    .replace(/(reference\.from\w+\(values, [^,()]+), '[^']*'\)/g, '$1)')
    .replace(/if \([^{}]*\) \{ ([^{}]*) \}/g, '$1');
}

/** From each parameter that has a wider one to the widest; of equals, to the first by name. */
export function sharedFamilies(readings: readonly Reading[]): Record<string, string> {
  const candidates = readings
    .filter(({ kind }) => shareable.has(kind))
    .map(({ code, kind, branches }) => {
      const wide = new Set(branches.map((branch) => widened(branch, kind)));
      return { code, kind, branches: new Set(branches), wide };
    })
    .sort((one, other) => other.branches.size - one.branches.size || (one.code < other.code ? -1 : 1));
  const families: Record<string, string> = {};
  for (const { code, kind, wide } of candidates) {
    const widest = candidates.find((other) => other.kind === kind && wide.isSubsetOf(other.branches));
    if (widest !== undefined && widest.code !== code) families[code] = widest.code;
  }
  return families;
}
