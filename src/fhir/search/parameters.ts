/** R4's search parameters by resource type (https://hl7.org/fhir/R4/searchparameter-registry.html). */
import { parameterIndexes, searchParameters } from '../definitions/search-parameters.mjs';
import type { SearchParameter, SearchParameterType } from './values.ts';

/** The kinds that are extracted, indexed and matched. */
export const supportedKinds: ReadonlySet<SearchParameterType> = new Set<SearchParameterType>(['token', 'reference', 'string', 'date']);

/** Defined by R4 without elements of their own: they search narrative, content or by a named query. */
const withoutElements: ReadonlySet<string> = new Set(['_text', '_content', '_query']);

const byType = new Map<string, ReadonlyMap<string, SearchParameter>>();

/** All base parameters of a resource type by code, those of every resource included; empty for what is no resource type. */
export function searchParametersOf(type: string): ReadonlyMap<string, SearchParameter> {
  const known = byType.get(type);
  if (known !== undefined) return known;
  const indexes = Object.hasOwn(parameterIndexes, type) ? parameterIndexes[type]! : [];
  const parameters = new Map(indexes.map((index) => [searchParameters[index]!.code, searchParameters[index]!]));
  // Only names from the definitions are kept, so that requests cannot fill the memory.
  if (indexes.length > 0) byType.set(type, parameters);
  return parameters;
}

export function searchParameter(type: string, code: string): SearchParameter | undefined {
  return searchParametersOf(type).get(code);
}

export function isSupported(parameter: SearchParameter): boolean {
  return supportedKinds.has(parameter.type) && !withoutElements.has(parameter.code);
}
