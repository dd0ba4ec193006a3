/**
 * The ways to the matches of one clause: which partitions of which families hold an entry of every resource that may
 * satisfy it (docs/store.md, Families; docs/search.md says it by kind, modifier and prefix).
 */
import { referenceKey } from '../fhir/search/kinds/reference.ts';
import { searchParameter } from '../fhir/search/parameters.ts';
import type { Clause, Criterion } from '../fhir/search/criteria.ts';
import { isFiled, type PartitionType } from './entry-partitions.ts';
import { numberRoute, orderedCompositeRoute } from './search-plan-numbers.ts';
import { familiesOf, ofAll, type DriverKind, type Route, type Scope } from './search-plan-scope.ts';
import { positionRoute, stringRoute, uriRoute } from './search-plan-texts.ts';
import { dateWindow, instantRange, isAllTime, overlapRanges, startRanges } from './search-plan-windows.ts';
import { familyName } from './shared-families.ts';

/** @returns the ways to the clause's matches, none where only a walk of the type finds them */
export function clauseRoutes(scope: Scope, clause: Clause): readonly Route[] {
  const { parameter } = clause;
  if (parameter.code === '_id') return known(idRoute(scope, clause));
  if (parameter.code === '_lastUpdated') return known(lastUpdatedRoute(scope, clause));
  const own = isFiled(scope.query.type, familyName(parameter), scope.rules) ? known(routeByKind(scope, clause)) : [];
  return own.length === 0 && parameter.type === 'composite' ? componentRoutes(scope, clause) : own;
}

function known(route: Route | undefined): readonly Route[] {
  return route === undefined ? [] : [route];
}

function routeByKind(scope: Scope, clause: Clause): Route | undefined {
  switch (clause.parameter.type) {
    case 'token': return tokenRoute(scope, clause);
    case 'reference': return referenceRoute(scope, clause);
    case 'string': return stringRoute(scope, clause);
    case 'date': return dateRoute(scope, clause);
    case 'number': case 'quantity': return numberRoute(scope, clause);
    case 'uri': return uriRoute(scope, clause);
    case 'composite': return orderedCompositeRoute(scope, clause);
    case 'special': return positionRoute(scope, clause);
  }
}

/** Of a set of codes so many are looked up each by itself; beyond it walking the type is no worse. */
export const maxListedCodes = 1000;

const positiveTokenModifiers: ReadonlySet<Clause['modifier']> = new Set([undefined, 'in', 'above', 'below', 'of-type']);

function tokenRoute(scope: Scope, clause: Clause): Route | undefined {
  const { parameter, modifier, criteria } = clause;
  if (!positiveTokenModifiers.has(modifier)) return undefined;
  const codes = ofAll(criteria, codesOf)?.flat();
  if (codes === undefined || codes.length > maxListedCodes) return undefined;
  const folded = [...new Set(codes.map((code) => code.toLowerCase()))];
  const partitionsOf = (type: PartitionType): string[] => folded.map((code) => scope.family.token(type, familyName(parameter), code));
  return equalityRoute(scope, { kind: 'token', clause, partitionsOf });
}

/** The codes of which a satisfying value has one; `undefined` where they cannot be listed. */
function codesOf(criterion: Criterion): readonly string[] | undefined {
  switch (criterion.kind) {
    case 'token': return criterion.code ? [criterion.code] : undefined;
    case 'identifier-type': return [criterion.value];
    case 'code-set': return criterion.codes.members && ofAll(criterion.codes.members, ({ code }) => code);
    default: return undefined;
  }
}

const positiveReferenceModifiers: ReadonlySet<Clause['modifier']> = new Set([undefined, 'above', 'below']);

function referenceRoute(scope: Scope, clause: Clause): Route | undefined {
  const { parameter, modifier, criteria } = clause;
  const name = familyName(parameter);
  if (modifier === 'identifier') {
    const values = ofAll(criteria, (criterion) => (criterion.kind === 'token' ? criterion.code || undefined : undefined));
    return values && equalityRoute(scope, {
      kind: 'identifier', clause, partitionsOf: (type) => values.map((value) => scope.family.identifier(type, name, value)),
    });
  }
  if (!positiveReferenceModifiers.has(modifier)) return undefined;
  const targets = ofAll(criteria, (criterion) => (criterion.kind === 'reference' ? referenceKey(criterion) : undefined));
  return targets && equalityRoute(scope, {
    kind: 'reference', clause, partitionsOf: (type) => targets.map((target) => scope.family.reference(type, name, target)),
  });
}

interface Equality {
  readonly kind: DriverKind;
  readonly clause: Clause;
  readonly partitionsOf: (type: PartitionType) => readonly string[];
}

function equalityRoute(scope: Scope, { kind, clause, partitionsOf }: Equality): Route {
  const { code } = clause.parameter;
  return {
    kind,
    family: `${kind} (${code})`,
    families: familiesOf(scope, clause.parameter),
    partitions: [...new Set(scope.types.flatMap(partitionsOf))],
    covers: [clause],
  };
}

function dateRoute(scope: Scope, clause: Clause): Route | undefined {
  const { query, family, shards, types } = scope;
  const { code } = clause.parameter;
  const window = dateWindow(scope.clauses, code, scope.now);
  if (isAllTime(window)) return undefined;
  const isOrder = query.sort.length === 1 && query.sort[0]!.parameter.code === code;
  const pks = types.flatMap((type) => shards.map((shard) => family.date(type, familyName(clause.parameter), shard)));
  return {
    kind: 'date',
    family: `date (${code})`,
    families: familiesOf(scope, clause.parameter),
    ranges: pks.flatMap((pk) => (isOrder ? startRanges(pk, window) : overlapRanges(pk, window))),
    ...(isOrder ? { orderedBy: code } : {}),
    covers: scope.clauses.filter(({ parameter }) => parameter.code === code),
  };
}

/** What others contain has no id and no time of its own. */
function idRoute({ query }: Scope, clause: Clause): Route | undefined {
  if (query.contained !== undefined || clause.modifier !== undefined) return undefined;
  const ids = ofAll(clause.criteria, (criterion) => (criterion.kind === 'token' && !criterion.anyCase ? criterion.code || undefined : undefined));
  return ids && { kind: 'ids', family: 'ids (_id)', families: [], ids: [...new Set(ids)].sort(), covers: [clause] };
}

function lastUpdatedRoute(scope: Scope, clause: Clause): Route | undefined {
  if (scope.query.contained !== undefined || clause.modifier === 'missing') return undefined;
  const { family, types, shards } = scope;
  const window = dateWindow(scope.clauses, '_lastUpdated', scope.now);
  if (isAllTime(window)) return undefined;
  return {
    kind: 'last-updated',
    family: 'last-updated (_lastUpdated)',
    families: familiesOf(scope, '_lastUpdated'),
    ranges: types.flatMap((type) => shards.map((shard) => instantRange(family.lastUpdated(type, shard), window))),
    orderedBy: '_lastUpdated',
    covers: scope.clauses.filter(({ parameter }) => parameter.code === '_lastUpdated'),
  };
}

/**
 * Of R4's composites without a family of their own, each component has to be among the values of its own parameter. Others
 * may have components that select what no parameter does.
 */
function componentRoutes(scope: Scope, { parameter, modifier, criteria }: Clause): readonly Route[] {
  if (modifier !== undefined || parameter.custom !== undefined) return [];
  return (parameter.components ?? []).flatMap((component, place) => {
    const definition = searchParameter(scope.query.type, component.code);
    const parts = ofAll(criteria, (criterion) => (criterion.kind === 'composite' ? criterion.components[place] : undefined));
    if (definition === undefined || definition.type !== component.type || parts === undefined) return [];
    return clauseRoutes(scope, { parameter: definition, criteria: parts }).map((route) => ({ ...route, covers: [] }));
  });
}
