/**
 * The families that a data store is made without, to save their entries: each is named by its search parameter, as
 * `Observation.combo-code-value-quantity`. Searches on the parameter stay exact; they take another way, or walk the type.
 *
 * The choice holds for as long as the store does: what was filed otherwise would be looked for in vain.
 */
import { searchParameter } from '../fhir/search/parameters.ts';
import type { SearchParameter } from '../fhir/search/values.ts';
import { isOrderedComposite } from './entry-values.ts';
import { familyParameter } from './shared-families.ts';

/** The names in a list that is separated by commas, in order and each once. */
export function readOmissions(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  return [...new Set(names)].sort();
}

/** What is wrong with the first name that cannot be used; `undefined` when each names a family of its own. */
export function omissionsProblem(names: readonly string[]): string | undefined {
  return names.map(omissionProblem).find((problem) => problem !== undefined);
}

/** What is wrong with a name, and what to write instead; `undefined` when it names a family of its own. */
function omissionProblem(name: string): string | undefined {
  const [type = '', code = '', ...more] = name.split('.');
  const parameter = more.length > 0 ? undefined : searchParameter(type, code);
  if (parameter === undefined) return `${name} is not a search parameter of FHIR R4 as Type.parameter.`;
  const family = familyParameter(type, code);
  if (family !== code) return `${name} has no entries of its own: it is found by those of ${type}.${family}, which may be omitted.`;
  return hasFamily(parameter) ? undefined : `${name} has no entries of its own: there is nothing to omit.`;
}

/** `_id` and `_lastUpdated` are how a resource is found at all. */
const withoutFamily: ReadonlySet<string> = new Set(['_id', '_lastUpdated', '_text', '_content', '_query']);

function hasFamily(parameter: SearchParameter): boolean {
  return !withoutFamily.has(parameter.code) && (parameter.type !== 'composite' || isOrderedComposite(parameter));
}
