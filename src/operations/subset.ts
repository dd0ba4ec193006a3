/** The parameters that ask for part of a resource: `_summary` and `_elements` (https://hl7.org/fhir/R4/search.html#summary). */
import { parseJson } from '../fhir/json.ts';
import { badRequest, notSupported } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { selectElements, summarize } from '../fhir/subset.ts';
import { parseParameters, refuseOthers, single } from './parameters.ts';
import type { Parameter } from './parameters.ts';

/** From the text of a whole resource to the text of the part that was asked for. */
export type Subset = (json: string) => string;

export const subsetParameters: readonly string[] = ['_summary', '_elements'];

export const whole: Subset = (json) => json;

/** @throws FhirError 400 for unknown values, and when both parameters are sent */
export function subset(parameters: readonly Parameter[]): Subset {
  const summary = single(parameters, '_summary');
  const elements = single(parameters, '_elements');
  if (summary !== undefined && elements !== undefined) throw badRequest('Send _summary or _elements, not both.');
  if (elements !== undefined) return byElements(elements);
  switch (summary) {
    case undefined:
    case 'false':
      return whole;
    case 'true':
    case 'text':
    case 'data':
      return (json) => JSON.stringify(summarize(parseJson(json) as Resource, summary));
    case 'count':
      throw notSupported('_summary=count is not supported yet. Follow the next links to count.');
    default:
      throw badRequest('_summary is true, text, data or false, and of a search also count.');
  }
}

function byElements(list: string): Subset {
  const names = list.split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (names.length === 0) throw badRequest('_elements lists names of elements, separated by commas.');
  return (json) => JSON.stringify(selectElements(parseJson(json) as Resource, names));
}

/** The subset asked for by an interaction that takes no other parameters. */
export function subsetOf(query: string): Subset {
  if (query === '') return whole;
  const parameters = parseParameters(query);
  refuseOthers(parameters, subsetParameters);
  return subset(parameters);
}
