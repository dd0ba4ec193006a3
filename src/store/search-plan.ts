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
}

/** The instants that all date clauses of one parameter leave open: a value must end above and start below. */
interface Window {
  readonly above: number;
  readonly below: number;
}

const allTime: Window = { above: -Infinity, below: Infinity };

/** The most selective kind first, where probing does not tell. */
const selectivity: readonly DriverKind[] = ['ids', 'patient-code', 'reference', 'token', 'string', 'date', 'last-updated', 'type'];

/** @returns the possible drivers, the presumably most selective first; never none. */
export function drivers(query: SearchQuery, rules: EntryRules, now: number): readonly Driver[] {
  const planner = plannerOf(query, rules, now);
  const found = query.clauses.flatMap((clause) => planner.driverOf(clause) ?? []);
  const all = [...planner.patientCode(), ...found, planner.wholeType()];
  return all.sort((one, other) => selectivity.indexOf(one.kind) - selectivity.indexOf(other.kind));
}

/** The walk in the order of the query's sort key over the whole type; resources without the value follow. */
export function sortedDriver(query: SearchQuery, rules: EntryRules, now: number): Driver {
  return plannerOf(query, rules, now).bySort();
}

function plannerOf(query: SearchQuery, rules: EntryRules, now: number) {
  const { type, clauses } = query;
  const family = partitions(rules);
  const sort = query.sort[0];
  const descending = sort?.descending ?? false;
  const clinical = clinicalDateParameter(type);
  const sortsClinically = sort !== undefined && sort.parameter.code === clinical;
  const shards = Array.from({ length: rules.shards }, (_, shard) => shard);

  /** Partitions in order of clinical date, narrowed by what the query says of it. */
  function clinicallyOrdered(kind: DriverKind, pks: readonly string[]): Driver {
    const dated = clauses.some(({ parameter }) => parameter.code === clinical);
    const window = clinical === undefined ? allTime : dateWindow(clauses, clinical, now);
    const unique = [...new Set(pks)];
    const withDate: Stage = unique.flatMap((pk) => startRanges(pk, window));
    const without: Stage = dated ? [] : unique.map((pk) => wholeClass(pk, dateClasses.none));
    return {
      kind,
      walk: { stages: sort === undefined ? [[...withDate, ...without]] : [withDate, without], descending },
      sorted: sort === undefined || sortsClinically,
      singlePlace: unique.length === 1,
    };
  }

  function equality(clause: Clause): Driver | undefined {
    const { parameter, criteria } = clause;
    const partitionOf = (criterion: Criterion): string | undefined => {
      if (criterion.kind === 'token') return criterion.code && family.token(type, parameter.code, criterion.code);
      if (criterion.kind !== 'reference') return undefined;
      const target = referenceKey(criterion);
      return target === undefined ? undefined : family.reference(type, parameter.code, target);
    };
    const pks = criteria.map(partitionOf);
    return pks.every((pk) => pk !== undefined && pk !== '') ? clinicallyOrdered(parameter.type as DriverKind, pks as string[]) : undefined;
  }

  function stringDriver({ parameter, criteria }: Clause): Driver | undefined {
    const ranges = criteria.map((criterion): Range | undefined => {
      const words = criterion.kind === 'string' ? normalizeString(criterion.text) : '';
      if (words === '') return undefined;
      const from = stringPosition(words);
      return { pk: family.string(type, parameter.code, words), dateClass: '', from, to: `${from}\u{10FFFF}` };
    });
    if (ranges.includes(undefined)) return undefined;
    return { kind: 'string', walk: { stages: [ranges as Range[]], descending }, sorted: sort === undefined, singlePlace: false };
  }

  function dateDriver({ parameter }: Clause): Driver | undefined {
    const window = dateWindow(clauses, parameter.code, now);
    if (window.above === -Infinity && window.below === Infinity) return undefined;
    if (parameter.code === '_lastUpdated') return lastUpdated('last-updated', window);
    const sorted = sort?.parameter.code === parameter.code;
    const pks = shards.map((shard) => family.date(type, parameter.code, shard));
    const stage = pks.flatMap((pk) => (sorted ? startRanges(pk, window) : overlapRanges(pk, window)));
    return { kind: 'date', walk: { stages: [stage], descending }, sorted: sort === undefined || sorted, singlePlace: false };
  }

  function lastUpdated(kind: DriverKind, { above, below }: Window): Driver {
    const stage = shards.map((shard) => ({
      pk: family.lastUpdated(type, shard), dateClass: '', from: instantKey(above), to: below === Infinity ? afterAllKeys : instantKey(below),
    }));
    const sorted = sort === undefined || sort.parameter.code === '_lastUpdated';
    return { kind, walk: { stages: [stage], descending }, sorted, singlePlace: true };
  }

  return {
    driverOf(clause: Clause): Driver | undefined {
      if (clause.modifier !== undefined && clause.parameter.type !== 'reference') return undefined;
      if (clause.parameter.code === '_id') return idDriver(clause, sort !== undefined);
      if (clause.parameter.type === 'token' || clause.parameter.type === 'reference') return equality(clause);
      if (clause.parameter.type === 'string') return stringDriver(clause);
      return clause.parameter.type === 'date' ? dateDriver(clause) : undefined;
    },

    /** `patient=…&code=…` as one partition, for the types that have both. */
    patientCode(): readonly Driver[] {
      const parameters = searchParametersOf(type);
      if (!parameters.has('patient') || !parameters.has('code')) return [];
      const patients = singleValues(clauses, ['patient', 'subject'], (criterion) =>
        criterion.kind === 'reference' && (criterion.type === 'Patient' || criterion.type === undefined) ? criterion.id : undefined,
      );
      const codes = singleValues(clauses, ['code'], (criterion) => (criterion.kind === 'token' ? criterion.code || undefined : undefined));
      if (patients.length === 0 || codes.length === 0) return [];
      const onlyPatients = clauses.some(({ parameter, criteria }) =>
        parameter.code === 'patient' || criteria.every((criterion) => criterion.kind === 'reference' && criterion.type === 'Patient'));
      if (!onlyPatients) return [];
      return [clinicallyOrdered('patient-code', patients.flatMap((patient) => codes.map((code) => family.patientCode(type, patient, code))))];
    },

    wholeType: (): Driver => lastUpdated('type', allTime),

    bySort(): Driver {
      if (sort === undefined || sort.parameter.code === '_lastUpdated') return lastUpdated('type', dateWindow(clauses, '_lastUpdated', now));
      const { code } = sort.parameter;
      const asked = clauses.some(({ parameter }) => parameter.code === code);
      const stage = shards.flatMap((shard) => startRanges(family.date(type, code, shard), dateWindow(clauses, code, now)));
      const rest = asked ? [] : lastUpdated('type', allTime).walk.stages;
      return { kind: 'date', walk: { stages: [stage, ...rest], descending }, sorted: true, singlePlace: false };
    },
  };
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
    if (values.every((value) => value !== undefined)) return values as string[];
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
