/**
 * From the name of a chained parameter or of `_has` to what is asked of other resources
 * (https://hl7.org/fhir/R4/search.html#chaining, https://hl7.org/fhir/R4/search.html#has).
 *
 * What stands behind a reference is the name of a parameter of the type it leads to, and read as one: with its modifiers
 * and prefixes, and with chains and `_has` of its own.
 */
import { badRequest, notSupported } from '../outcome.ts';
import { isSupported, searchableTypes, searchParametersOf } from './parameters.ts';
import type { SearchParameters } from './parameters.ts';
import type { NameValue } from './parse-clause.ts';
import { isResultParameter } from './result-parameters.ts';
import type { Join, SearchQuery } from './search-query.ts';
import type { SearchParameter } from './values.ts';

/** References that one parameter may follow; each is a level of recursion, and of reads that wait for each other. */
export const maxChainDepth = 10;

/**
 * Inner searches of one request: a chain without types through references to anything has one for each of R4's types at
 * each of its links.
 */
export const maxInnerQueries = 2000;

/** Where in a chain its rest is read. */
export interface JoinReading {
  /** References that were followed so far. */
  readonly depth: number;
  /** Counts over the whole request. */
  readonly made: { queries: number };
  /** The inner searches of this chain by type and name: where ways meet, their rest is the same. */
  readonly known?: Map<string, SearchQuery | undefined>;
}

interface Reader {
  readonly searchParameters: SearchParameters;
  readonly chain: JoinReading;
  /** Reads the rest of the name as a parameter of a type; `undefined` when the type has none such. */
  readonly inner: (type: string, parameter: NameValue, reading: JoinReading) => SearchQuery | undefined;
}

/** Whether a parameter's name asks something of other resources. */
export function isJoin(name: string): boolean {
  return name.startsWith('_has:') || name.includes('.');
}

/**
 * @returns the join, or why there is none: a name in it is no search parameter, or a type is none that the reference has
 * @throws FhirError 400 for a name of another form, and for what the last parameter refuses
 */
export function parseJoin(type: string, parameter: NameValue, reader: Reader): { readonly join: Join } | { readonly missing: string } {
  const { depth, made, known = new Map() } = reader.chain;
  if (depth === maxChainDepth) throw notSupported(`A chain may follow up to ${maxChainDepth} references.`);
  const within = { ...reader, chain: { depth: depth + 1, made, known } };
  return parameter[0].startsWith('_has:') ? parseReverse(type, parameter, within) : parseForward(type, parameter, within);
}

const reversePattern = /^_has:([A-Za-z]{1,64}):([\w-]{1,64}):(.+)$/s;

function parseReverse(type: string, [name, value]: NameValue, reader: Reader): ReturnType<typeof parseJoin> {
  const parts = reversePattern.exec(name);
  if (parts === null) throw badRequest('_has is written _has:Type:reference:parameter, as in _has:Observation:patient:code.');
  const [, referring, code, rest] = parts as unknown as [string, string, string, string];
  if (searchParametersOf(referring).size === 0) throw badRequest('_has names a type that is no resource type of FHIR R4.');
  const parameter = reader.searchParameters.of(referring).get(code);
  if (parameter?.type !== 'reference') return { missing: `${referring} has no search parameter of that name that is a reference, as _has needs one.` };
  if (!mayReferTo(parameter, type)) return { missing: `${code} of ${referring} cannot refer to ${type}, only to ${parameter.targets.join(', ')}.` };
  const query = innerQuery(referring, [rest, value], reader);
  return query === undefined ? { missing: noneHas([referring]) } : { join: { direction: 'reverse', parameter, referring: query } };
}

const forwardPattern = /^([^.:]+)(?::([^.:]+))?\.(.+)$/s;

function parseForward(type: string, [name, value]: NameValue, reader: Reader): ReturnType<typeof parseJoin> {
  const parts = forwardPattern.exec(name);
  if (parts === null) throw badRequest('A chain is written reference.parameter or reference:Type.parameter, as in subject:Patient.name.');
  const [, code, only, rest] = parts as unknown as [string, string, string | undefined, string];
  const parameter = reader.searchParameters.of(type).get(code);
  if (parameter === undefined || !isSupported(parameter)) return { missing: `${type} has no search parameter of the name before the first point of a chain.` };
  if (parameter.type !== 'reference') return { missing: `The search parameter ${code} (${parameter.type}) is no reference: nothing can be chained to it.` };
  if (only !== undefined && !mayReferTo(parameter, only)) return { missing: `${code} cannot refer to a type of that name, only to ${parameter.targets.join(', ') || 'resource types of FHIR R4'}.` };
  const types = only === undefined ? targetTypes(parameter) : [only];
  const targets = types.flatMap((target) => innerQuery(target, [rest, value], reader) ?? []);
  return targets.length === 0 ? { missing: noneHas(types) } : { join: { direction: 'forward', parameter, targets } };
}

/** Without a type in the chain: all that the reference may have. A parameter that declares none may refer to anything. */
function targetTypes({ targets }: SearchParameter): readonly string[] {
  return targets.length === 0 ? searchableTypes : targets.filter((target) => searchParametersOf(target).size > 0);
}

function mayReferTo({ targets }: SearchParameter, type: string): boolean {
  return searchParametersOf(type).size > 0 && (targets.length === 0 || targets.includes(type));
}

function innerQuery(type: string, parameter: NameValue, { chain, inner }: Reader): SearchQuery | undefined {
  const [name] = parameter;
  const [code] = name.split(/[:.]/, 1);
  if (isResultParameter(code!) || code === '_include' || code === '_revinclude') throw notSupported(`${code} shapes the answer: it cannot end a chain.`);
  const known = chain.known!;
  const key = `${type} ${name}`;
  if (known.has(key)) return known.get(key);
  chain.made.queries += 1;
  if (chain.made.queries > maxInnerQueries) {
    throw notSupported('The chains of this search may lead through too many types: name those you mean, as in subject:Patient.name.');
  }
  const query = inner(type, parameter, chain);
  known.set(key, query);
  return query;
}

/** Longer lists of types are not repeated. */
const maxNamedTypes = 5;

function noneHas(types: readonly string[]): string {
  const named = types.length > maxNamedTypes ? 'the types that the reference may have' : types.join(', ');
  return `The rest of the chain is no search parameter of ${named}.`;
}

/** The end of a join, where its values are; of several types' ends, which have the same values, one. */
export function innermost(join: Join): SearchQuery {
  let query = join.direction === 'forward' ? join.targets[0]! : join.referring;
  for (let next = query.joins?.[0]; next !== undefined; next = query.joins?.[0]) {
    query = next.direction === 'forward' ? next.targets[0]! : next.referring;
  }
  return query;
}
