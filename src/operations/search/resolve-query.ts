/**
 * From a query as asked for to one that can be held against a resource by itself: value sets become sets of codes,
 * hierarchies the codes or resources in them, lists the ids that they hold
 * (https://hl7.org/fhir/R4/search.html#token, #recursive and #list).
 *
 * What cannot be resolved is refused: an answer without it would be wrong.
 */
import { codeSet } from '../../fhir/terminology/codes.ts';
import { relatedCodes } from '../../fhir/terminology/subsumption.ts';
import type { Clause, Condition, Criterion } from '../../fhir/search/criteria.ts';
import type { Join, SearchQuery } from '../../fhir/search/search-query.ts';
import type { DataStore } from '../../store/data-store.ts';
import { boundedReads } from './bounded-reads.ts';
import { resolveHierarchy } from './resolve-hierarchy.ts';
import { resolveList } from './resolve-list.ts';
import { openTerminology } from './resolve-terminology.ts';
import type { Terminology } from './resolve-terminology.ts';

/** What queries are resolved with. */
export type ResolvingStore = Pick<DataStore, 'read' | 'search'>;

/** One resolution: definitions are read once for it. */
interface Resolution {
  readonly store: ResolvingStore;
  readonly query: SearchQuery;
  readonly terminology: Terminology;
  /** The inner searches of chains, which may have parts in common. */
  readonly inner: Map<SearchQuery, Promise<SearchQuery>>;
}

/**
 * Reads nothing for a query that needs nothing.
 *
 * @returns a query without value sets, lists, and `:above` and `:below` on codes and resources; `:below` is left on
 * canonical references, where it is about versions
 * @throws FhirError 400 for what is not known or cannot be evaluated, 403 for what takes too much, 404 for a List that is
 * not there
 */
export async function resolveQuery(store: ResolvingStore, query: SearchQuery): Promise<SearchQuery> {
  if (!queryNeedsResolving(query)) return query;
  const reading = boundedReads(store);
  return resolveWithin({ store: reading, query, terminology: openTerminology(reading, query.baseUrl), inner: new Map() });
}

async function resolveWithin(resolution: Resolution): Promise<SearchQuery> {
  const { store, query } = resolution;
  if (!queryNeedsResolving(query)) return query;
  const clauses: Clause[] = [];
  for (const clause of query.clauses) clauses.push(await resolveClause(clause, resolution));
  for (const ids of query.lists) clauses.push(await resolveList(store, query, ids));
  const conditions: Condition[] = [];
  for (const condition of query.conditions) conditions.push(await resolveCondition(condition, resolution));
  const joins: Join[] = [];
  for (const join of query.joins ?? []) joins.push(await resolveJoin(join, resolution));
  return { ...query, clauses, conditions, lists: [], ...(joins.length === 0 ? {} : { joins }) };
}

async function resolveJoin(join: Join, resolution: Resolution): Promise<Join> {
  if (join.direction === 'reverse') return { ...join, referring: await resolveInner(join.referring, resolution) };
  const targets: SearchQuery[] = [];
  for (const target of join.targets) targets.push(await resolveInner(target, resolution));
  return { ...join, targets };
}

function resolveInner(query: SearchQuery, resolution: Resolution): Promise<SearchQuery> {
  const known = resolution.inner.get(query) ?? resolveWithin({ ...resolution, query });
  resolution.inner.set(query, known);
  return known;
}

/** Chains without types come together again: each of their parts is looked at once. */
const needing = new WeakMap<SearchQuery, boolean>();

function queryNeedsResolving(query: SearchQuery): boolean {
  const needs = needing.get(query) ?? findNeeds(query);
  needing.set(query, needs);
  return needs;
}

function findNeeds({ clauses, conditions, lists, joins = [] }: SearchQuery): boolean {
  if (lists.length > 0 || clauses.some(needsResolving) || conditions.some(conditionNeedsResolving)) return true;
  return joins.some((join) => (join.direction === 'reverse' ? queryNeedsResolving(join.referring) : join.targets.some(queryNeedsResolving)));
}

function conditionNeedsResolving(condition: Condition): boolean {
  switch (condition.operator) {
    case 'clause':
      return needsResolving(condition.clause);
    case 'not':
      return conditionNeedsResolving(condition.condition);
    case 'entity':
      return false;
    default:
      return condition.conditions.some(conditionNeedsResolving);
  }
}

function needsResolving(clause: Clause): boolean {
  return asksHierarchy(clause) || clause.criteria.some(holdsValueSet);
}

/** URIs are below each other by their text: the search itself knows. */
function asksHierarchy({ parameter: { type }, modifier }: Clause): boolean {
  return (modifier === 'above' || modifier === 'below') && (type === 'token' || type === 'reference');
}

function holdsValueSet(criterion: Criterion): boolean {
  return criterion.kind === 'value-set' || (criterion.kind === 'composite' && criterion.components.some(holdsValueSet));
}

async function resolveCondition(condition: Condition, resolution: Resolution): Promise<Condition> {
  switch (condition.operator) {
    case 'clause':
      return { operator: 'clause', clause: await resolveClause(condition.clause, resolution) };
    case 'not':
      return { operator: 'not', condition: await resolveCondition(condition.condition, resolution) };
    case 'entity':
      return condition;
    default: {
      const conditions: Condition[] = [];
      for (const each of condition.conditions) conditions.push(await resolveCondition(each, resolution));
      return { operator: condition.operator, conditions };
    }
  }
}

async function resolveClause(clause: Clause, resolution: Resolution): Promise<Clause> {
  if (!needsResolving(clause)) return clause;
  const { parameter, modifier } = clause;
  if (asksHierarchy(clause) && parameter.type === 'reference') return resolveHierarchy(resolution.store, resolution.query, clause);
  const name = `${parameter.code}:${modifier}`;
  const criteria: Criterion[] = [];
  for (const criterion of clause.criteria) criteria.push(await resolveCriterion(criterion, name, resolution));
  return asksHierarchy(clause) ? { parameter, criteria } : { ...clause, criteria };
}

async function resolveCriterion(criterion: Criterion, name: string, resolution: Resolution): Promise<Criterion> {
  const { terminology } = resolution;
  switch (criterion.kind) {
    case 'value-set':
      return { kind: 'code-set', codes: await terminology.codesOf(criterion.valueSet, name) };
    case 'token':
      return { kind: 'code-set', codes: codeSet(await relatedCodes(terminology.valueSets, criterion, name)) };
    case 'composite': {
      const components: Criterion[] = [];
      for (const each of criterion.components) components.push(holdsValueSet(each) ? await resolveCriterion(each, name, resolution) : each);
      return { kind: 'composite', components };
    }
    default:
      return criterion;
  }
}
