/**
 * What `$viewdefinition-run` and `$viewdefinition-export` are asked, in the URL or in a Parameters resource
 * (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/OperationDefinition-ViewDefinitionRun.html).
 */
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { badRequest, notAcceptable, notSupported } from '../../fhir/outcome.ts';
import { isId } from '../../fhir/resource.ts';
import { parseAccept } from '../media-type.ts';
import type { OperationRequest } from '../operation.ts';
import { parseParameters } from '../parameters.ts';
import { parseBody } from '../parse-body.ts';
import { maxViewBytes } from '../table.ts';
import { maxViewPatients } from './view-limits.ts';

export type ViewFormat = 'json' | 'ndjson' | 'csv' | 'parquet';

/** Which view: the one of the path, one that is stored or brought along, or one that is sent. */
export type WantedView = { readonly reference: string } | { readonly canonical: string } | { readonly resource: JsonObject };

export interface ViewNarrowing {
  /** Ids of patients; none for everybody. */
  readonly patients: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since?: number;
}

/** A parameter as it was sent: a text, or a resource, or parts. */
export interface SentParameter {
  readonly name: string;
  readonly text?: string;
  readonly resource?: Json;
  readonly parts?: readonly SentParameter[];
}

/** Those of the URL, then those of the body. @throws FhirError 400, 413, 415 */
export function sentParameters(request: Pick<OperationRequest, 'method' | 'headers' | 'body' | 'query'>): readonly SentParameter[] {
  const inUrl = parseParameters(request.query).filter(([name]) => name !== '_pretty').map(([name, text]) => ({ name, text }));
  if (request.method !== 'POST' || request.body === undefined || request.body === '') return inUrl;
  const body = parseBody(request, maxViewBytes);
  if (!isObject(body) || body['resourceType'] !== 'Parameters') throw badRequest('The body is a Parameters resource.');
  return [...inUrl, ...listOf(body['parameter'])];
}

function listOf(list: Json | undefined): readonly SentParameter[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw badRequest('Parameters.parameter is a list.');
  return list.map((each) => {
    const name = isObject(each) ? each['name'] : undefined;
    if (!isObject(each) || typeof name !== 'string') throw badRequest('Each parameter has a name.');
    if (each['part'] !== undefined) return { name, parts: listOf(each['part']) };
    if (each['resource'] !== undefined) return { name, resource: each['resource'] };
    return { name, text: textOf(each) };
  });
}

function textOf(parameter: JsonObject): string {
  const [value, ...more] = Object.entries(parameter).filter(([name]) => /^value[A-Z]/.test(name));
  const found = value?.[0] === 'valueReference' && isObject(value[1]) ? value[1]['reference'] : value?.[1];
  if (more.length > 0 || found === undefined || found === null || isObject(found) || Array.isArray(found)) {
    throw badRequest('Each parameter of this operation has one value: a primitive, a reference, a resource or parts.');
  }
  return typeof found === 'object' ? found.rawJSON : String(found);
}

export function only(parameters: readonly SentParameter[], name: string): SentParameter | undefined {
  const [found, more] = parameters.filter((each) => each.name === name);
  if (more !== undefined) throw badRequest(`The parameter ${name} may be sent only once.`);
  return found;
}

/** @throws FhirError 400 for parameters that are not of the operation, or that this server does not offer */
export function refuseOtherParameters(parameters: readonly SentParameter[], known: readonly string[]): void {
  for (const { name } of parameters) {
    if (known.includes(name)) continue;
    const shown = /^_?[A-Za-z][A-Za-z-]{0,63}$/.test(name) ? `The parameter ${name}` : 'One of the parameters';
    throw notSupported(`${shown} is not supported by this operation. It takes ${known.join(', ')}.`);
  }
}

/** @throws FhirError 400 unless exactly one way of naming the view was taken */
export function wantedView(parameters: readonly SentParameter[]): WantedView {
  const ways = (['viewReference', 'viewCanonical', 'viewResource'] as const).flatMap((name) => only(parameters, name) ?? []);
  const [way, another] = ways;
  if (way === undefined || another !== undefined) throw badRequest('Name the view by one of viewReference, viewCanonical and viewResource.');
  if (way.name === 'viewResource') {
    if (!isObject(way.resource)) throw badRequest('viewResource is a ViewDefinition.');
    return { resource: way.resource };
  }
  if (way.text === undefined) throw badRequest(`${way.name} is a text or a reference.`);
  return way.name === 'viewReference' ? { reference: way.text } : { canonical: way.text };
}

const formats: ReadonlyMap<string, ViewFormat> = new Map([
  ['ndjson', 'ndjson'], ['application/x-ndjson', 'ndjson'], ['application/ndjson', 'ndjson'], ['application/fhir+ndjson', 'ndjson'], ['*/*', 'ndjson'],
  ['json', 'json'], ['application/json', 'json'],
  ['csv', 'csv'], ['text/csv', 'csv'],
  ['parquet', 'parquet'], ['application/vnd.apache.parquet', 'parquet'], ['application/octet-stream', 'parquet'],
]);

/** `_format` goes before `Accept`; without either it is NDJSON. @throws FhirError 406 */
export function formatOf(parameters: readonly SentParameter[], { headers }: Pick<OperationRequest, 'headers'>): ViewFormat {
  const wanted = only(parameters, '_format')?.text?.toLowerCase();
  const accept = headers['accept'] ?? '';
  const names = wanted !== undefined ? [wanted] : accept === '' ? ['*/*'] : parseAccept(accept).map(({ name }) => name);
  const format = names.map((name) => formats.get(name)).find((each) => each !== undefined);
  if (format === undefined) throw notAcceptable('The rows of a view come as ndjson, json, csv or parquet: say which by _format.');
  return format;
}

/** @throws FhirError 400 */
export function narrowingOf(parameters: readonly SentParameter[]): ViewNarrowing {
  const patients = parameters.filter(({ name }) => name === 'patient').map(({ text = '' }) => {
    const id = /^(?:.*\/)?Patient\/([^/]+)$/.exec(text)?.[1] ?? text;
    if (!isId(id)) throw badRequest('patient is a reference to a patient, as Patient/123.');
    return id;
  });
  if (patients.length > maxViewPatients) throw badRequest(`A view is narrowed by at most ${maxViewPatients} patients.`);
  const since = only(parameters, '_since')?.text;
  if (since === undefined) return { patients };
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(since) ? Date.parse(since) : Number.NaN;
  if (Number.isNaN(instant)) throw badRequest('_since is an instant, as 2024-01-01T00:00:00Z.');
  return { patients, since: instant };
}

/** @throws FhirError 400 */
export function limitOf(parameters: readonly SentParameter[]): number | undefined {
  const limit = only(parameters, '_limit')?.text;
  if (limit === undefined) return undefined;
  if (!/^\d{1,9}$/.test(limit) || Number(limit) < 1) throw badRequest('_limit is a number of rows, from 1.');
  return Number(limit);
}

/** Whether a CSV begins with the names of its columns. @throws FhirError 400 */
export function headerOf(parameters: readonly SentParameter[]): boolean {
  const header = only(parameters, 'header')?.text ?? 'true';
  if (header !== 'true' && header !== 'false') throw badRequest('header is true or false.');
  return header === 'true';
}
