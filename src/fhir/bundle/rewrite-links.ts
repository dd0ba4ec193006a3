/**
 * Rewrites the links between the resources of a transaction (https://hl7.org/fhir/R4/http.html#trules): in
 * `Reference.reference`, in elements of type uri, url, oid and uuid, and in `href` and `src` of narratives. Never in
 * a canonical. Links to resources outside of the bundle stay as they are.
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { Issue } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import { walk } from '../walk.ts';
import type { VisitedElement } from '../walk.ts';
import { entryIssue } from './entry.ts';
import { replaceNarrativeLinks } from './narrative-links.ts';
import { resolveLink } from './links.ts';
import type { Links } from './links.ts';

/** A resource about to be written, and where its relative links start. */
export interface LinkSource {
  readonly index: number;
  readonly resource: Resource;
  /** The base of the entry's own fullUrl; else this server's. */
  readonly base: string;
}

const uriTypes: ReadonlySet<string> = new Set(['uri', 'url', 'oid', 'uuid']);
/** `Patient?identifier=…` in place of a reference. */
const conditionalPattern = /^[A-Z][A-Za-z]*\?/;

/** A reference that is a search, to be replaced by what it finds (https://hl7.org/fhir/R4/http.html#trules). */
export interface ConditionalReference {
  readonly source: LinkSource;
  /** The Reference, whose `reference` is to be replaced. */
  readonly value: JsonObject;
  /** As `Patient?identifier=…`. */
  readonly search: string;
}

export interface RewrittenLinks {
  /** What cannot be rewritten: UUIDs that no entry has as fullUrl, which would lead nowhere for ever once they are stored. */
  readonly issues: readonly Issue[];
  readonly conditional: readonly ConditionalReference[];
}

/** Rewrites `source.resource` in place. A Bundle is left alone: it is a closed whole whose entries link to each other. */
export function rewriteLinks(source: LinkSource, links: Links): RewrittenLinks {
  if (source.resource.resourceType === 'Bundle') return { issues: [], conditional: [] };
  const issues: Issue[] = [];
  const conditional: ConditionalReference[] = [];
  walk(source.resource, (visited) => {
    const problem = rewriteElement(visited, source, links);
    if (problem === undefined) return;
    if ('search' in problem) conditional.push(problem);
    else issues.push(referenceIssue({ source, value: visited.value }, problem));
  });
  return { issues, conditional };
}

/** An issue of a Reference in a resource of the bundle. */
export function referenceIssue({ source, value }: { readonly source: LinkSource; readonly value: Json }, problem: Problem): Issue {
  return entryIssue(source.index, `resource${pathTo(value, source.resource)}.reference`, problem);
}

type Problem = Parameters<typeof entryIssue>[2];

function rewriteElement({ value, type, parent, key }: VisitedElement, source: LinkSource, links: Links): Problem | ConditionalReference | undefined {
  if (type === 'Reference') return rewriteReference(value, source, links);
  if (typeof value !== 'string') return undefined;
  if (uriTypes.has(type)) {
    const resolved = resolveLink(value, source.base, links);
    if (resolved !== undefined && !resolved.target.canonical) replace(parent, key, resolved.url);
  } else if (type === 'xhtml') {
    const replaced = replaceNarrativeLinks(value, (link) => resolveLink(link, source.base, links)?.url);
    if (replaced !== value) replace(parent, key, replaced);
  }
  return undefined;
}

function rewriteReference(value: Json, source: LinkSource, links: Links): Problem | ConditionalReference | undefined {
  if (!isObject(value) || typeof value['reference'] !== 'string') return undefined;
  const link = value['reference'];
  if (link.startsWith('#')) return undefined;
  const resolved = resolveLink(link, source.base, links);
  if (resolved !== undefined) {
    value['reference'] = resolved.url;
    return undefined;
  }
  if (conditionalPattern.test(link)) return { source, value, search: link };
  if (/^urn:uuid:/i.test(link)) {
    return ['not-found', 'the reference is a UUID that no entry has as its fullUrl; add that entry or write Type/id.'];
  }
  return undefined;
}

function replace(parent: VisitedElement['parent'], key: VisitedElement['key'], value: string): void {
  (parent as Record<string | number, Json>)[key] = value;
}

/** The FHIRPath of an element below the resource, found by identity: only needed when there is something to report. */
function pathTo(wanted: Json, value: Json | undefined): string | undefined {
  if (value === wanted) return '';
  const children = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : [];
  for (const [key, child] of children) {
    const path = typeof child === 'object' && child !== null ? pathTo(wanted, child) : undefined;
    if (path !== undefined) return `${typeof key === 'number' ? `[${key}]` : `.${key}`}${path}`;
  }
  return undefined;
}
