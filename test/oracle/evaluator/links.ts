/**
 * How resources refer to each other: every element of every reference parameter, and where it leads
 * (https://hl7.org/fhir/R4/references.html).
 */
import { parametersOf, type Parameter } from './definitions.ts';
import { elementsOf, type Element } from './elements.ts';
import { list, type Resource } from './json.ts';
import { isTarget } from './matching.ts';
import { literalOf, type Literal } from './references.ts';

/** One reference of a resource, as one of its parameters has it. */
export interface Link {
  readonly source: Resource;
  readonly parameter: Parameter;
  readonly element: Element;
  readonly literal: Literal;
  /** `Type/id` of a resource that the same server would have; it need not be there. */
  readonly target: string | undefined;
}

/** Stands for the resource itself in the references of what it contains, and the other way round. */
export const insideBase = 'http://inside.example';

const copies = new WeakMap<Resource, Resource>();
const containers = new WeakMap<Resource, Resource>();

/** The resource with `#id` as a reference under {@link insideBase}, so that expressions tell its type as that of any other. */
export function withInsideReferences(resource: Resource): Resource {
  if (containers.has(resource)) return resource;
  const known = copies.get(resource);
  if (known !== undefined) return known;
  const inside: readonly Resource[] = list(resource['contained']).filter(({ id }) => typeof id === 'string');
  let copy = resource;
  if (inside.length > 0) {
    const names = new Map(inside.map(({ resourceType, id }) => [`#${id}`, `${insideBase}/${resourceType}/${id}`]));
    names.set('#', `${resource.resourceType}/${resource.id}`);
    copy = JSON.parse(JSON.stringify(resource, (_name, value: unknown) => (typeof value === 'string' ? names.get(value) ?? value : value)));
  }
  for (const one of list(copy['contained'])) containers.set(one, copy);
  copies.set(resource, copy);
  return copy;
}

/** The resource that another lies in; nothing else can refer to it. */
export function containerOf(resource: Resource): Resource | undefined {
  return containers.get(resource);
}

/** What lies in a resource as its first entry is part of it as what it contains is. */
export function embedded(resource: Resource, container: Resource): Resource {
  containers.set(resource, container);
  return resource;
}

export function linksOf(resource: Resource, baseUrl: string): readonly Link[] {
  return [...parametersOf(resource.resourceType).values()]
    .filter(({ type, expression }) => type === 'reference' && expression !== undefined)
    .flatMap((parameter) => linksBy(resource, parameter, baseUrl));
}

export function linksBy(resource: Resource, parameter: Parameter, baseUrl: string): readonly Link[] {
  return elementsOf(resource, parameter).filter((element) => isTarget(element, parameter)).flatMap((element): Link[] => {
    const literal = literalOf(element);
    if (literal === undefined) return [];
    const isLocal = literal.id !== undefined && (literal.base === undefined || literal.base === baseUrl);
    return [{ source: resource, parameter, element, literal, target: isLocal ? `${literal.type}/${literal.id}` : undefined }];
  });
}

/** A parameter without targets, or with `Resource` among them, may lead anywhere. */
export function mayLeadTo({ target }: Parameter, type: string): boolean {
  return target === undefined || target.length === 0 || target.includes('Resource') || target.includes(type);
}

export interface Links {
  readonly byName: ReadonlyMap<string, Resource>;
  /** By `Type/id` of what is referred to. */
  readonly to: ReadonlyMap<string, readonly Link[]>;
  /** By the URL of a canonical reference, or of one to elsewhere. */
  readonly toUrl: ReadonlyMap<string, readonly Link[]>;
  /** The resources that have the canonical URL. */
  readonly byUrl: ReadonlyMap<string, readonly Resource[]>;
}

export function allLinks(resources: readonly Resource[], baseUrl: string): Links {
  const to = new Map<string, Link[]>();
  const toUrl = new Map<string, Link[]>();
  const add = (links: Map<string, Link[]>, name: string, link: Link): void => void (links.get(name)?.push(link) ?? links.set(name, [link]));
  for (const link of resources.flatMap((resource) => linksOf(resource, baseUrl))) {
    if (link.target === undefined) add(toUrl, link.literal.url, link);
    else add(to, link.target, link);
  }
  return {
    byName: new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one])),
    to,
    toUrl,
    byUrl: Map.groupBy(resources.filter(({ url }) => typeof url === 'string'), ({ url }) => url as string),
  };
}
