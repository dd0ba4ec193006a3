/**
 * Which of the SearchParameter resources of a data store its searches are to use
 * (https://hl7.org/fhir/R4/searchparameter.html), and why the others are not used.
 *
 * One code means one thing on a type: R4's own code stays R4's; of several definitions the one that is in force keeps it,
 * else the first by url has it. What is left of a definition's types is used.
 */
import { customDefinition, customParameters, searchParameterIssues, servedByR4 } from '../../fhir/search/custom/definition.ts';
import type { CustomDefinition, DefinitionOf } from '../../fhir/search/custom/definition.ts';
import { baseParameter, typesOf, writtenParameter } from '../../fhir/search/custom/written-parameter.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { Resource } from '../../fhir/resource.ts';
import { newest } from '../search/newest-definition.ts';

/**
 * Characters of the expressions of all definitions together, each times its resource types. Every process compiles them before
 * it can search or write: some seconds. Fifty extensions that all types may have come to it.
 */
export const maxExpressionLengthOfAll = 500_000;

export interface SearchableDefinition {
  readonly url: string;
  readonly code: string;
  /** The types that it is searched on. */
  readonly types: readonly string[];
}

/** A definition, or some types of it, that searches do not use. */
export interface UnusedDefinition {
  readonly url: string;
  /** With what to do about it. */
  readonly reason: string;
}

export interface ChosenDefinitions {
  readonly wanted: readonly CustomDefinition[];
  /** What is to be searched at the end; the same definitions, by their types. */
  readonly searchable: readonly SearchableDefinition[];
  readonly unused: readonly UnusedDefinition[];
}

/** A definition with the types that it has parameters for. */
interface Candidate {
  readonly definition: CustomDefinition;
  readonly types: readonly string[];
}

/**
 * @param resources all SearchParameter resources that are stored, in whatever order
 * @param active what searches use at this moment
 */
export function chooseDefinitions(resources: readonly Resource[], active: SearchParameters): ChosenDefinitions {
  const byUrl = Map.groupBy(resources.filter(isForeign), ({ url }) => url as string);
  const chosen = [...byUrl.values()].map((some) => newest(some) as Resource).toSorted((one, other) => (textOf(one.url) < textOf(other.url) ? -1 : 1));
  const { kept, beyond } = affordable(chosen, active);
  const definitionOf = definitionsBeside(kept);
  const candidates: Candidate[] = [];
  const unused: UnusedDefinition[] = beyond.map(({ url }) => ({
    url: textOf(url),
    reason: `The expressions of all definitions together, each times its resource types, have more than ${maxExpressionLengthOfAll} characters. Name fewer types as base, or retire others, and reindex.`,
  }));
  for (const resource of kept) {
    const definition = customDefinition(resource, definitionOf);
    const types = definition === undefined ? [] : [...customParameters(definition).keys()];
    const reason = definition === undefined ? reasonOf(resource, definitionOf) : r4Reason(definition, types);
    if (reason !== undefined) unused.push({ url: textOf(resource.url), reason });
    if (definition !== undefined && types.length > 0) candidates.push({ definition, types });
  }
  return settled(candidates, active, unused);
}

/** Those in force come first, so that another definition never takes the place of one that is searched by. */
function affordable(chosen: readonly Resource[], active: SearchParameters): { readonly kept: readonly Resource[]; readonly beyond: readonly Resource[] } {
  const weighed = chosen.map((resource) => ({ resource, weight: weightOf(resource), first: isInForce(resource, active) ? 0 : 1 }));
  const beyond = new Set<Resource>();
  let length = 0;
  for (const { resource, weight } of weighed.toSorted((one, other) => one.first - other.first)) {
    if (length + weight > maxExpressionLengthOfAll) beyond.add(resource);
    else length += weight;
  }
  return { kept: chosen.filter((one) => !beyond.has(one)), beyond: [...beyond] };
}

/** What is not active is not compiled to be searched by. */
function weightOf(resource: Resource): number {
  const written = writtenParameter(resource);
  if (written.status !== 'active') return 0;
  const length = written.components.reduce((sum, { expression = '' }) => sum + expression.length, written.expression?.length ?? 0);
  return length * typesOf(written).length;
}

function isInForce(resource: Resource, active: SearchParameters): boolean {
  const written = writtenParameter(resource);
  const { url, code } = written;
  return code !== undefined && typesOf(written).some((type) => active.of(type).get(code)?.url === url);
}

/** R4's own definitions may be stored too: they are in force whatever is stored. */
function isForeign({ url }: Resource): boolean {
  return typeof url === 'string' && url !== '' && baseParameter(url) === undefined;
}

/** What composites may be made of beside R4's parameters. */
function definitionsBeside(resources: readonly Resource[]): DefinitionOf {
  const stored = new Map(resources.flatMap((resource) => {
    const definition = customDefinition(resource, baseParameter);
    return definition === undefined ? [] : [[definition.url, definition] as const];
  }));
  return (url) => stored.get(url);
}

function reasonOf(resource: Resource, definitionOf: DefinitionOf): string {
  if (resource['status'] !== 'active') return 'Its status is not active. Set it so, and reindex.';
  const [issue] = searchParameterIssues(resource, definitionOf);
  return issue?.diagnostics ?? 'What is defined in words alone cannot be searched by.';
}

function r4Reason(definition: CustomDefinition, types: readonly string[]): string | undefined {
  const served = servedByR4(definition);
  if (served.length > 0) return `It is not used on ${named(served)}: R4 has a parameter of this code there, which serves on.`;
  return types.length === 0 ? 'Its expression selects nothing in any of its types. Correct it, and reindex.' : undefined;
}

function settled(candidates: readonly Candidate[], active: SearchParameters, unused: UnusedDefinition[]): ChosenDefinitions {
  const holders = new Map<string, string>();
  for (const { definition: { url, code }, types } of candidates) {
    for (const type of types) if (active.of(type).get(code)?.url === url) holders.set(`${type} ${code}`, url);
  }
  const wanted: CustomDefinition[] = [];
  const searchable: SearchableDefinition[] = [];
  for (const { definition, types } of candidates) {
    const { url, code } = definition;
    const own = types.filter((type) => {
      const place = `${type} ${code}`;
      if (!holders.has(place)) holders.set(place, url);
      return holders.get(place) === url;
    });
    if (own.length > 0) {
      wanted.push(own.length === types.length ? definition : { ...definition, base: own });
      searchable.push({ url, code, types: own });
    }
    const taken = types.filter((type) => !own.includes(type));
    if (taken.length > 0) unused.push({ url, reason: `It is not used on ${named(taken)}: another definition has this code there. Give it a code of its own, and reindex.` });
  }
  return { wanted, searchable, unused };
}

/** Longer lists of types are not repeated. */
const maxNamedTypes = 5;

function named(types: readonly string[]): string {
  return types.length > maxNamedTypes ? `${types.length} of its types` : types.join(', ');
}

function textOf(url: Resource[string]): string {
  return typeof url === 'string' ? url : '';
}
