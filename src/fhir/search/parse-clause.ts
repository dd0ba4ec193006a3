/**
 * From a search parameter, its modifier and its values to a clause (https://hl7.org/fhir/R4/search.html#modifiers).
 *
 * A modifier that is not offered for the parameter is always refused, as R4 demands.
 */
import { badRequest, notSupported } from '../outcome.ts';
import { isEscapedWell, splitEscaped } from './escapes.ts';
import { searchParametersOf } from './parameters.ts';
import { isFullText, parseCriterion } from './parse-criterion.ts';
import type { Clause, Criterion, Modifier } from './criteria.ts';
import type { SearchParameter, SearchParameterType } from './values.ts';

/** A parameter's name and value, percent-decoded, from the URL or a form body. */
export type NameValue = readonly [name: string, value: string];

/** Those that R4 has for each kind; references take a resource type as well. */
const modifiersOfKind: Readonly<Record<SearchParameterType, readonly Modifier[]>> = {
  string: ['missing', 'exact', 'contains', 'text'],
  token: ['missing', 'text', 'not', 'above', 'below', 'in', 'not-in', 'of-type'],
  reference: ['missing', 'identifier', 'above', 'below'],
  uri: ['missing', 'above', 'below'],
  number: ['missing'],
  date: ['missing'],
  quantity: ['missing'],
  composite: [],
  // R4 has `:missing` "for all parameters (except combination)"; nothing else applies to special ones.
  special: ['missing'],
};

/** The modifiers that are offered for a parameter; of a reference its target types as well. */
export function modifiersOf(parameter: SearchParameter): readonly Modifier[] {
  if (isFullText(parameter)) return [];
  // Every resource has one id of no system, without a display.
  return parameter.code === '_id' ? ['missing', 'not'] : modifiersOfKind[parameter.type];
}

/** @throws FhirError 400 for a modifier that is not offered and for a malformed value; values are not repeated. */
export function parseClause(parameter: SearchParameter, [name, value]: NameValue, baseUrl: string): Clause {
  const suffix = suffixOf(parameter, name);
  if (!isEscapedWell(value)) {
    throw badRequest(`A value of the search parameter ${parameter.code} has a backslash that escapes nothing: write \\\\ for one, and \\, \\| \\$ for those.`);
  }
  const parts = splitEscaped(value, ',');
  if (parts.includes('')) throw badRequest(`One of the values of the search parameter ${parameter.code} is empty.`);
  if (suffix === undefined) return { parameter, criteria: parts.map((part) => parseCriterion(part, { parameter, baseUrl })) };
  if (!isModifier(parameter, suffix)) {
    return { parameter, criteria: parts.map((part) => ofType(parseCriterion(part, { parameter, baseUrl }), suffix, parameter)) };
  }
  return { parameter, modifier: suffix, criteria: parts.map((part) => parseCriterion(part, { parameter, modifier: suffix, baseUrl })) };
}

function isModifier(parameter: SearchParameter, suffix: string): suffix is Modifier {
  return (modifiersOf(parameter) as readonly string[]).includes(suffix);
}

/** What stands behind the parameter's code: one of its modifiers, or a resource type that a reference may have. */
function suffixOf(parameter: SearchParameter, name: string): string | undefined {
  const rest = name.slice(parameter.code.length);
  if (rest === '') return undefined;
  const suffix = rest.slice(1);
  if (isModifier(parameter, suffix)) return suffix;
  if (parameter.type !== 'reference' || searchParametersOf(suffix).size === 0) throw unknownModifier(parameter, suffix);
  if (parameter.targets.length > 0 && !parameter.targets.includes(suffix)) {
    throw badRequest(`${parameter.code} cannot refer to ${suffix}, only to ${parameter.targets.join(', ')}.`);
  }
  return suffix;
}

function unknownModifier(parameter: SearchParameter, suffix: string): Error {
  const offered = modifiersOf(parameter).map((modifier) => `:${modifier}`);
  const types = parameter.type === 'reference' ? [`a resource type, as :${parameter.targets[0] ?? 'Patient'}`] : [];
  const all = [...offered, ...types];
  const known = /^[a-z][a-z-]{0,19}$/.test(suffix) ? `the modifier :${suffix}` : 'that modifier';
  const rest = all.length === 0 ? 'it is offered without modifiers only.' : `offered are ${all.join(', ')}.`;
  return notSupported(`The search parameter ${parameter.code} (${parameter.type}) does not have ${known}: ${rest}`);
}

/** `subject:Patient=1` means the same as `subject=Patient/1`. */
function ofType(criterion: Criterion, type: string, parameter: SearchParameter): Criterion {
  if (criterion.kind !== 'reference') return criterion;
  if (criterion.id === undefined || (criterion.type !== undefined && criterion.type !== type)) {
    throw badRequest(`A value of ${parameter.code}:${type} does not refer to a ${type}: give its id.`);
  }
  return { ...criterion, type };
}
