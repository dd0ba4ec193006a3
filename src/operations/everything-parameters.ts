/**
 * What is asked of `$everything`: in the URL, or in a Parameters resource that is posted
 * (https://hl7.org/fhir/R4/operations.html#request).
 */
import { isObject } from '../fhir/json.ts';
import type { Json } from '../fhir/json.ts';
import { badRequest } from '../fhir/outcome.ts';
import { compartmentTypes } from '../fhir/search/compartments.ts';
import { dateInterval } from '../fhir/search/date-interval.ts';
import type { CareDates } from '../fhir/search/everything-dates.ts';
import { baseParameters } from '../fhir/search/parameters.ts';
import { parseSearch } from '../fhir/search/parse.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { OperationRequest } from './operation.ts';
import { parseParameters, refuseOthers, single } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import { parseBody } from './parse-body.ts';
import { routedTypes } from './route.ts';
import { maxFormBytes } from './table.ts';

/** What has a record of its own. */
export interface Focus {
  readonly type: 'Patient' | 'Encounter';
  readonly id: string;
}

export interface AskedEverything {
  /** One for each type of the compartment that has to be read. */
  readonly queries: readonly SearchQuery[];
  /** The types that are answered; absent: all. */
  readonly types?: ReadonlySet<string>;
  readonly dates?: CareDates;
  readonly cursor?: string;
  /** All but the cursor, for links. They hold dates and types, and nothing of a patient. */
  readonly parameters: readonly Parameter[];
}

/** R4 gives `start` and `end` to patients only; `since` is HealthLake's name of `_since`. */
const offered: Readonly<Record<Focus['type'], readonly string[]>> = {
  Patient: ['start', 'end', '_since', 'since', '_type', '_count', '_cursor'],
  Encounter: ['_since', 'since', '_type', '_count', '_cursor'],
};

/** @throws FhirError 400 for parameters that are malformed or not offered */
export function askedEverything(request: OperationRequest, { type }: Focus): AskedEverything {
  const all = [...parseParameters(request.query), ...postedParameters(request)].filter(([, value]) => value !== '');
  refuseOthers(all, offered[type]);
  const cursor = single(all, '_cursor');
  const parameters = all.filter(([name]) => name !== '_cursor');
  const types = typesOf(parameters);
  const members = compartmentTypes(type);
  // Where what is only referred to is wanted, all that may refer to it is read.
  const read = types !== undefined && [...types].every((one) => members.includes(one)) ? [...types] : members;
  const { baseUrl } = request;
  const queries = read.map((one) => ({ ...parseSearch(one, criteria(parameters), { baseUrl, searchParameters: baseParameters }), applied: parameters }));
  const dates = datesOf(parameters);
  return { queries, parameters, ...(types && { types }), ...(dates && { dates }), ...(cursor !== undefined && { cursor }) };
}

/** Each parameter with its value, of whatever type: `{"name":"start","valueDate":"2024-01-01"}`. */
function postedParameters({ method, headers, body }: OperationRequest): readonly Parameter[] {
  if (method !== 'POST' || body === undefined || body === '') return [];
  const resource = parseBody({ headers, body }, maxFormBytes);
  if (!isObject(resource) || resource['resourceType'] !== 'Parameters') throw badRequest('The body is not a Parameters resource.');
  const { parameter = [] } = resource;
  if (!Array.isArray(parameter)) throw badRequest('Parameters.parameter is a list.');
  return parameter.map(postedParameter);
}

function postedParameter(parameter: Json): Parameter {
  const values = isObject(parameter) ? Object.entries(parameter).filter(([name]) => /^value[A-Z]/.test(name)) : [];
  const [[, value] = []] = values;
  if (!isObject(parameter) || typeof parameter['name'] !== 'string' || values.length !== 1 || value === null || typeof value === 'object') {
    throw badRequest('Each parameter of this operation has a name and one value of a primitive type.');
  }
  return [parameter['name'], String(value)];
}

const known: ReadonlySet<string> = new Set(routedTypes);

/** `_type` may be repeated, and lists types between commas. */
function typesOf(parameters: readonly Parameter[]): ReadonlySet<string> | undefined {
  const lists = parameters.filter(([name]) => name === '_type');
  if (lists.length === 0) return undefined;
  const types = lists.flatMap(([, list]) => list.split(',').map((type) => type.trim()));
  if (types.every((type) => known.has(type))) return new Set(types);
  throw badRequest('_type lists resource types of FHIR R4, separated by commas, as in _type=Observation,Condition. One of those given is none.');
}

/** What is said of members in the words of a search. */
function criteria(parameters: readonly Parameter[]): readonly Parameter[] {
  const count = single(parameters, '_count');
  if (count === '0') throw badRequest('_count is a whole number from 1 to 1000.');
  const [since, ...more] = parameters.filter(([name]) => name === '_since' || name === 'since');
  if (more.length > 0) throw badRequest('_since, or since as HealthLake calls it, may be sent only once.');
  if (since !== undefined) instant(since);
  return [
    ...(count === undefined ? [] : [['_count', count] as const]),
    ...(since === undefined ? [] : [['_lastUpdated', `ge${readable(since[1])}`] as const]),
  ];
}

function datesOf(parameters: readonly Parameter[]): CareDates | undefined {
  const start = single(parameters, 'start');
  const end = single(parameters, 'end');
  if (start === undefined && end === undefined) return undefined;
  const dates = {
    from: start === undefined ? -Infinity : instant(['start', start]).low,
    to: end === undefined ? Infinity : instant(['end', end]).high,
  };
  if (dates.from >= dates.to) throw badRequest('end is before start.');
  return dates;
}

function instant([name, value]: Parameter) {
  const interval = dateInterval(readable(value));
  if (interval === undefined) throw badRequest(`${name} is a date, as 2024-01-31, or an instant, as 2024-01-31T10:00:00Z.`);
  return interval;
}

/** In a URL the plus sign of a time zone stands for a space: `…T10:00:00+01:00` arrives with one. */
function readable(text: string): string {
  return text.replace(' ', '+');
}
