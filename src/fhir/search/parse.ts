/**
 * From the parameters of a search request to a query (https://hl7.org/fhir/R4/search.html).
 *
 * What is not offered yet is refused with its name and what is offered instead; nothing is ignored in silence.
 * Messages name parameters and types; they never repeat a value, which may be a patient's name or number.
 */
import { badRequest, notSupported } from '../outcome.ts';
import { splitEscaped } from './escapes.ts';
import { parseDate } from './kinds/date.ts';
import { parseReference } from './kinds/reference.ts';
import { parseString } from './kinds/string.ts';
import { parseToken } from './kinds/token.ts';
import { isSupported, searchParameter, searchParametersOf } from './parameters.ts';
import { isResultParameter, type ResultParameters, readResultParameter } from './result-parameters.ts';
import type { Clause, Criterion, SearchParameter, SearchQuery } from './values.ts';

/** Keeps the work of matching one resource small; far more than any form asks for. */
export const maxClauses = 50;
/** The values of all clauses together: a list of this many ids still fits in one request. */
export const maxCriteria = 1000;
/** Matches a page when the request does not say. */
export const defaultCount = 50;

/** A parameter's name and value, percent-decoded, from the URL or a form body. */
export type NameValue = readonly [name: string, value: string];

export interface ParseContext {
  /** The store's base URL, without a query: references under it are local. */
  readonly baseUrl: string;
  /** False for `Prefer: handling=lenient`: parameters that are not known or not offered are left out, not refused. */
  readonly strict?: boolean;
}

/**
 * @param parameters in the order sent, a repeated name as often as it was sent.
 * @throws FhirError 400 for what is unknown, malformed or not offered.
 */
export function parseSearch(type: string, parameters: readonly NameValue[], context: ParseContext): SearchQuery {
  if (searchParametersOf(type).size === 0) throw badRequest('The type to search is not a resource type of FHIR R4.');
  const results: ResultParameters = { count: defaultCount, sort: [] };
  const clauses: Clause[] = [];
  const applied: NameValue[] = [];
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    if (isResultParameter(name)) {
      if (seen.has(name)) throw badRequest(`${name} may be given once only.`);
      seen.add(name);
      readResultParameter(results, type, [name, value]);
    } else {
      const parameter = parameterFor(type, name, context.strict ?? true);
      if (parameter === undefined) continue;
      clauses.push(parseClause(parameter, [name, value], context));
    }
    applied.push([name, value]);
  }
  checkSize(clauses);
  return { type, baseUrl: context.baseUrl, clauses, sort: results.sort, count: results.count, applied };
}

function checkSize(clauses: readonly Clause[]): void {
  if (clauses.length > maxClauses) {
    throw badRequest(`A search may have up to ${maxClauses} conditions; this one has ${clauses.length}.`);
  }
  const criteria = clauses.reduce((sum, clause) => sum + clause.criteria.length, 0);
  if (criteria > maxCriteria) {
    throw badRequest(`A search may have up to ${maxCriteria} values; this one has ${criteria}. Send it in parts.`);
  }
}

const otherParameters: Readonly<Record<string, string>> = {
  _has: 'Reverse chaining (_has) is not offered yet: search the referring type first.',
  _include: '_include is not offered yet: fetch the referenced resources by _id.',
  _revinclude: '_revinclude is not offered yet: search the referring type by its reference parameter.',
  _contained: '_contained is not offered yet: contained resources are not searched.',
  _containedType: '_containedType is not offered yet: contained resources are not searched.',
  _filter: '_filter is not offered yet: use the search parameters.',
  _list: '_list is not offered yet: read the List and search by _id.',
  _type: '_type is not offered here: a search is on the one type in the URL.',
};

/** The parameter a name asks for; `undefined` when it is to be left out (lenient handling). */
function parameterFor(type: string, name: string, strict: boolean): SearchParameter | undefined {
  const [code] = name.split(/[:.]/, 1);
  if (isResultParameter(code!)) throw notSupported(`${code} is offered without modifiers only.`);
  const parameter = searchParameter(type, code!);
  if (parameter === undefined) {
    if (!strict) return undefined;
    const known = Object.hasOwn(otherParameters, code!) ? otherParameters[code!] : undefined;
    if (known !== undefined) throw notSupported(known);
    const offered = [...searchParametersOf(type).values()].filter(isSupported).map((one) => one.code);
    throw notSupported(`${type} has no search parameter ${printable(code!)}. Offered are: ${offered.sort().join(', ')}.`);
  }
  if (isSupported(parameter)) return parameter;
  if (!strict) return undefined;
  throw notSupported(
    `The search parameter ${parameter.code} (${parameter.type}) is not offered yet. ` +
      'Offered are token, reference, string and date parameters that search elements.',
  );
}

/** A name from the request, unless it is of a form no parameter has: then it may be anything, so it is not repeated. */
function printable(code: string): string {
  return /^[A-Za-z_][\w-]{0,63}$/.test(code) ? `"${code}"` : 'of that name';
}

function parseClause(parameter: SearchParameter, [name, value]: NameValue, context: ParseContext): Clause {
  const modifier = modifierOf(parameter, name);
  if (value === '') throw badRequest(`The search parameter ${parameter.code} has no value.`);
  const parts = splitEscaped(value, ',');
  if (parts.includes('')) throw badRequest(`One of the values of the search parameter ${parameter.code} is empty.`);
  const criteria = parts.map((part) => parseCriterion(parameter, part, context));
  if (modifier === undefined) return { parameter, criteria };
  return { parameter, modifier, criteria: criteria.map((criterion) => ofType(criterion, modifier, parameter)) };
}

/** `:[type]` of a reference; everything else behind the parameter's code is refused. */
function modifierOf(parameter: SearchParameter, name: string): string | undefined {
  const rest = name.slice(parameter.code.length);
  if (rest === '') return undefined;
  if (rest.includes('.')) {
    throw notSupported(`Chained parameters (${parameter.code}.…) are not offered yet: search the referenced type first.`);
  }
  const modifier = rest.slice(1);
  if (parameter.type !== 'reference') {
    throw notSupported(`The search parameter ${parameter.code} is offered without modifiers only.`);
  }
  if (searchParametersOf(modifier).size === 0) {
    throw notSupported(`The only modifier offered for ${parameter.code} is a resource type, as ${parameter.code}:Patient.`);
  }
  if (parameter.targets.length > 0 && !parameter.targets.includes(modifier)) {
    throw badRequest(`${parameter.code} cannot refer to ${modifier}, only to ${parameter.targets.join(', ')}.`);
  }
  return modifier;
}

function parseCriterion(parameter: SearchParameter, text: string, context: ParseContext): Criterion {
  const [criterion, form] = readCriterion(parameter, text, context);
  if (criterion === undefined) throw badRequest(`A value of the search parameter ${parameter.code} is not ${form}.`);
  return criterion;
}

function readCriterion(parameter: SearchParameter, text: string, context: ParseContext): [Criterion | undefined, form: string] {
  switch (parameter.type) {
    case 'token':
      return [parseToken(text), 'of the form code, system|code, |code or system|'];
    case 'reference':
      return [parseReference(text, context.baseUrl), 'an id, Type/id or an absolute URL'];
    case 'string':
      return [parseString(text), 'text with at least one letter or digit'];
    default:
      return [
        parseDate(text),
        text.includes(' ')
          ? 'a date: it has a space where a plus sign may have been meant, which is written %2B in a URL'
          : 'a date as 2024, 2024-05, 2024-05-17 or 2024-05-17T10:30:00Z, with or without one of the prefixes eq, ne, gt, lt, ge, le, sa, eb, ap',
      ];
  }
}

/** `subject:Patient=1` means the same as `subject=Patient/1`. */
function ofType(criterion: Criterion, type: string, parameter: SearchParameter): Criterion {
  if (criterion.kind !== 'reference') return criterion;
  if (criterion.id === undefined || (criterion.type !== undefined && criterion.type !== type)) {
    throw badRequest(`A value of ${parameter.code}:${type} does not refer to a ${type}: give its id.`);
  }
  return { ...criterion, type };
}
