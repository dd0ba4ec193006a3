/**
 * `:below` and `:above` of references: the resource asked for and all that are part of it, or that it is part of
 * (https://hl7.org/fhir/R4/search.html#recursive).
 */
import { badRequest, notSupported, tooCostly } from '../../fhir/outcome.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { extractParameter } from '../../fhir/search/extract.ts';
import { searchParameter } from '../../fhir/search/parameters.ts';
import type { Clause, Criterion, ReferenceCriterion } from '../../fhir/search/criteria.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { SearchParameter } from '../../fhir/search/values.ts';
import { everyMatch } from './every-match.ts';
import type { DataStore } from '../../store/data-store.ts';

type Reading = Pick<DataStore, 'read' | 'search'>;

/**
 * The parameters of references that R4 declares a strict hierarchy
 * (https://hl7.org/fhir/R4/extension-structuredefinition-hierarchy.html), by type; the first is the one that others who
 * refer to the type mean.
 */
export const hierarchies: Readonly<Record<string, readonly string[]>> = {
  CarePlan: ['part-of', 'based-on', 'replaces'],
  Encounter: ['part-of'],
  Location: ['partof'],
  Organization: ['partof'],
};

/** What the values of a parameter stand for: a hospital has some hundred locations. More would no longer be one search. */
export const maxRelated = 1000;
/** Parents asked for by one search of the store. */
const parentsAtOnce = 100;

/** A hierarchy and where in it to begin. */
interface Start {
  readonly type: string;
  readonly ids: readonly string[];
  /** From a resource of the type to the one above it. */
  readonly upwards: SearchParameter;
}

/**
 * @param clause on a reference, with the modifier
 * @throws FhirError 400 for what is in no hierarchy, 403 for one that is too large
 */
export async function resolveHierarchy(store: Reading, query: SearchQuery, clause: Clause): Promise<Clause> {
  const { parameter, modifier, criteria } = clause;
  const references = criteria.filter((criterion) => criterion.kind === 'reference');
  if (modifier === 'below' && references.every(isCanonical)) return clause;
  const resolved: Criterion[] = [];
  // Values that are within each other's hierarchies, as the levels of one are, are followed once.
  for (const start of together(references.map((reference) => startOf(reference, query, clause)))) {
    const ids = modifier === 'below' ? await idsBelow(store, query.baseUrl, start) : await idsAbove(store, query.baseUrl, start);
    for (const id of ids) resolved.push({ kind: 'reference', type: start.type, id });
  }
  return { parameter, criteria: resolved };
}

function together(starts: readonly Start[]): readonly Start[] {
  const byType = Map.groupBy(starts, ({ type }) => type);
  return [...byType.values()].map((some) => ({ ...some[0]!, ids: some.flatMap(({ ids }) => ids) }));
}

/** The URL of a definition, whose versions are meant (https://hl7.org/fhir/R4/search.html#versions). */
function isCanonical({ id, base, url, version }: ReferenceCriterion): boolean {
  return url !== undefined && (id === undefined || base !== undefined || version !== undefined);
}

function startOf(reference: ReferenceCriterion, query: SearchQuery, { parameter, modifier }: Clause): Start {
  const name = `${parameter.code}:${modifier}`;
  if (isCanonical(reference) || reference.id === undefined) {
    throw notSupported(`${name} is offered for resources of this server, given as Type/id; of canonical URLs :below is, by itself.`);
  }
  const targets = parameter.targets.filter((target) => Object.hasOwn(hierarchies, target));
  const type = reference.type ?? (targets.length === 1 ? targets[0] : undefined);
  if (type === undefined && targets.length > 1) throw badRequest(`${name} needs the type of the resource: ${name}=Type/id.`);
  if (type === undefined || !Object.hasOwn(hierarchies, type)) {
    throw notSupported(`${name} is not offered: R4 defines hierarchies of ${Object.keys(hierarchies).join(', ')}.`);
  }
  const codes = hierarchies[type]!;
  const own = query.type === type && codes.includes(parameter.code) ? parameter.code : codes[0]!;
  return { type, ids: [reference.id], upwards: searchParameter(type, own)! };
}

/** Level by level. A circle ends where nothing new is found. */
async function idsBelow(store: Reading, baseUrl: string, { type, ids, upwards }: Start): Promise<ReadonlySet<string>> {
  const found = new Set(ids);
  let level = [...found];
  while (level.length > 0) {
    const next: string[] = [];
    for (let from = 0; from < level.length; from += parentsAtOnce) {
      const criteria = level.slice(from, from + parentsAtOnce).map((parent): Criterion => ({ kind: 'reference', type, id: parent }));
      next.push(...await everyMatch(store, { type, baseUrl, clauses: [{ parameter: upwards, criteria }] }, (child) => child.id));
    }
    level = [...new Set(next)].filter((each) => !found.has(each));
    for (const each of level) found.add(each);
    checkSize(found);
  }
  return found;
}

async function idsAbove(store: Reading, baseUrl: string, { type, ids, upwards }: Start): Promise<ReadonlySet<string>> {
  const found = new Set(ids);
  const ownBase = baseUrl.replace(/\/$/, '');
  // A set is walked on as it grows.
  for (const each of found) {
    const json = (await store.read(type, each))?.json;
    if (json === undefined) continue;
    for (const parent of extractParameter(parseJson(json) as unknown as Resource, upwards)) {
      const isHere = parent.kind === 'reference' && parent.type === type && (parent.base === undefined || parent.base === ownBase);
      if (isHere && parent.id !== undefined) found.add(parent.id);
    }
    checkSize(found);
  }
  return found;
}

function checkSize(found: ReadonlySet<string>): void {
  if (found.size > maxRelated) throw tooCostly(`:above and :below reach up to ${maxRelated} resources; there are more. Begin further down.`);
}
