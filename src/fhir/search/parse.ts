/**
 * From the parameters of a search request to a query (https://hl7.org/fhir/R4/search.html).
 *
 * What is not offered yet is refused with its name and what is offered instead; nothing is ignored in silence.
 * Messages name parameters and types; they never repeat a value, which may be a patient's name or number.
 */
import { badRequest, notSupported } from '../outcome.ts';
import { isId } from '../resource.ts';
import { parseFilter } from './filter.ts';
import { isSupported } from './parameters.ts';
import type { SearchParameters } from './parameters.ts';
import { type NameValue, parseClause } from './parse-clause.ts';
import { isEntityParameter, parseEntityParameter, requireFewEntities } from './note-entities.ts';
import { isFullText } from './parse-criterion.ts';
import { checkIncludes, isInclude, readInclude } from './parse-include.ts';
import { innermost, isJoin, type JoinReading, parseJoin } from './parse-join.ts';
import {
  containedSearch, isResultParameter, readResultParameter, type ResultParameters, totalOf, understood,
} from './result-parameters.ts';
import type { Clause, Condition, Criterion } from './criteria.ts';
import type { Include, Join, SearchQuery } from './search-query.ts';
import type { SearchParameter } from './values.ts';

export type { NameValue } from './parse-clause.ts';

/** Keeps the work of matching one resource small; far more than any form asks for. */
export const maxClauses = 50;
/** The values of all clauses together: a list of this many ids still fits in one request. */
export const maxCriteria = 1000;
/** Characters of all values together: room for as many URLs; what is longer costs seconds to read at its worst. */
export const maxValuesLength = 128 * 1024;
/** Of these, the ones that are looked for in text: each is a pass over all that a resource says, which may be megabytes. */
export const maxTextCriteria = 100;
/** Matches a page when the request does not say. */
export const defaultCount = 50;

export interface ParseContext {
  /** The store's base URL, without a query: references under it are local. */
  readonly baseUrl: string;
  /** Those that the store has at this moment. */
  readonly searchParameters: SearchParameters;
  /** False for `Prefer: handling=lenient`: parameters that are not known or not offered are left out, not refused. */
  readonly strict?: boolean;
}

/** Within a chain. */
interface InnerContext extends ParseContext {
  readonly chain?: JoinReading;
}

/** A query in the making. */
interface Draft {
  readonly type: string;
  readonly context: InnerContext;
  readonly results: ResultParameters;
  readonly clauses: Clause[];
  readonly conditions: Condition[];
  readonly lists: (readonly string[])[];
  readonly includes: Include[];
  readonly joins: Join[];
  /** What all chains of the request are read with. */
  readonly chain: JoinReading;
  readonly ignored: Set<string>;
}

/**
 * @param parameters in the order sent, a repeated name as often as it was sent.
 * @throws FhirError 400 for what is unknown, malformed or not offered.
 */
export function parseSearch(type: string, parameters: readonly NameValue[], context: ParseContext): SearchQuery {
  return parse(type, parameters, context);
}

function parse(type: string, parameters: readonly NameValue[], context: InnerContext): SearchQuery {
  if (context.searchParameters.of(type).size === 0) throw badRequest('The type to search is not a resource type of FHIR R4.');
  checkLength(parameters);
  const results: ResultParameters = { count: defaultCount, total: 'none', sort: [], explain: false };
  const chain = context.chain ?? { depth: 0, made: { queries: 0 } };
  const draft: Draft = { type, context, results, chain, clauses: [], conditions: [], lists: [], includes: [], joins: [], ignored: new Set() };
  const applied: NameValue[] = [];
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    if (isResultParameter(name) && value !== '') {
      if (seen.has(name)) throw badRequest(`${name} may be given once only.`);
      seen.add(name);
    }
    if (take(draft, [name, value])) applied.push(understood([name, value]));
  }
  const { clauses, conditions, lists, includes, joins } = draft;
  checkSize(draft);
  checkIncludes(includes, applied);
  const contained = containedSearch(results);
  return {
    type, baseUrl: context.baseUrl, clauses, conditions, lists,
    ...(joins.length === 0 ? {} : { joins }),
    sort: results.sort, count: results.count, total: totalOf(results), explain: results.explain,
    ...(contained === undefined ? {} : { contained }),
    ...(includes.length === 0 ? {} : { includes }),
    applied, ignored: [...draft.ignored],
  };
}

/** Adds one parameter to the draft; false when it is left out. R4: "Empty parameters are not an error - they are just ignored". */
function take(draft: Draft, [name, value]: NameValue): boolean {
  const { type, context, results } = draft;
  if (value === '') {
    draft.ignored.add(printable(name));
  } else if (isResultParameter(name)) {
    readResultParameter(results, { type, searchParameters: context.searchParameters }, [name, value]);
    return true;
  } else if (name === '_filter') {
    draft.conditions.push(parseFilter(value, type, context));
    return true;
  } else if (isEntityParameter(type, name)) {
    draft.conditions.push({ operator: 'entity', entity: parseEntityParameter([name, value]) });
    return true;
  } else if (name === '_list') {
    draft.lists.push(listIds(value));
    return true;
  } else if (isJoin(name)) {
    return takeJoin(draft, [name, value]);
  } else if (isInclude(name)) {
    return takeInclude(draft, [name, value]);
  } else {
    const parameter = parameterFor(draft, name);
    if (parameter !== undefined) {
      draft.clauses.push(parseClause(parameter, [name, value], context.baseUrl));
      return true;
    }
    draft.ignored.add(printable(name));
  }
  return false;
}

function takeInclude({ includes, ignored, context: { strict = true, searchParameters } }: Draft, [name, value]: NameValue): boolean {
  const { include, problem = '' } = readInclude([name, value], searchParameters);
  if (include === undefined && strict) throw notSupported(problem);
  if (include === undefined) ignored.add(name);
  else includes.push(include);
  return include !== undefined;
}

/** What leads to no parameter is refused here, or left out. */
function takeJoin(draft: Draft, [name, value]: NameValue): boolean {
  const { type, context, chain } = draft;
  const { baseUrl, searchParameters, strict = true } = context;
  // What one of several types does not have, another may: so names are looked up leniently.
  const inner = (innerType: string, parameter: NameValue, reading: JoinReading): SearchQuery | undefined => {
    const query = parse(innerType, [parameter], { baseUrl, searchParameters, strict: false, chain: reading });
    return query.ignored.length > 0 ? undefined : query;
  };
  const read = parseJoin(type, [name, value], { chain, inner, searchParameters });
  if ('join' in read) {
    draft.joins.push(read.join);
    return true;
  }
  if (strict) throw notSupported(read.missing);
  draft.ignored.add(printable(name));
  return false;
}

/** https://hl7.org/fhir/R4/search.html#list: Lists of this server, by id. */
function listIds(value: string): readonly string[] {
  return value.split(',').map((list) => {
    if (list.startsWith('$')) throw notSupported('_list does not offer functional lists ($current-…): give the id of a List.');
    const id = list.startsWith('List/') ? list.slice('List/'.length) : list;
    if (!isId(id)) throw badRequest('A value of _list is not the id of a List.');
    return id;
  });
}

function checkLength(parameters: readonly NameValue[]): void {
  const length = parameters.reduce((sum, [, value]) => sum + value.length, 0);
  if (length > maxValuesLength) throw badRequest(`The values of a search may have up to ${maxValuesLength} characters together. Send it in parts.`);
}

function checkSize({ clauses, conditions, lists, joins }: Draft): void {
  const all = [...clauses, ...conditions.flatMap(clausesOf)];
  const inner = joins.map(innermost);
  requireFewEntities(conditions);
  const asked = all.length + lists.length + joins.length;
  if (asked > maxClauses) throw badRequest(`A search may have up to ${maxClauses} conditions; this one has ${asked}.`);
  const innerClauses = inner.flatMap((query) => [...query.clauses, ...query.conditions.flatMap(clausesOf)]);
  const valued = [...all, ...innerClauses].map((clause) => clause.criteria);
  const criteria = [...valued, ...lists, ...inner.flatMap((query) => query.lists)].reduce((sum, { length }) => sum + length, 0);
  if (criteria > maxCriteria) {
    throw badRequest(`A search may have up to ${maxCriteria} values; this one has ${criteria}. Send it in parts.`);
  }
  checkTexts(valued.flat());
}

function checkTexts(criteria: readonly Criterion[]): void {
  const texts = criteria.filter(({ kind }) => kind === 'string' || kind === 'text').length;
  if (texts <= maxTextCriteria) return;
  throw badRequest(`A search may look for up to ${maxTextCriteria} values in names and other text; this one has ${texts}. Send it in parts.`);
}

function clausesOf(condition: Condition): readonly Clause[] {
  switch (condition.operator) {
    case 'clause':
      return [condition.clause];
    case 'not':
      return clausesOf(condition.condition);
    case 'entity':
      return [];
    default:
      return condition.conditions.flatMap(clausesOf);
  }
}

const otherParameters: Readonly<Record<string, string>> = {
  _has: 'Reverse chaining is written _has:Type:reference:parameter, as in _has:Observation:patient:code.',
  _type: '_type is not offered here: a search is on the one type in the URL.',
  _query: 'Named queries (_query) are not offered: use the search parameters.',
};

/** The parameter a name asks for; `undefined` when it is to be left out (lenient handling). */
function parameterFor({ type, context: { strict = true, searchParameters } }: Draft, name: string): SearchParameter | undefined {
  const [code] = name.split(':', 1);
  if (isResultParameter(code!) || code === '_filter' || code === '_list') throw notSupported(`${code} is offered without modifiers only.`);
  const parameter = searchParameters.of(type).get(code!);
  if (parameter !== undefined && isOffered(parameter)) return parameter;
  if (!strict) return undefined;
  if (Object.hasOwn(otherParameters, code!)) throw notSupported(otherParameters[code!]!);
  if (parameter !== undefined) throw notSupported(`The search parameter ${parameter.code} (${parameter.type}) is not offered.`);
  const offered = [...searchParameters.of(type).values()].filter(isOffered).map((one) => one.code);
  throw notSupported(`${type} has no search parameter ${quoted(code!)}. Offered are: ${offered.sort().join(', ')}.`);
}

function isOffered(parameter: SearchParameter): boolean {
  return isSupported(parameter) || isFullText(parameter);
}

/** A name from the request, unless it is of a form no parameter has: then it may be anything, so it is not repeated. */
function quoted(code: string): string {
  return isPlainName(code) ? `"${code}"` : 'of that name';
}

function printable(name: string): string {
  return isPlainName(name) ? name : 'a parameter of unknown form';
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z_][\w:.-]{0,63}$/.test(name);
}
