/**
 * Which form of a Binary a read asks for. Unless FHIR's own format is named, that is the content as it is
 * (https://hl7.org/fhir/R4/binary.html, "Serving Binary Resources using the RESTful API").
 */
import { notAcceptable } from '../../fhir/outcome.ts';
import { parseAccept, parseMediaType } from '../media-type.ts';
import type { MediaType } from '../media-type.ts';
import type { OperationRequest } from '../operation.ts';
import { parseParameters, single } from '../parameters.ts';
import { subsetParameters } from '../subset.ts';

export type WantedForm = 'resource' | 'content';

const fhirJson = 'application/fhir+json';
const json = 'application/json';
/** FHIR's formats that are not offered here. */
const otherFormats: ReadonlySet<string> = new Set(['application/fhir+xml', 'application/fhir+turtle', 'application/xml+fhir']);

/**
 * `application/json` means the content where that is JSON itself, and the resource otherwise; parameters that select
 * elements mean the resource.
 *
 * @param contentType that of the content
 * @throws FhirError 406 when only formats that are not there are accepted
 */
export function wantedForm({ query, headers }: Pick<OperationRequest, 'query' | 'headers'>, contentType: string): WantedForm {
  const own = parseMediaType(contentType).name;
  const parameters = parseParameters(query);
  const format = single(parameters.filter(([, value]) => value !== ''), '_format');
  if (format !== undefined) return formOfFormat(format, own);
  if (asksForElements(query)) return 'resource';
  const { accept = '' } = headers;
  return accept.trim() === '' ? 'content' : formOfAccept(parseAccept(accept), own);
}

/** Whether part of the resource is asked for: its data may not be in it. */
export function asksForElements(query: string): boolean {
  return parseParameters(query).some(([name]) => subsetParameters.includes(name));
}

/** Named in a URL, `json` is FHIR's. The plus sign of a media type often arrives as a space. */
function formOfFormat(format: string, own: string): WantedForm {
  const { name } = parseMediaType(format.replaceAll(' ', '+'));
  if (name === 'json' || name === fhirJson || name === json) return 'resource';
  if (name === own) return 'content';
  throw notAcceptable('Neither the resource nor its content is of this _format. Send _format=json for the resource; leave it out for the content.');
}

function formOfAccept(ranges: readonly MediaType[], own: string): WantedForm {
  const first = ranges.find(({ name }) => !otherFormats.has(name));
  if (first === undefined) throw notAcceptable(`The resource is to be had as ${fhirJson} only, and its content with any other Accept.`);
  if (first.name === fhirJson) return 'resource';
  if (first.name === json) return own === json ? 'content' : 'resource';
  // A wildcard beside FHIR's format, as much wanted: the one that is named counts.
  const isEqual = (range: MediaType): boolean => range.name === fhirJson && range.parameters['q'] === first.parameters['q'];
  return first.name.includes('*') && ranges.some(isEqual) ? 'resource' : 'content';
}
