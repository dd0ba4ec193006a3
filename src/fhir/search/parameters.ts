/** R4's search parameters by resource type (https://hl7.org/fhir/R4/searchparameter-registry.html). */
import { parameterIndexes, searchParameters } from '../definitions/search-parameters.mjs';
import type { SearchParameter } from './values.ts';

/** Runs a query that a server defines under a name (https://hl7.org/fhir/R4/search.html#query): none is defined here. */
const namedQuery = '_query';

/** The resource types that have search parameters, in the order of the alphabet. */
export const searchableTypes: readonly string[] = Object.keys(parameterIndexes).toSorted();

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

/** The parameters that searches of one data store may use at one moment: R4's, and those of its own that are in force. */
export interface SearchParameters {
  /** By code; empty for what is no resource type. */
  of(type: string): ReadonlyMap<string, SearchParameter>;
}

/** R4's alone. */
export const baseParameters: SearchParameters = { of: searchParametersOf };

export function searchParameter(type: string, code: string): SearchParameter | undefined {
  return searchParametersOf(type).get(code);
}

/** Whether searches may use the parameter. */
export function isSupported(parameter: SearchParameter): boolean {
  return parameter.code !== namedQuery;
}
