/**
 * `_include` and `_revinclude`: which resources an answer brings along beside its matches
 * (https://hl7.org/fhir/R4/search.html#revinclude).
 *
 * A value is `Type:parameter` or `Type:parameter:TargetType`, where the type is the one that holds the reference. `*` in
 * place of the parameter means all references of the type, `*` alone those of every type. With `:iterate` it applies to
 * what was brought along as well; `:recurse` is its name of before R4.
 */
import { badRequest, notSupported } from '../outcome.ts';
import { searchParametersOf } from './parameters.ts';
import type { SearchParameters } from './parameters.ts';
import type { NameValue } from './parse-clause.ts';
import type { Include } from './search-query.ts';
import type { SearchParameter } from './values.ts';

/** Each is looked up for every page; R4's largest type has fewer references than this. */
export const maxIncludes = 50;

const modifiers: ReadonlySet<string | undefined> = new Set([undefined, 'iterate', 'recurse']);

/** The include that one parameter asks for. */
export interface IncludeReading {
  readonly include?: Include;
  /** Why there is none: what is unknown, and what is offered instead. */
  readonly problem?: string;
}

/** Whether it is a parameter of that name, whatever its modifier. */
export function isInclude(name: string): boolean {
  return /^_(?:rev)?include(?::|$)/.test(name);
}

/** @throws FhirError 400 for another modifier than `:iterate`; what else is wrong is told, and up to the handling */
export function readInclude([name, value]: NameValue, searchParameters: SearchParameters): IncludeReading {
  const [code, modifier, ...more] = name.split(':');
  if (more.length > 0 || !modifiers.has(modifier)) throw notSupported(`${code} is offered without modifiers, and with :iterate.`);
  const common = { reverse: code === '_revinclude', iterate: modifier !== undefined };
  if (value === '*') return { include: common };
  const [source = '', parameterCode = '', target, ...rest] = value.split(':');
  if (rest.length > 0 || source === '' || parameterCode === '' || target === '') {
    return { problem: `A value of ${code} is not of the form Type:parameter, Type:parameter:TargetType, Type:* or *; several are sent as several parameters.` };
  }
  if (!isType(source)) return { problem: `A value of ${code} does not begin with a resource type of FHIR R4.` };
  const parameter = parameterCode === '*' ? undefined : searchParameters.of(source).get(parameterCode);
  if (parameterCode !== '*' && parameter?.type !== 'reference') return { problem: withoutReference(code!, source, searchParameters) };
  if (target !== undefined && !isTarget(target, parameter)) {
    return { problem: `A value of ${code} asks for a type that ${source}:${parameter?.code ?? '*'} cannot refer to.` };
  }
  return {
    include: { ...common, source, ...(parameter === undefined ? {} : { parameter }), ...(target === undefined ? {} : { target }) },
  };
}

/** @throws FhirError 400 for too many, and beside `_summary=text`: R4 has them not mixed */
export function checkIncludes(includes: readonly Include[], applied: readonly NameValue[]): void {
  if (includes.length > maxIncludes) throw badRequest(`A search takes up to ${maxIncludes} of _include and _revinclude; this one has ${includes.length}.`);
  if (includes.length === 0 || !applied.some(([name, value]) => name === '_summary' && value === 'text')) return;
  throw badRequest('_summary=text cannot be mixed with _include and _revinclude: leave one of them out.');
}

/** The references by which a type's resources are brought along. */
export function referencesOf(type: string, searchParameters: SearchParameters): readonly SearchParameter[] {
  return [...searchParameters.of(type).values()].filter((parameter) => parameter.type === 'reference');
}

/** Whether the parameter may refer to resources of the type. */
export function mayReferTo({ targets }: SearchParameter, type: string): boolean {
  return targets.length === 0 || targets.includes(type);
}

function isTarget(target: string, parameter: SearchParameter | undefined): boolean {
  return isType(target) && (parameter === undefined || mayReferTo(parameter, target));
}

function isType(name: string): boolean {
  return searchParametersOf(name).size > 0;
}

function withoutReference(code: string, source: string, searchParameters: SearchParameters): string {
  const codes = referencesOf(source, searchParameters).map((parameter) => parameter.code).sort();
  const offered = codes.length === 0 ? 'it has none.' : `those are ${codes.join(', ')}.`;
  return `A value of ${code} names a parameter of ${source} that is no reference: ${offered}`;
}
