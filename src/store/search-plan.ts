/**
 * From a query to the walks that could answer it. Every walk yields a superset of the matches; which one drives is
 * decided by probing.
 *
 * Clauses that have to hold together are alternatives: each that has a way through the index may drive. Of clauses of
 * which one has to hold, all have to have a way, and the walk reads them side by side.
 */
import { searchParametersOf } from '../fhir/search/parameters.ts';
import type { Clause, Condition, Criterion } from '../fhir/search/criteria.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { Family } from './entries.ts';
import { isFiled, patientCodeFamily, typeOfPartition, type EntryRules } from './entry-partitions.ts';
import { dateClasses } from './entry-positions.ts';
import type { IndexWalk, Place, Range, Stage, Walk } from './index-walk.ts';
import { afterAllKeys, instantKey } from './order-preserving.ts';
import { clauseRoutes } from './search-plan-routes.ts';
import { driverKinds, familiesOf, ofAll, scopeOf, type DriverKind, type Route, type Scope } from './search-plan-scope.ts';
import { allTime, asksForDate, dateWindow, instantRange, startRanges, type Window } from './search-plan-windows.ts';
import { familyName, familyParameter } from './shared-families.ts';

export type { DriverKind } from './search-plan-scope.ts';

export interface Driver {
  readonly kind: DriverKind;
  /** The families that are walked and the parameters that they are narrowed by, as `patient-code (patient, code, date)`. */
  readonly family: string;
  readonly walk: Walk;
  /** Ranges of the index that the walk reads. */
  readonly ranges: number;
  /** The ids themselves, for `_id`; then the walk is empty. */
  readonly ids?: readonly string[];
  /** True when the walk is in the order that the query asks for. */
  readonly sorted: boolean;
  /** True when a version can stand at one place of the walk only. */
  readonly singlePlace: boolean;
  /** Whose entries the walk can meet. */
  readonly families: readonly Family[];
  /** True when the entries of the walk are about as many as the matches. */
  readonly exact: boolean;
  /**
   * Of a walk in order of the clinical date: long spans that stand before this position may end before what the query asks
   * for. They are in no order of their ends, so all of them are read.
   */
  readonly doubtful?: string;
  /** True of the walk that knows the ends of long spans: it drives where the first one meets many that are doubtful. */
  readonly standsIn?: true;
  /** Opens the walk, where more belongs to it than the ranges. */
  readonly open?: (index: OrderedTable, after: Place | undefined) => IndexWalk;
}

/** @returns the possible drivers, the presumably most selective first; never none. */
export function drivers(query: SearchQuery, rules: EntryRules, now: number): readonly Driver[] {
  const { clauses, either } = conjunction([...query.clauses.map(asCondition), ...query.conditions]);
  const scope = scopeOf(query, clauses, { rules, now });
  const routes = routesOf(scope, clauses, either);
  // What is in order of clinical date is narrowed by it already, but for long spans.
  const dated = routes.some(({ partitions }) => partitions !== undefined);
  const standsIn = ({ kind, orderedBy, families }: Route): boolean =>
    dated && kind === 'date' && orderedBy === undefined && families[0]?.parameter === scope.clinical;
  const [narrowed, own] = [routes.filter(standsIn), routes.filter((route) => !standsIn(route))];
  const covered = (route: Route): boolean => query.contained === undefined && coversAll(route, query, scope);
  const driver = (route: Route): Driver => driverOf(scope, route, covered(route));
  const standIns = narrowed.slice(0, 1).map((route): Driver => ({ ...driver(route), standsIn: true }));
  return [...own.map(driver), ...standIns, typeDriver(scope, allTime)].sort(bySelectivity);
}

const bySelectivity = (one: Pick<Route, 'kind'>, other: Pick<Route, 'kind'>): number =>
  driverKinds.indexOf(one.kind) - driverKinds.indexOf(other.kind);

/**
 * The walk in the order of the query's only sort key over the whole type; resources without the value follow.
 *
 * @returns `undefined` where the index has no such order: then matches are gathered and sorted
 */
export function sortedDriver(query: SearchQuery, rules: EntryRules, now: number): Driver | undefined {
  const { clauses } = conjunction([...query.clauses.map(asCondition), ...query.conditions]);
  const scope = scopeOf(query, clauses, { rules, now });
  const [key, ...more] = query.sort;
  const code = key?.parameter.code ?? '_lastUpdated';
  if (more.length > 0 || (key !== undefined && key.parameter.type !== 'date')) return undefined;
  if (code === '_lastUpdated') return typeDriver(scope, query.contained === undefined ? dateWindow(clauses, code, now) : allTime);
  const parameter = key!.parameter;
  const name = familyName(parameter);
  if (!isFiled(query.type, name, rules)) return undefined;
  const window = dateWindow(clauses, code, now);
  const asked = clauses.some((clause) => clause.parameter.code === code && asksForDate(clause));
  const pks = scope.types.flatMap((type) => scope.shards.map((shard) => scope.family.date(type, name, shard)));
  const rest = asked ? undefined : typeDriver(scope, allTime);
  return finished({
    kind: 'date',
    family: `date (${code})`,
    walk: walkOf(scope, [pks.flatMap((pk) => startRanges(pk, window)), ...(rest?.walk.stages ?? [])]),
    sorted: true,
    singlePlace: false,
    families: [...familiesOf(scope, parameter), ...(rest?.families ?? [])],
    exact: false,
  });
}

const asCondition = (clause: Clause): Condition => ({ operator: 'clause', clause });

interface Conjunction {
  /** All of them have to hold. */
  readonly clauses: readonly Clause[];
  /** Of each, one branch has to hold as well. */
  readonly either: readonly (readonly Condition[])[];
}

/** What is said in the negative drives nothing. */
function conjunction(conditions: readonly Condition[]): Conjunction {
  const clauses: Clause[] = [];
  const either: (readonly Condition[])[] = [];
  const open = [...conditions];
  for (let condition = open.shift(); condition !== undefined; condition = open.shift()) {
    if (condition.operator === 'clause') clauses.push(condition.clause);
    else if (condition.operator === 'and') open.unshift(...condition.conditions);
    else if (condition.operator === 'or') either.push(condition.conditions);
  }
  return { clauses, either };
}

/** @param own the clauses that a route has to be of; the scope's others only narrow it */
function routesOf(scope: Scope, own: readonly Clause[], either: Conjunction['either']): readonly Route[] {
  return [
    ...patientCodeRoutes(scope, own),
    ...own.flatMap((clause) => clauseRoutes(scope, clause)),
    ...either.flatMap((branches) => unionRoute(scope, branches) ?? []),
  ];
}

/** The best route of each branch, side by side; `undefined` where a branch has none. */
function unionRoute(scope: Scope, branches: readonly Condition[]): Route | undefined {
  const routes = ofAll(branches, (branch) => {
    const { clauses, either } = conjunction([branch]);
    const inner = { ...scope, clauses: [...scope.clauses, ...clauses] };
    return [...routesOf(inner, clauses, either)].sort(bySelectivity)[0];
  });
  if (routes === undefined || routes.length === 0) return undefined;
  return routes.length === 1 ? routes[0] : sideBySide(scope, routes);
}

function sideBySide(scope: Scope, routes: readonly Route[]): Route | undefined {
  const common = {
    kind: [...routes].sort(bySelectivity).at(-1)!.kind,
    family: [...new Set(routes.map(({ family }) => family))].join(' or '),
    families: routes.flatMap(({ families }) => families),
    covers: [],
  };
  const ids = ofAll(routes, (route) => route.ids)?.flat();
  if (ids !== undefined) return { ...common, ids: [...new Set(ids)].sort() };
  const partitions = ofAll(routes, (route) => route.partitions)?.flat();
  if (partitions !== undefined) return { ...common, partitions: [...new Set(partitions)] };
  const keeps = routes.flatMap(({ keep }) => keep ?? []);
  // Ids have no ranges, and a part of a text is told by the position of texts only.
  if (routes.some((route) => route.ids !== undefined) || (keeps.length > 0 && keeps.length < routes.length)) return undefined;
  return {
    ...common,
    ranges: routes.flatMap((route) => route.ranges ?? clinicalStages(scope, route.partitions!, undefined).flat()),
    ...(keeps.length === 0 ? {} : { keep: (position: string) => keeps.some((keep) => keep(position)) }),
  };
}

function driverOf(scope: Scope, route: Route, exact: boolean): Driver {
  const { kind, family, families, ids, keep, partitions } = route;
  const isOne = scope.query.contained === undefined;
  if (ids !== undefined) {
    return finished({ kind, family, families, ids, walk: { stages: [], descending: false }, sorted: isInOrder(scope), singlePlace: true, exact });
  }
  if (partitions === undefined) {
    return finished({
      kind, family, families, exact,
      walk: walkOf(scope, [route.ranges!], keep),
      sorted: isInOrder(scope, route.orderedBy),
      singlePlace: isOne && kind === 'last-updated',
    });
  }
  const dated = clinicalClauses(scope).length > 0 && scope.clinical !== undefined;
  return finished({
    kind, families, exact,
    family: dated ? family.replaceAll(')', `, ${scope.clinical})`) : family,
    walk: walkOf(scope, clinicalStages(scope, partitions, scope.query.sort[0]?.parameter.code)),
    sorted: isInOrder(scope, scope.clinical),
    singlePlace: isOne && partitions.length === 1,
    ...doubtfulIn(scope),
  });
}

function doubtfulIn(scope: Scope): Pick<Driver, 'doubtful'> {
  const { above } = scope.clinical === undefined ? allTime : dateWindow(scope.clauses, scope.clinical, scope.now);
  return above === -Infinity ? {} : { doubtful: dateClasses.long + instantKey(above) };
}

function finished(driver: Omit<Driver, 'ranges'>): Driver {
  return { ...driver, ranges: driver.walk.stages.reduce((ranges, stage) => ranges + stage.length, 0) };
}

function walkOf({ query }: Scope, stages: readonly Stage[], keep?: (position: string) => boolean): Walk {
  const descending = query.sort[0]?.descending ?? false;
  return { stages, descending, ...(keep === undefined ? {} : { keep }), ...(query.contained === undefined ? {} : { mixed: true }) };
}

/** @param orderedBy the date parameter in whose order a walk is */
function isInOrder({ query: { sort } }: Scope, orderedBy?: string): boolean {
  return sort.length === 0 || (sort.length === 1 && sort[0]!.parameter.code === orderedBy);
}

function clinicalClauses({ clauses, clinical }: Scope): readonly Clause[] {
  return clauses.filter((clause) => clause.parameter.code === clinical && asksForDate(clause));
}

/** Partitions in order of clinical date, narrowed by what the query says of it. */
function clinicalStages(scope: Scope, pks: readonly string[], sort: string | undefined): readonly Stage[] {
  const { clinical } = scope;
  const dated = clinicalClauses(scope).length > 0;
  // Asked for no date and no order: one range, read at one instant, so that nothing moves between classes meanwhile.
  if (sort === undefined && !dated) return [pks.map((pk) => wholeClass(pk, ''))];
  const window = clinical === undefined ? allTime : dateWindow(scope.clauses, clinical, scope.now);
  const withDate: Stage = clinical === undefined ? [] : pks.flatMap((pk) => startRanges(pk, window));
  const without: Stage = dated ? [] : pks.map((pk) => wholeClass(pk, dateClasses.none));
  return sort === undefined ? [[...withDate, ...without]] : [withDate, without];
}

function wholeClass(pk: string, dateClass: string): Range {
  return { pk, dateClass, from: '', to: afterAllKeys };
}

/** Every resource of the type, by when it was updated last. */
function typeDriver(scope: Scope, window: Window): Driver {
  const { query, family, shards, types } = scope;
  return finished({
    kind: 'type',
    family: `last-updated (${query.type})`,
    families: familiesOf(scope, '_lastUpdated'),
    walk: walkOf(scope, [types.flatMap((type) => shards.map((shard) => instantRange(family.lastUpdated(type, shard), window)))]),
    sorted: isInOrder(scope, '_lastUpdated'),
    singlePlace: query.contained === undefined,
    exact: query.contained === undefined && query.clauses.length === 0 && query.conditions.length === 0,
  });
}

/** `patient=…&code=…` as one partition each, for the types that have both. */
function patientCodeRoutes(scope: Scope, own: readonly Clause[]): readonly Route[] {
  const { query: { type }, clauses, types } = scope;
  const parameters = searchParametersOf(type);
  if (!parameters.has('patient') || !parameters.has('code')) return [];
  const patient = patientClause(clauses);
  const code = firstOf(clauses, 'code', codeOf);
  if (patient === undefined || code === undefined || !(own.includes(patient.clause) || own.includes(code.clause))) return [];
  return [{
    kind: 'patient-code',
    family: 'patient-code (patient, code)',
    families: types.map((one) => ({ type: one, parameter: patientCodeFamily })),
    partitions: [...new Set(types.flatMap((one) =>
      patient.values.flatMap((id) => code.values.map((value) => scope.family.patientCode(one, id, value)))))],
    covers: [patient.clause, code.clause],
  }];
}

interface Named {
  readonly clause: Clause;
  readonly values: readonly string[];
}

const codeOf = (criterion: Criterion): string | undefined => (criterion.kind === 'token' ? criterion.code || undefined : undefined);
const idOf = (criterion: Criterion): string | undefined => (criterion.kind === 'reference' ? criterion.id : undefined);
const patientOf = (criterion: Criterion): string | undefined =>
  criterion.kind === 'reference' && criterion.type === 'Patient' ? criterion.id : undefined;

/** The patients that the query names; `subject` counts where it says that it means patients. */
function patientClause(clauses: readonly Clause[]): Named | undefined {
  return firstOf(clauses, 'patient', idOf) ?? firstOf(clauses, 'subject', patientOf);
}

/** The first clause on the parameter whose criteria all have a value. */
function firstOf(clauses: readonly Clause[], code: string, valueOf: (criterion: Criterion) => string | undefined): Named | undefined {
  for (const clause of clauses) {
    if (clause.parameter.code !== code || clause.modifier !== undefined) continue;
    const values = ofAll(clause.criteria, valueOf);
    if (values !== undefined) return { clause, values };
  }
  return undefined;
}

/** Whether hardly any entry of the route fails the query: each clause is covered, and by a family of its own. */
function coversAll(route: Route, query: SearchQuery, scope: Scope): boolean {
  const dates = route.partitions === undefined ? [] : clinicalClauses(scope);
  const covered = new Set([...route.covers, ...dates]);
  const own = route.families.every(({ type, parameter }) =>
    route.kind === 'reference' || parameter === patientCodeFamily || familyParameter(typeOfPartition(type), parameter) === parameter);
  return own && query.conditions.length === 0 && query.clauses.every((clause) => covered.has(clause));
}
