/** All resources of a store, searched one by one: the slowest way there is, and the plainest. */
import { elementSpan } from './dates.ts';
import { compartment, parametersOf } from './definitions.ts';
import { elementsOf } from './elements.ts';
import { split, unescape } from './escapes.ts';
import { filterTest } from './filter.ts';
import { allOf, anyOf, list, type Resource, type Verdict } from './json.ts';
import { clauseMatches, nameOf, type Context } from './matching.ts';
import { innermost, isJoined, joinedTest } from './joins.ts';
import { allLinks, type Links } from './links.ts';
import { literalOf } from './references.ts';
import { textsOf } from './strings.ts';
import { terminologyOf } from './terminology.ts';
import { tokensOf } from './tokens.ts';

export type NameValue = readonly [name: string, value: string];

/** Ids as `Type/id`. */
export interface Expected {
  /** They have to be found. */
  readonly sure: ReadonlySet<string>;
  /** They may be found: the specification does not say. */
  readonly open: ReadonlySet<string>;
  /** The search may be refused instead: it asks for what nobody can know, or what is not there. */
  readonly mayBeRefused?: boolean;
}

export interface Population {
  readonly resources: readonly Resource[];
  readonly byType: ReadonlyMap<string, readonly Resource[]>;
  readonly context: Context;
  readonly links: Links;
  search(resourceType: string, parameters: readonly NameValue[]): Expected;
  /** https://hl7.org/fhir/R4/compartmentdefinition.html: those of the search that belong to `Patient/id`. */
  searchCompartment(owner: string, resourceType: string, parameters: readonly NameValue[]): Expected;
  /** All types of the compartment: its members; the resource that names it is left open where the definition does not name it. */
  searchWhole(owner: string, parameters: readonly NameValue[]): Expected;
  /**
   * The resources of the type that lie in others and match, as `Type/id#contained`
   * (https://hl7.org/fhir/R4/search.html#contained).
   */
  searchContained(resourceType: string, parameters: readonly NameValue[]): Expected;
}

/** A resource under the name that an answer has for it. */
interface Placed {
  readonly name: string;
  readonly resource: Resource;
}

/** Of the types whose resources are strictly part of one another: the parameter that leads to the one above. */
const parents: Readonly<Record<string, string>> = { Location: 'partof', Organization: 'partof', Encounter: 'part-of', CarePlan: 'part-of' };

export const hierarchicalTypes: ReadonlySet<string> = new Set(Object.keys(parents));

export function populationOf(resources: readonly Resource[], { baseUrl, now }: { readonly baseUrl: string; readonly now: number }): Population {
  const byType = Map.groupBy(resources, ({ resourceType }) => resourceType);
  const context: Context = { baseUrl, now, terminology: terminologyOf(resources), hierarchy: hierarchyOf(byType) };
  const links = allLinks(resources, baseUrl);
  const collect = (candidates: readonly Placed[], verdictOf: (resource: Resource) => Verdict, parameters: readonly NameValue[]): Expected => {
    const sure = new Set<string>();
    const open = new Set<string>();
    for (const { name, resource } of candidates) {
      const verdict = verdictOf(resource);
      if (verdict !== false) (verdict === true ? sure : open).add(name);
    }
    return { sure, open, mayBeRefused: parameters.some((one) => isUnanswerable(one, { byType, context })) };
  };
  const whole = (resourceType: string): readonly Placed[] =>
    (byType.get(resourceType) ?? []).map((resource) => ({ name: `${resourceType}/${resource.id}`, resource }));
  const tests = (resourceType: string, parameters: readonly NameValue[]) => parameters.map((one) => test(resourceType, one, { byType, context, links }));
  const search: Population['search'] = (resourceType, parameters) => {
    const all = tests(resourceType, parameters);
    return collect(whole(resourceType), (resource) => allOf(all, (one) => one(resource)), parameters);
  };
  const searchCompartment: Population['searchCompartment'] = (owner, resourceType, parameters) => {
    const all = [...tests(resourceType, parameters), membership(owner, resourceType, context)];
    return collect(whole(resourceType), (resource) => allOf(all, (one) => one(resource)), parameters);
  };
  return {
    resources,
    byType,
    context,
    links,
    search,
    searchCompartment,
    searchWhole(owner, parameters) {
      const types = new Set([owner.split('/')[0]!, ...compartment(owner.split('/')[0]!).keys()]);
      const each = [...types].map((type) => searchCompartment(owner, type, parameters));
      return { sure: new Set(each.flatMap(({ sure }) => [...sure])), open: new Set(each.flatMap(({ open }) => [...open])) };
    },
    searchContained(resourceType, parameters) {
      const all = tests(resourceType, parameters);
      const inside = resources.flatMap((container) =>
        list(container['contained'])
          .filter((one) => one.resourceType === resourceType && typeof one.id === 'string')
          .map((one): Placed => ({ name: `${container.resourceType}/${container.id}#${one.id}`, resource: one })),
      );
      return collect(inside, (resource) => allOf(all, (one) => one(resource)), parameters);
    },
  };
}

interface Store {
  readonly byType: ReadonlyMap<string, readonly Resource[]>;
  readonly context: Context;
  readonly links: Links;
}

function test(resourceType: string, [name, value]: NameValue, store: Store): (resource: Resource) => Verdict {
  const { byType, context, links } = store;
  if (isJoined(name)) {
    return joinedTest(resourceType, [name, value], { links, baseUrl: context.baseUrl, test: (type, parameter) => test(type, parameter, store) });
  }
  if (name === '_filter') return filterTest(resourceType, value, context);
  if (name === '_list') {
    const found = (byType.get('List') ?? []).find(({ id }) => id === value);
    const entries = new Set(list(found?.['entry']).filter(({ deleted }) => deleted !== true).map(({ item }) => item?.reference));
    return (resource) => entries.has(`${resourceType}/${resource.id}`);
  }
  const parsed = nameOf(resourceType, name);
  return (resource) => clauseMatches(resource, parsed, value, context);
}

/** A value set that cannot be resolved, or a List that is not there. */
function isUnanswerable([written, value]: NameValue, { byType, context: { terminology } }: Omit<Store, 'links'>): boolean {
  const name = innermost(written);
  if (name === '_list') return !(byType.get('List') ?? []).some(({ id }) => id === value);
  return /:(?:not-)?in$/.test(name) && split(value, ',').some((one) => !terminology.isResolvable(unescape(one)));
}

function membership(owner: string, resourceType: string, context: Context): (resource: Resource) => Verdict {
  const [type = '', id = ''] = owner.split('/');
  const codes = compartment(type).get(resourceType) ?? [];
  return (resource) => {
    // The definitions name the owner itself for some types only, though a compartment is about it.
    if (resourceType === type && resource.id === id && !codes.includes('{def}')) return undefined;
    return anyOf(codes, (code) => {
      if (code === '{def}') return resourceType === type && resource.id === id;
      const parameter = parametersOf(resourceType).get(code);
      return parameter === undefined ? false : clauseMatches(resource, { parameter, modifier: undefined }, owner, context);
    });
  };
}

function hierarchyOf(byType: ReadonlyMap<string, readonly Resource[]>): Context['hierarchy'] {
  const parentsOf = (reference: string): string[] => {
    const [type = '', id] = reference.split('/');
    const parameter = parametersOf(type).get(parents[type] ?? '');
    const resource = byType.get(type)?.find((one) => one.id === id);
    if (parameter === undefined || resource === undefined) return [];
    return elementsOf(resource, parameter).map(literalOf).filter((one) => one?.id !== undefined).map((one) => `${one!.type}/${one!.id}`);
  };
  const closure = (start: string, step: (reference: string) => string[]): string[] => {
    const found = new Set([start]);
    for (const reference of found) for (const one of step(reference)) found.add(one);
    return [...found];
  };
  const childrenOf = (reference: string): string[] => {
    const type = reference.split('/')[0]!;
    return (byType.get(type) ?? []).map(({ id }) => `${type}/${id}`).filter((one) => parentsOf(one).includes(reference));
  };
  return (direction, reference) => closure(reference, direction === 'above' ? parentsOf : childrenOf);
}

/**
 * What a resource is sorted by (https://hl7.org/fhir/R4/search.html#sort): the lowest of its values upwards, the highest
 * downwards. `undefined` where it has none; `open` where it has no code but a text, which may be a value or not.
 */
export function sortKey(resource: Resource, code: string, descending: boolean): number | string | undefined {
  const parameter = parametersOf(resource.resourceType).get(code);
  if (parameter === undefined) throw new Error(`${resource.resourceType} has no search parameter ${code}.`);
  if (code === '_lastUpdated') return Date.parse(resource.meta.lastUpdated);
  const keys = elementsOf(resource, parameter).flatMap((element): (number | string)[] => {
    if (parameter.type === 'date') return [elementSpan(element)?.low ?? []].flat();
    if (parameter.type === 'string') return [...textsOf(element)];
    if (parameter.type === 'token') return tokensOf(element).flatMap(({ code: one }) => one?.toLowerCase() ?? []);
    if (parameter.type === 'number') return [Number(element.data.low?.value ?? element.data)];
    return typeof element.data === 'string' ? [element.data] : [];
  });
  if (keys.length === 0) return elementsOf(resource, parameter).length > 0 ? 'open' : undefined;
  // Of several dates the platform takes the start of the span of all, in both directions.
  return keys.reduce((best, key) => ((key < best) === (!descending || parameter.type === 'date') ? key : best));
}
