/**
 * What a search tells about itself beside its matches: parameters that were passed over, and on `_explain=true` how it was
 * carried out (https://hl7.org/fhir/R4/search.html#errors). Names of parameters, types and families only, never values.
 */
import type { Issue } from '../../fhir/outcome.ts';
import type { SearchExplanation } from '../../store/data-store.ts';

export interface TypeExplanation {
  readonly type: string;
  readonly explanation: SearchExplanation;
}

/** Names that look like a parameter's: anything else may hold a value, and is not repeated. */
const nameLike = /^[A-Za-z_][\w:.-]{0,63}$/;

/** @param ignored names that were passed over: unknown ones under `Prefer: handling=lenient`, and those without a value */
export function ignoredIssues(ignored: readonly string[]): readonly Issue[] {
  return ignored.map((name) => {
    const named = nameLike.test(name) ? `The parameter ${name}` : 'A parameter whose name is none of FHIR’s';
    const diagnostics = `${named} was passed over, being unknown here or without a value; matches are not narrowed by it. The self link shows what was searched.`;
    return { severity: 'warning', code: 'not-supported', diagnostics };
  });
}

export function explanationIssues(explanations: readonly TypeExplanation[]): readonly Issue[] {
  return explanations.flatMap(({ type, explanation }) => lines(type, explanation).map(informed));
}

function informed(diagnostics: string): Issue {
  return { severity: 'information', code: 'informational', diagnostics };
}

function lines(type: string, { drivers, order, candidates, hydrations, matches, readUnits }: SearchExplanation): readonly string[] {
  const orders = { walk: 'answered in the order of the index', gathered: 'gathered and sorted' } as const;
  return [
    ...drivers.map(({ kind, family, ranges }, place) => {
      const walk = `${kind} over ${family}, ranges ${ranges}`;
      return place === 0 ? `${type}: plan ${walk}, ${orders[order]}.` : `${type}: not chosen ${walk}.`;
    }),
    `${type}: candidates ${candidates}, hydrations ${hydrations}, matches ${matches}, read units ${readUnits}.`,
  ];
}
