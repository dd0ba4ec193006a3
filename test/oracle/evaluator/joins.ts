/**
 * Chained parameters (https://hl7.org/fhir/R4/search.html#chaining) and `_has` (https://hl7.org/fhir/R4/search.html#has):
 * what resources refer to, and what refers to them, is looked at one by one.
 */
import { parametersOf, resourceTypes, type Parameter } from './definitions.ts';
import { anyOf, list, type Resource, type Verdict } from './json.ts';
import { containerOf, embedded, insideBase, linksBy, mayLeadTo, withInsideReferences, type Link, type Links } from './links.ts';

type Test = (resource: Resource) => Verdict;
type NameValue = readonly [name: string, value: string];

export interface Related {
  readonly links: Links;
  readonly baseUrl: string;
  /** The test of one parameter, which may be joined itself. */
  readonly test: (resourceType: string, parameter: NameValue) => Test;
}

export function isJoined(name: string): boolean {
  return name.startsWith('_has:') || name.includes('.');
}

interface Forward {
  readonly code: string;
  readonly only: string | undefined;
  readonly rest: string;
}

function forwardOf(name: string): Forward {
  const [, code = '', only, rest = ''] = /^([^.:]+)(?::([^.:]+))?\.(.+)$/.exec(name) ?? [];
  return { code, only, rest };
}

interface Backward {
  readonly source: string;
  readonly code: string;
  readonly rest: string;
}

function backwardOf(name: string): Backward {
  const [, source = '', code = '', rest = ''] = /^_has:([^:]+):([^:]+):(.+)$/.exec(name) ?? [];
  return { source, code, rest };
}

export function joinedTest(resourceType: string, [name, value]: NameValue, related: Related): Test {
  return name.startsWith('_has:') ? backward(backwardOf(name), value, related) : forward(resourceType, [name, value], related);
}

/** Nothing but its container refers to a contained resource. */
function backward({ source, code, rest }: Backward, value: string, { links, test }: Related): Test {
  const holds = remembered(test(source, [rest, value]));
  return (resource) => {
    if (containerOf(resource) !== undefined) return false;
    const referring = (links.to.get(`${resource.resourceType}/${resource.id}`) ?? []).filter((link) => link.source.resourceType === source && link.parameter.code === code);
    return anyOf(referring, (link) => holds(link.source));
  };
}

function forward(resourceType: string, [name, value]: NameValue, related: Related): Test {
  const { code, only, rest } = forwardOf(name);
  const parameter = parametersOf(resourceType).get(code)!;
  const tests = new Map<string, Test>();
  const holds: Test = (target) => {
    const type = target.resourceType;
    if (only === undefined ? !mayLeadTo(parameter, type) : type !== only) return false;
    if (!hasParameter(type, rest)) return false;
    let test = tests.get(type);
    if (test === undefined) tests.set(type, (test = remembered(related.test(type, [rest, value]))));
    return test(target);
  };
  return (resource) => {
    const whole = withInsideReferences(resource);
    return anyOf(linksBy(whole, parameter, related.baseUrl), (link) => leadsTo(link, whole, { holds, links: related.links }));
  };
}

function leadsTo({ element, literal, target }: Link, whole: Resource, { holds, links }: { readonly holds: Test; readonly links: Links }): Verdict {
  if (typeof element.data.resourceType === 'string') return holds(embedded(element.data, whole));
  if (literal.base === insideBase) {
    const container = containerOf(whole) ?? whole;
    return anyOf(list(container['contained']).filter(({ resourceType, id }) => resourceType === literal.type && id === literal.id), holds);
  }
  if (target !== undefined) {
    const found = links.byName.get(target);
    return found === undefined ? false : holds(found);
  }
  // Whether a canonical URL is followed where a resource has it, chains leave open.
  return anyOf(links.byUrl.get(literal.url) ?? [], holds) === false ? false : undefined;
}

function remembered(test: Test): Test {
  const verdicts = new WeakMap<Resource, { readonly verdict: Verdict }>();
  return (resource) => {
    const known = verdicts.get(resource);
    if (known !== undefined) return known.verdict;
    const verdict = test(resource);
    verdicts.set(resource, { verdict });
    return verdict;
  };
}

function hasParameter(type: string, name: string): boolean {
  return endsOf(type, name).length > 0;
}

/** The parameters at which a name may end, one for each type that a chain without types may lead through. */
export function endsOf(type: string, name: string): readonly Parameter[] {
  const key = `${type} ${name}`;
  const known = ends.get(key);
  if (known !== undefined) return known;
  const found = new Map(findEnds(type, name).map((one) => [one.url, one]));
  ends.set(key, [...found.values()]);
  return [...found.values()];
}

const ends = new Map<string, readonly Parameter[]>();

function findEnds(type: string, name: string): readonly Parameter[] {
  if (name.startsWith('_has:')) {
    const { source, code, rest } = backwardOf(name);
    const parameter = parametersOf(source).get(code);
    return parameter !== undefined && mayLeadTo(parameter, type) ? endsOf(source, rest) : [];
  }
  if (!name.includes('.')) return [parametersOf(type).get(name.split(':')[0]!) ?? []].flat();
  const { code, only, rest } = forwardOf(name);
  const parameter = parametersOf(type).get(code);
  if (parameter?.type !== 'reference') return [];
  const types = only === undefined ? resourceTypes().filter((one) => mayLeadTo(parameter, one)) : [only];
  return types.flatMap((one) => endsOf(one, rest));
}

/** What stands at the end of chains and `_has`: a parameter of its own, with its modifier. */
export function innermost(name: string): string {
  if (!isJoined(name)) return name;
  return innermost(name.startsWith('_has:') ? backwardOf(name).rest : forwardOf(name).rest);
}

/** Where a chain without types ends at several parameters, one of them may refuse what another takes. */
export function isAmbiguous(type: string, name: string): boolean {
  const found = endsOf(type, name);
  if (found.length < 2) return false;
  const [, modifier = 'missing'] = innermost(name).split(':');
  return new Set(found.map((one) => one.type)).size > 1 || found[0]!.type === 'composite' || !['missing', 'not', 'exact', 'contains'].includes(modifier);
}
