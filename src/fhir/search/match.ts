/**
 * Whether a resource is what a search asks for (https://hl7.org/fhir/R4/search.html): the one place that decides it.
 * The index only has to offer every resource that may match.
 */
import type { Resource } from '../resource.ts';
import { extractParameter } from './extract.ts';
import { satisfiesDate } from './kinds/date.ts';
import { satisfiesReference } from './kinds/reference.ts';
import { satisfiesString } from './kinds/string.ts';
import { satisfiesToken } from './kinds/token.ts';
import type { Clause, Criterion, SearchParameter, SearchValue } from './values.ts';

export interface MatchContext {
  /** The instant of the request (ms since the epoch), for `ap`. */
  readonly now: number;
  /** The store's base URL: an absolute reference under it is a local one. */
  readonly baseUrl: string;
  /** When the version was made (ms), if it is kept apart from the resource; goes before `meta.lastUpdated`. */
  readonly lastUpdated?: number;
}

/** True when any value of the clause's parameter satisfies any of its criteria. */
export function match(resource: Resource, clause: Clause, context: MatchContext): boolean {
  return firstSatisfying(resource, clause, context) !== undefined;
}

/** The first extracted value, in document order, that satisfies any of the clause's criteria. */
export function firstSatisfying(resource: Resource, clause: Clause, context: MatchContext): SearchValue | undefined {
  return valuesFor(resource, clause.parameter, context).find((value) => satisfiesAny(value, clause, context));
}

function valuesFor(resource: Resource, parameter: SearchParameter, context: MatchContext): readonly SearchValue[] {
  if (parameter.code === '_lastUpdated' && context.lastUpdated !== undefined) {
    return [{ kind: 'date', low: context.lastUpdated, high: context.lastUpdated + 1 }];
  }
  return extractParameter(resource, parameter);
}

function satisfiesAny(value: SearchValue, clause: Clause, context: MatchContext): boolean {
  return clause.criteria.some((criterion) => satisfies(value, criterion, context));
}

/** Whether one value satisfies one criterion; never when they are of different kinds. */
export function satisfies(value: SearchValue, criterion: Criterion, context: MatchContext): boolean {
  switch (value.kind) {
    case 'token':
      return criterion.kind === 'token' && satisfiesToken(value, criterion);
    case 'reference':
      return criterion.kind === 'reference' && satisfiesReference(value, criterion, context);
    case 'string':
      return criterion.kind === 'string' && satisfiesString(value, criterion);
    case 'date':
      return criterion.kind === 'date' && satisfiesDate(value, criterion, context);
  }
}
