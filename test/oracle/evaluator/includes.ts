/**
 * What an answer brings along beside its matches (https://hl7.org/fhir/R4/search.html#revinclude): step by step from the
 * matches, by every reference that is asked for.
 */
import type { Resource } from './json.ts';
import { linksOf, mayLeadTo, type Link, type Links } from './links.ts';

export interface Include {
  readonly reverse: boolean;
  readonly iterate: boolean;
  /** Absent: every type, every parameter, every target. */
  readonly source: string | undefined;
  readonly code: string | undefined;
  readonly target: string | undefined;
}

export interface Along {
  readonly sure: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
}

export function includeOf([name, value]: readonly [string, string]): Include {
  const [source, code, target] = value.split(':');
  const any = (part: string | undefined): string | undefined => (part === '*' ? undefined : part);
  return { reverse: name.startsWith('_revinclude'), iterate: name.endsWith(':iterate'), source: any(source), code: any(code), target };
}

interface Step {
  readonly name: string;
  readonly isSure: boolean;
}

interface Store {
  readonly links: Links;
  readonly baseUrl: string;
}

/** `matches` as `Type/id`; they are not among what they bring along. */
export function broughtAlong(matches: readonly string[], includes: readonly Include[], store: Store): Along {
  const sure = closure(matches, includes, { store, takes: ({ isSure }) => isSure });
  const all = closure(matches, includes, { store, takes: () => true });
  return { sure, open: all.difference(sure) };
}

function closure(matches: readonly string[], includes: readonly Include[], { store, takes }: { readonly store: Store; readonly takes: (step: Step) => boolean }): ReadonlySet<string> {
  const found = new Set<string>();
  let asked = includes;
  for (let seeds = matches; seeds.length > 0 && asked.length > 0; asked = includes.filter(({ iterate }) => iterate)) {
    const steps = seeds.flatMap((seed) => asked.flatMap((include) => stepsFrom(store.links.byName.get(seed)!, include, store)));
    const fresh = new Set(steps.filter(takes).map(({ name }) => name).filter((name) => !found.has(name) && !matches.includes(name)));
    for (const name of fresh) found.add(name);
    seeds = [...fresh];
  }
  return found;
}

function stepsFrom(seed: Resource, include: Include, store: Store): readonly Step[] {
  return include.reverse ? referring(seed, include, store) : referred(seed, include, store);
}

function isBy({ source, parameter }: Link, include: Include): boolean {
  return (include.source ?? source.resourceType) === source.resourceType && (include.code ?? parameter.code) === parameter.code;
}

function referred(seed: Resource, include: Include, { links, baseUrl }: Store): readonly Step[] {
  return linksOf(seed, baseUrl).filter((link) => isBy(link, include)).flatMap((link): readonly Step[] => {
    const { literal, target, element } = link;
    if (target === undefined) return canonicals(link, include, links);
    const found = links.byName.get(target);
    if (found === undefined || (include.target ?? literal.type) !== literal.type) return [];
    if (literal.version !== undefined && literal.version !== found.meta.versionId) return [];
    return [{ name: target, isSure: typeof element.data.resourceType !== 'string' }];
  });
}

/** By its URL; of several with one URL, which of them is left open here. A reference to elsewhere may be one by chance. */
function canonicals({ literal: { url, version }, parameter, element }: Link, include: Include, links: Links): readonly Step[] {
  const named = (links.byUrl.get(url) ?? []).filter(({ resourceType }) => mayLeadTo(parameter, resourceType) && (include.target ?? resourceType) === resourceType);
  const found = version === undefined ? named : named.filter((one) => one['version'] === version);
  return found.map(({ resourceType, id }) => {
    const alone = found.filter((one) => one.resourceType === resourceType).length === 1;
    return { name: `${resourceType}/${id}`, isSure: alone && isCanonical(element) };
  });
}

function isCanonical({ type }: Link['element']): boolean {
  return type === 'canonical';
}

function referring(seed: Resource, include: Include, { links }: Store): readonly Step[] {
  if ((include.target ?? seed.resourceType) !== seed.resourceType) return [];
  const literal = (links.to.get(`${seed.resourceType}/${seed.id}`) ?? []).map((link) => ({ link, isSure: typeof link.element.data.resourceType !== 'string' }));
  const byUrl = (links.toUrl.get(seed['url'] ?? '') ?? [])
    .filter((link) => mayLeadTo(link.parameter, seed.resourceType) && (link.literal.version ?? seed['version']) === seed['version'])
    .map((link) => ({ link, isSure: isCanonical(link.element) }));
  return [...literal, ...byUrl].filter(({ link }) => isBy(link, include))
    .map(({ link: { source }, isSure }) => ({ name: `${source.resourceType}/${source.id}`, isSure }));
}
