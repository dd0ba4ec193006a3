/**
 * From a query to the walks that could answer it. Every walk yields a superset of the matches; which one drives is
 * decided by probing.
 */
import { clinicalDateParameter } from '../fhir/search/clinical-date.ts';
import { referenceKey } from '../fhir/search/kinds/reference.ts';
import { normalizeString } from '../fhir/search/kinds/string.ts';
import { searchParametersOf } from '../fhir/search/parameters.ts';
import type { Clause, Criterion, SearchQuery } from '../fhir/search/values.ts';
import {
  dateClasses, endClass, partitions, shortSpanMs, stringPosition, type EntryRules,
} from './entries.ts';
import type { Range, Stage, Walk } from './index-walk.ts';
import { afterAllKeys, instantKey } from './order-preserving.ts';

export type DriverKind = 'ids' | 'patient-code' | 'reference' | 'token' | 'string' | 'date' | 'last-updated' | 'type';

export interface Driver {
  readonly kind: DriverKind;
  readonly walk: Walk;
  /** The ids themselves, for `_id`; then the walk is empty. */
  readonly ids?: readonly string[];
  /** True when the walk is in the order that the query asks for. */
  readonly sorted: boolean;
  /** True when a version can stand at one place of the walk only. */
  readonly singlePlace: boolean;
  /** The parameter whose family is walked, where it is one of strings or dates. */
  readonly parameter?: string;
}

/** The instants that all date clauses of one parameter leave open: a value must end above and start below. */
interface Window {
  readonly above: number;
  readonly below: number;
}

const allTime: Window = { above: -Infinity, below: Infinity };

/** The most selective kind first, where probing does not tell. */
const selectivity: readonly DriverKind[] = ['ids', 'patient-code', 'reference', 'token', 'string', 'date', 'last-updated', 'type'];

/** What planning a query works with. */
interface Scope {
  readonly query: SearchQuery;
  readonly rules: EntryRules;
  /** The request's instant, ms. */
  readonly now: number;
  readonly family: ReturnType<typeof partitions>;
  readonly shards: readonly number[];
  readonly descending: boolean;
  /** The parameter whose values order the type's token and reference partitions. */
  readonly clinical: string | undefined;
}

function scopeOf(query: SearchQuery, rules: EntryRules, now: number): Scope {
  return {
    query, rules, now,
    family: partitions(rules),
    shards: Array.from({ length: rules.shards }, (_, shard) => shard),
    descending: query.sort[0]?.descending ?? false,
    clinical: clinicalDateParameter(query.type),
  };
}

/** @returns the possible drivers, the presumably most selective first; never none. */
export function drivers(query: SearchQuery, rules: EntryRules, now: number): readonly Driver[] {
  const scope = scopeOf(query, rules, now);
  const found = query.clauses.flatMap((clause) => driverOf(scope, clause) ?? []);
  // What is in order of clinical date is narrowed by it already.
  const dated = found.some(({ kind }) => kind === 'token' || kind === 'reference');
  const useful = found.filter(({ kind, parameter }) => !(dated && kind === 'date' && parameter === scope.clinical));
  const all = [...patientCode(scope), ...useful, lastUpdated(scope, 'type', allTime)];
  return all.sort((one, other) => selectivity.indexOf(one.kind) - selectivity.indexOf(other.kind));
}

/** The walk in the order of the query's sort key over the whole type; resources without the value follow. */
export function sortedDriver(query: SearchQuery, rules: EntryRules, now: number): Driver {
  const scope = scopeOf(query, rules, now);
  const code = query.sort[0]?.parameter.code ?? '_lastUpdated';
  const window = dateWindow(query.clauses, code, now);
  if (code === '_lastUpdated') return lastUpdated(scope, 'type', window);
  const asked = query.clauses.some(({ parameter }) => parameter.code === code);
  const stage = scope.shards.flatMap((shard) => startRanges(scope.family.date(query.type, code, shard), window));
  const rest = asked ? [] : lastUpdated(scope, 'type', allTime).walk.stages;
  return { kind: 'date', walk: { stages: [stage, ...rest], descending: scope.descending }, sorted: true, singlePlace: false };
}

function driverOf(scope: Scope, clause: Clause): Driver | undefined {
  const { parameter, modifier } = clause;
  if (modifier !== undefined && parameter.type !== 'reference') return undefined;
  if (parameter.code === '_id') return idDriver(clause, scope.query.sort.length > 0);
  if (parameter.type === 'token' || parameter.type === 'reference') return equality(scope, clause);
  if (parameter.type === 'string') return stringDriver(scope, clause);
  return parameter.type === 'date' ? dateDriver(scope, clause) : undefined;
}

/** Partitions in order of clinical date, narrowed by what the query says of it. */
function clinicallyOrdered({ query, clinical, descending, now }: Scope, kind: DriverKind, pks: readonly string[]): Driver {
  const dated = query.clauses.some(({ parameter }) => parameter.code === clinical);
  const window = clinical === undefined ? allTime : dateWindow(query.clauses, clinical, now);
  const unique = [...new Set(pks)];
  const sort = query.sort[0]?.parameter.code;
  // Asked for no date and no order: one range, read at one instant, so that nothing moves between classes meanwhile.
  if (sort === undefined && !dated) {
    return { kind, walk: { stages: [unique.map((pk) => wholeClass(pk, ''))], descending }, sorted: true, singlePlace: unique.length === 1 };
  }
  const withDate: Stage = clinical === undefined ? [] : unique.flatMap((pk) => startRanges(pk, window));
  const without: Stage = dated ? [] : unique.map((pk) => wholeClass(pk, dateClasses.none));
  return {
    kind,
    walk: { stages: sort === undefined ? [[...withDate, ...without]] : [withDate, without], descending },
    sorted: sort === undefined || sort === clinical,
    singlePlace: unique.length === 1,
  };
}

function equality(scope: Scope, { parameter, criteria }: Clause): Driver | undefined {
  const { query: { type }, family } = scope;
  const partitionOf = (criterion: Criterion): string | undefined => {
    if (criterion.kind === 'token') return criterion.code && family.token(type, parameter.code, criterion.code);
    const target = criterion.kind === 'reference' ? referenceKey(criterion) : undefined;
    return target === undefined ? undefined : family.reference(type, parameter.code, target);
  };
  const pks = criteria.map(partitionOf).filter((pk) => pk !== undefined && pk !== '');
  return pks.length === criteria.length ? clinicallyOrdered(scope, parameter.type as DriverKind, pks as string[]) : undefined;
}

function stringDriver({ query, family, descending }: Scope, { parameter, criteria }: Clause): Driver | undefined {
  const ranges = criteria.flatMap((criterion): Range[] => {
    const words = criterion.kind === 'string' ? normalizeString(criterion.text) : '';
    const from = stringPosition(words);
    return words === '' ? [] : [{ pk: family.string(query.type, parameter.code, words), dateClass: '', from, to: `${from}\u{10FFFF}` }];
  });
  if (ranges.length < criteria.length) return undefined;
  return { kind: 'string', walk: { stages: [ranges], descending }, sorted: query.sort.length === 0, singlePlace: false, parameter: parameter.code };
}

function dateDriver(scope: Scope, { parameter: { code } }: Clause): Driver | undefined {
  const { query, family, shards, descending, now } = scope;
  const window = dateWindow(query.clauses, code, now);
  if (window.above === -Infinity && window.below === Infinity) return undefined;
  if (code === '_lastUpdated') return lastUpdated(scope, 'last-updated', window);
  const sorted = query.sort[0]?.parameter.code === code;
  const pks = shards.map((shard) => family.date(query.type, code, shard));
  const stage = pks.flatMap((pk) => (sorted ? startRanges(pk, window) : overlapRanges(pk, window)));
  return { kind: 'date', walk: { stages: [stage], descending }, sorted: sorted || query.sort.length === 0, singlePlace: false, parameter: code };
}

function lastUpdated({ query: { type, sort }, family, shards, descending }: Scope, kind: DriverKind, { above, below }: Window): Driver {
  const stage = shards.map((shard) => ({
    pk: family.lastUpdated(type, shard), dateClass: '', from: instantKey(above), to: below === Infinity ? afterAllKeys : instantKey(below),
  }));
  const sorted = sort.length === 0 || sort[0]!.parameter.code === '_lastUpdated';
  return { kind, walk: { stages: [stage], descending }, sorted, singlePlace: true };
}

/** `patient=…&code=…` as one partition each, for the types that have both. */
function patientCode(scope: Scope): readonly Driver[] {
  const { type, clauses } = scope.query;
  const parameters = searchParametersOf(type);
  if (!parameters.has('patient') || !parameters.has('code')) return [];
  const patients = patientIds(clauses);
  const codes = singleValues(clauses, ['code'], (criterion) => (criterion.kind === 'token' ? criterion.code || undefined : undefined));
  const pks = patients.flatMap((patient) => codes.map((code) => scope.family.patientCode(type, patient, code)));
  return pks.length === 0 ? [] : [clinicallyOrdered(scope, 'patient-code', pks)];
}

/** The patients that the query names; `subject` counts where it says that it means patients. */
function patientIds(clauses: readonly Clause[]): readonly string[] {
  const idOf = (criterion: Criterion): string | undefined => (criterion.kind === 'reference' ? criterion.id : undefined);
  const ofPatient = (criterion: Criterion): string | undefined =>
    criterion.kind === 'reference' && criterion.type === 'Patient' ? criterion.id : undefined;
  const named = singleValues(clauses, ['patient'], idOf);
  return named.length > 0 ? named : singleValues(clauses, ['subject'], ofPatient);
}

function idDriver({ criteria }: Clause, sorting: boolean): Driver | undefined {
  const ids = criteria.map((criterion) => (criterion.kind === 'token' ? criterion.code : undefined));
  if (ids.some((id) => id === undefined)) return undefined;
  const unique = [...new Set(ids as string[])].sort();
  return { kind: 'ids', walk: { stages: [], descending: false }, ids: unique, sorted: !sorting, singlePlace: true };
}

/** The values of the first clause on one of these parameters whose criteria all have one. */
function singleValues(clauses: readonly Clause[], codes: readonly string[], valueOf: (criterion: Criterion) => string | undefined): readonly string[] {
  for (const { parameter, modifier, criteria } of clauses) {
    if (!codes.includes(parameter.code) || (modifier !== undefined && modifier !== 'Patient')) continue;
    const values = criteria.map(valueOf);
    if (values.every((value) => value !== undefined)) return values;
  }
  return [];
}

function wholeClass(pk: string, dateClass: string): Range {
  return { pk, dateClass, from: '', to: afterAllKeys };
}

/** Short spans from a day before the window, long ones from ever, both in order of their start. */
function startRanges(pk: string, { above, below }: Window): Stage {
  const to = below === Infinity ? afterAllKeys : instantKey(below);
  return [
    { pk, dateClass: dateClasses.short, from: instantKey(above - shortSpanMs), to },
    { pk, dateClass: dateClasses.long, from: '', to },
  ];
}

/** As `startRanges`, but long spans by their end where the window has a lower bound: open periods of old are few. */
function overlapRanges(pk: string, window: Window): Stage {
  if (window.above === -Infinity) return startRanges(pk, window);
  const [short] = startRanges(pk, window);
  return [short!, { pk, dateClass: endClass, from: instantKey(window.above), to: afterAllKeys }];
}

/** https://hl7.org/fhir/R4/search.html#prefix: what every clause on the parameter leaves open. */
function dateWindow(clauses: readonly Clause[], code: string, now: number): Window {
  return clauses
    .filter(({ parameter, modifier }) => parameter.code === code && modifier === undefined)
    .map(({ criteria }) => criteria.map((criterion) => criterionWindow(criterion, now)).reduce(union))
    .reduce(intersection, allTime);
}

const union = (one: Window, other: Window): Window => ({ above: Math.min(one.above, other.above), below: Math.max(one.below, other.below) });
const intersection = (one: Window, other: Window): Window => ({ above: Math.max(one.above, other.above), below: Math.min(one.below, other.below) });

/** `ap` reaches a tenth of the way from the value to now. */
const approximation = 0.1;

function criterionWindow(criterion: Criterion, now: number): Window {
  if (criterion.kind !== 'date') return allTime;
  const { low, high } = criterion;
  switch (criterion.prefix) {
    case 'eq': return { above: low, below: high };
    case 'gt': case 'sa': return { above: high, below: Infinity };
    case 'ge': return { above: low, below: Infinity };
    case 'lt': case 'eb': return { above: -Infinity, below: low };
    case 'le': return { above: -Infinity, below: high };
    case 'ap': {
      const reach = approximation * Math.max(Math.abs(now - low), Math.abs(now - high));
      return { above: low - reach, below: Math.ceil(high + reach) };
    }
    case 'ne': return allTime;
  }
}
