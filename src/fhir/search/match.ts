/**
 * Whether a resource is what a search asks for (https://hl7.org/fhir/R4/search.html): the one place that decides it.
 * The index only has to offer every resource that may match.
 */
import type { Resource } from '../resource.ts';
import { satisfiesDate, satisfiesPeriod } from './kinds/date.ts';
import { satisfiesNumber } from './kinds/number.ts';
import { satisfiesPosition } from './kinds/position.ts';
import { satisfiesQuantity } from './kinds/quantity.ts';
import { isVersionBelow, satisfiesIdentifier, satisfiesReference } from './kinds/reference.ts';
import { satisfiesString, type StringModifier } from './kinds/string.ts';
import { satisfiesCodeSet, satisfiesIdentifierType, satisfiesToken, satisfiesTokenText } from './kinds/token.ts';
import { satisfiesUri } from './kinds/uri.ts';
import { satisfiesEntity } from './note-entities.ts';
import { normalizeOnce } from './normalized-text.ts';
import { readingOf, type Reading } from './reading.ts';
import { satisfiesTextSearch } from './text-search.ts';
import type {
  Clause, CompositeCriterion, Condition, Criterion, DateCriterion, Modifier, ReferenceCriterion, TokenCriterion,
} from './criteria.ts';
import type { SearchQuery } from './search-query.ts';
import type { CompositeValue, DateValue, ReferenceValue, SearchParameter, SearchValue } from './values.ts';

export interface MatchContext {
  /** The instant of the request (ms since the epoch), for `ap`. */
  readonly now: number;
  /** The store's base URL: an absolute reference under it is a local one. */
  readonly baseUrl: string;
  /** When the version was made (ms), if it is kept apart from the resource; goes before `meta.lastUpdated`. */
  readonly lastUpdated?: number;
}

/**
 * True when all clauses and all conditions hold.
 *
 * @param query resolved: no value sets, no hierarchies of codes or references, no lists; and nothing asked of others
 * @throws Error when it is not, which is a fault of the caller
 */
export function matchesQuery(resource: Resource, query: SearchQuery, context: MatchContext): boolean {
  if (query.joins !== undefined) throw new Error('What a query asks of other resources cannot be told from one alone.');
  return matchesAlone(resource, query, context);
}

/** As `matchesQuery`, of what a query asks of the resource itself. What it asks of others is left to the caller. */
export function matchesAlone(resource: Resource, query: SearchQuery, context: MatchContext): boolean {
  if (query.lists.length > 0) throw unresolved('_list');
  const reading = readingOf(resource, context.lastUpdated);
  return (
    query.clauses.every((clause) => matchRead(reading, clause, context)) &&
    query.conditions.every((condition) => holds(reading, condition, context))
  );
}

function holds(reading: Reading, condition: Condition, context: MatchContext): boolean {
  switch (condition.operator) {
    case 'clause':
      return matchRead(reading, condition.clause, context);
    case 'and':
      return condition.conditions.every((each) => holds(reading, each, context));
    case 'or':
      return condition.conditions.some((each) => holds(reading, each, context));
    case 'not':
      return !holds(reading, condition.condition, context);
    case 'entity':
      return satisfiesEntity(reading.resource, condition.entity);
  }
}

/**
 * True when any value of the clause's parameter satisfies any of its criteria. `:not` and `:not-in` turn that round for
 * the resource as a whole, so that they hold where there is no value.
 */
export function match(resource: Resource, clause: Clause, context: MatchContext): boolean {
  return matchRead(readingOf(resource, context.lastUpdated), clause, context);
}

function matchRead(reading: Reading, clause: Clause, context: MatchContext): boolean {
  const { parameter, modifier } = clause;
  if (parameter.type === 'string' && isFullText(parameter)) return matchesFullText(reading, clause);
  const values = reading.distinctValues(clause);
  switch (modifier) {
    case undefined:
      return values.some((value) => satisfiesAny(value, clause, context));
    case 'missing':
      return clause.criteria.some((criterion) => criterion.kind === 'missing' && criterion.missing === (values.length === 0));
    case 'not':
    case 'not-in':
      return !values.some((value) => satisfiesAny(value, clause, { ...context, modifier }));
    case 'unequal':
      return values.some((value) => !isTextAlone(value) && !satisfiesAny(value, clause, { ...context, modifier: 'equals' }));
    default: {
      const comparison = { ...context, modifier };
      return values.some((value) => satisfiesAny(value, clause, comparison));
    }
  }
}

/** The text of a concept is no other code. */
function isTextAlone(value: SearchValue): boolean {
  return value.kind === 'token' && value.code === undefined;
}

function isFullText({ code }: SearchParameter): boolean {
  return code === '_text' || code === '_content';
}

function matchesFullText(reading: Reading, { parameter, criteria }: Clause): boolean {
  const text = reading.fullText(parameter);
  return criteria.some((criterion) => criterion.kind === 'text' && satisfiesTextSearch(text, criterion));
}

function satisfiesAny(value: SearchValue, clause: Clause, comparison: Comparison): boolean {
  return clause.criteria.some((criterion) => satisfies(value, criterion, comparison));
}

/** How a value is held against a criterion. */
export interface Comparison extends MatchContext {
  readonly modifier?: Modifier;
}

/** Whether one value satisfies one criterion; never when their kinds do not go together. */
export function satisfies(value: SearchValue, criterion: Criterion, comparison: Comparison): boolean {
  switch (criterion.kind) {
    case 'token':
      return satisfiesTokenOf(value, criterion, comparison.modifier);
    case 'reference':
      return value.kind === 'reference' && satisfiesReferenceOf(value, criterion, comparison);
    case 'string':
      return value.kind === 'string' && satisfiesString(value, criterion, comparison.modifier as StringModifier | undefined);
    case 'date':
      return value.kind === 'date' && satisfiesDateOf(value, criterion, comparison);
    case 'composite':
      return value.kind === 'composite' && satisfiesComposite(value, criterion, comparison);
    case 'identifier-type':
      return value.kind === 'token' && satisfiesIdentifierType(value, criterion);
    case 'code-set':
      return value.kind === 'token' && satisfiesCodeSet(value, criterion);
    case 'text':
      return value.kind === 'string'
        ? satisfiesTextSearch(normalizeOnce(value.text), criterion)
        : value.kind === 'token' && satisfiesTokenText(value, criterion);
    case 'number':
      return value.kind === 'number' && satisfiesNumber(value, criterion);
    case 'quantity':
      return value.kind === 'quantity' && satisfiesQuantity(value, criterion);
    case 'uri':
      return value.kind === 'uri' && satisfiesUri(value, criterion, hierarchyOf(comparison));
    case 'position':
      return value.kind === 'position' && satisfiesPosition(value, criterion);
    case 'missing':
      return false;
    case 'value-set':
      throw unresolved(':in or :not-in');
  }
}

function hierarchyOf({ modifier }: Comparison): 'below' | 'above' | undefined {
  return modifier === 'below' || modifier === 'above' ? modifier : undefined;
}

function satisfiesTokenOf(value: SearchValue, criterion: TokenCriterion, modifier: Modifier | undefined): boolean {
  if (value.kind === 'reference') return modifier === 'identifier' && satisfiesIdentifier(value, criterion);
  if (modifier === 'above' || modifier === 'below') throw unresolved(`:${modifier}`);
  return value.kind === 'token' && satisfiesToken(value, criterion);
}

function satisfiesReferenceOf(value: ReferenceValue, criterion: ReferenceCriterion, comparison: Comparison): boolean {
  if (comparison.modifier === 'below') return isVersionBelow(value, criterion);
  if (comparison.modifier === 'above') throw unresolved(':above');
  return satisfiesReference(value, criterion, comparison);
}

function satisfiesDateOf(value: DateValue, criterion: DateCriterion, comparison: Comparison): boolean {
  const { modifier } = comparison;
  if (modifier === 'includes' || modifier === 'overlaps') return satisfiesPeriod(value, criterion, modifier);
  return satisfiesDate(value, criterion, comparison);
}

/** All components have to be satisfied by the one element that the value was read from. */
function satisfiesComposite(value: CompositeValue, { components }: CompositeCriterion, comparison: Comparison): boolean {
  return components.every((criterion, position) =>
    (value.components[position] ?? []).some((component) => satisfies(component, criterion, comparison)),
  );
}

function unresolved(what: string): Error {
  return new Error(`The query was not resolved before it was matched: ${what} is left.`);
}
