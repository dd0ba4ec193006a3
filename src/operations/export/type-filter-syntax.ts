/**
 * `_typeFilter`: searches of one type each (https://hl7.org/fhir/uv/bulkdata/export.html#_typefilter-query-parameter).
 */
import { badRequest, notSupported } from '../../fhir/outcome.ts';
import { isInclude } from '../../fhir/search/parse-include.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import { isResultParameter } from '../../fhir/search/result-parameters.ts';
import { parseParameters } from '../parameters.ts';
import { routedTypes } from '../route.ts';

export interface TypeFilterContext {
  readonly baseUrl: string;
  readonly searchParameters: SearchParameters;
  /** Those that are asked for; absent: all. */
  readonly types?: readonly string[] | undefined;
}

const known: ReadonlySet<string> = new Set(routedTypes);

/**
 * The searches of one value. Version 2.0 separates them by commas, which values of parameters have too: a comma separates where a
 * further search begins behind it.
 */
export function splitTypeFilters(value: string): readonly string[] {
  return value.split(/,(?=\s*[A-Z][A-Za-z]{1,63}\?)/).map((filter) => filter.trim()).filter((filter) => filter !== '');
}

/** @throws FhirError 400 for what is no search of one type, and for parameters that the type does not have */
export function checkTypeFilter(filter: string, { baseUrl, searchParameters, types }: TypeFilterContext): void {
  const question = filter.indexOf('?');
  const type = question === -1 ? '' : filter.slice(0, question);
  if (!known.has(type)) throw badRequest('_typeFilter is a search of one resource type, as in _typeFilter=Observation?status=final. Encode its ?, = and & in a URL.');
  if (types?.includes(type) === false) throw badRequest(`_typeFilter searches ${type}, which is not among the types of _type.`);
  const parameters = parseParameters(filter.slice(question + 1));
  if (parameters.every(([, value]) => value === '')) throw badRequest(`The _typeFilter of ${type} has no parameters.`);
  const shaping = parameters.find(([name]) => isResultParameter(name) || isInclude(name));
  if (shaping !== undefined) throw notSupported(`_typeFilter takes no parameters that shape an answer, such as ${shaping[0].split(':')[0]}.`);
  parseSearch(type, parameters, { baseUrl, searchParameters });
}
