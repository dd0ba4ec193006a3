/**
 * Content negotiation (https://hl7.org/fhir/R4/http.html#mime-type): the format of the answer, and whether the
 * format of the request is one that can be read. JSON is the one format on offer.
 */
import { badRequest, notAcceptable, unsupportedMediaType } from '../fhir/outcome.ts';
import { parseAccept, parseMediaType } from './media-type.ts';
import type { MediaType } from './media-type.ts';
import type { OperationRequest } from './operation.ts';
import { parseParameters, single } from './parameters.ts';
import type { Parameter } from './parameters.ts';

export interface Format {
  /** The `Content-Type` of the answer. */
  readonly contentType: string;
  readonly pretty: boolean;
}

export const fhirJson = 'application/fhir+json; charset=utf-8';
/** Of a search that is posted, whose parameters count like those of the URL. */
const form = 'application/x-www-form-urlencoded';
const plainJson = 'application/json; charset=utf-8';

/** Ranges of `Accept` and the content type that answers each. Browsers and tools that ask for anything get FHIR's own. */
const answers: ReadonlyMap<string, string> = new Map([
  ['application/fhir+json', fhirJson],
  ['application/json', plainJson],
  ['application/*', fhirJson],
  ['*/*', fhirJson],
]);

/** https://hl7.org/fhir/R4/http.html#version-parameter: R4's number in a media type. */
const fhirVersion = '4.0';

/** @throws FhirError 406 when the client accepts nothing that is on offer, 400 for a malformed `_pretty` */
export function negotiate({ query, headers, body }: Pick<OperationRequest, 'query' | 'headers' | 'body'>): Format {
  const isForm = body !== undefined && headers['content-type']?.startsWith(form) === true;
  const asked = isForm ? [...served(query), ...served(body)] : served(query);
  const format = single(asked, '_format');
  return {
    contentType: format === undefined ? accepted(headers['accept']) : requested(format),
    pretty: isTrue('_pretty', single(asked, '_pretty')),
  };
}

/** A parameter without a value asks for nothing (https://hl7.org/fhir/R4/search.html#searching). */
function served(text: string): readonly Parameter[] {
  return text.includes('_format') || text.includes('_pretty') ? parseParameters(text).filter(([, value]) => value !== '') : [];
}

function accepted(header: string | undefined): string {
  if (header === undefined || header === '') return fhirJson;
  const plain = answers.get(header);
  if (plain !== undefined) return plain;
  for (const range of parseAccept(header)) {
    const contentType = answers.get(range.name);
    if (contentType !== undefined && isReadableVersion(range)) return contentType;
  }
  throw notAcceptable('Answers are JSON of FHIR 4.0 only. Accept application/fhir+json or application/json.');
}

/** `_format` overrides `Accept`; the plus sign of a media type often arrives as a space. */
function requested(format: string): string {
  if (format === 'json') return fhirJson;
  const type = parseMediaType(format.replaceAll(' ', '+'));
  const contentType = type.name.includes('*') ? undefined : answers.get(type.name);
  if (contentType !== undefined && isReadableVersion(type)) return contentType;
  throw notAcceptable('Answers are JSON of FHIR 4.0 only. Send _format=json, application/json or application/fhir+json.');
}

function isReadableVersion(type: MediaType): boolean {
  const version = type.parameters['fhirversion'];
  return version === undefined || version === fhirVersion;
}

function isTrue(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw badRequest(`The parameter ${name} is true or false.`);
}

/** @throws FhirError 415 unless the body is declared to be JSON in UTF-8 */
export function requireJson(headers: OperationRequest['headers']): void {
  const declared = headers['content-type'];
  if (declared === 'application/fhir+json' || declared === 'application/json') return;
  requireType(declared, ['application/fhir+json', 'application/json']);
}

/** @throws FhirError 415 unless the body is declared to be a form in UTF-8 */
export function requireForm(headers: OperationRequest['headers']): void {
  requireType(headers['content-type'], [form]);
}

function requireType(declared: string | undefined, readable: readonly string[]): void {
  const named = readable.join(' or ');
  if (declared === undefined) throw unsupportedMediaType(`The request has no Content-Type. Send the body as ${named}.`);
  const type = parseMediaType(declared);
  if (!readable.includes(type.name)) throw unsupportedMediaType(`The Content-Type of the request cannot be read here. Send the body as ${named}.`);
  const charset = type.parameters['charset'];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupportedMediaType('The charset of the request is not UTF-8, the only one FHIR allows.');
  if (!isReadableVersion(type)) throw unsupportedMediaType('The fhirVersion of the request is not 4.0, the one that is stored here.');
}
