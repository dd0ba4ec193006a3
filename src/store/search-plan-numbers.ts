/**
 * The ways to the matches of a clause on numbers: by a number or quantity itself, or by a code and what was measured
 * under it (https://hl7.org/fhir/R4/search.html#quantity, https://hl7.org/fhir/R4/search.html#composite).
 */
import type { Clause, Criterion } from '../fhir/search/criteria.ts';
import type { PartitionType } from './entry-partitions.ts';
import { unbounded, within, type Bounds } from './entry-positions.ts';
import { isOrderedComposite } from './entry-values.ts';
import type { Stage } from './index-walk.ts';
import { familiesOf, ofAll, type Route, type Scope } from './search-plan-scope.ts';
import {
  canonicalBounds, criterionWindow, hullOf, intersection, numberBounds, numberRanges, overlapRanges, type Window,
} from './search-plan-windows.ts';
import { familyName } from './shared-families.ts';

/** A part of the family's partitions under one unit and, in a composite, one code. */
interface Span {
  /** '' for numbers as they are written. */
  readonly unit: string;
  /** Of a composite only. */
  readonly code: string;
  /** What is left open: of numbers; of dates there is a window. */
  readonly bounds: Bounds;
  readonly window?: Window;
}

export function numberRoute(scope: Scope, clause: Clause): Route | undefined {
  if (clause.modifier !== undefined) return undefined;
  const { family, types, shards } = scope;
  const { code } = clause.parameter;
  const spans = ofAll(clause.criteria, numberSpan);
  if (spans === undefined) return undefined;
  const others = otherSpans(scope, clause, numberSpan);
  const pks = (unit: string): string[] => types.flatMap((type) => shards.map((shard) => family.number(type, familyName(clause.parameter), { unit, shard })));
  return {
    kind: 'number',
    family: `number (${code})`,
    families: familiesOf(scope, clause.parameter),
    ranges: spans.flatMap((span) => pks(span.unit).flatMap((pk) => numberRanges(pk, span.bounds, othersBounds(span, others)))),
    covers: [clause],
  };
}

/** Without bounds an equal unit would be all that the index tells, and it does not keep units apart. */
function numberSpan(criterion: Criterion): Span | undefined {
  const span = spanOf(criterion);
  return span?.bounds === undefined ? undefined : { ...span, bounds: span.bounds, code: '' };
}

function spanOf(criterion: Criterion): { readonly unit: string; readonly bounds: Bounds | undefined } | undefined {
  if (criterion.kind !== 'number' && criterion.kind !== 'quantity') return undefined;
  const canonical = criterion.kind === 'quantity' ? criterion.canonical : undefined;
  if (criterion.kind === 'number' || canonical === undefined) return { unit: '', bounds: numberBounds(criterion) };
  const bounds = canonicalBounds(criterion, canonical);
  return bounds === undefined ? { unit: '', bounds } : { unit: canonical.unit, bounds };
}

/** By the code of the first component, in the order of the second; a third is left to `match`. */
export function orderedCompositeRoute(scope: Scope, clause: Clause): Route | undefined {
  const { parameter, modifier, criteria } = clause;
  if (modifier !== undefined || !isOrderedComposite(parameter)) return undefined;
  const spanned = (criterion: Criterion): Span | undefined => compositeSpan(criterion, scope.now);
  const spans = ofAll(criteria, spanned);
  if (spans === undefined) return undefined;
  const others = otherSpans(scope, clause, spanned);
  const rangesOf = (type: PartitionType) => (span: Span): Stage => {
    const pk = scope.family.composite(type, familyName(parameter), span);
    if (span.window === undefined) return numberRanges(pk, span.bounds, othersBounds(span, others));
    return overlapRanges(pk, others.filter((other) => isBeside(span, other)).map(({ window }) => window!).reduce(intersection, span.window));
  };
  return {
    kind: 'composite',
    family: `composite (${parameter.code})`,
    families: familiesOf(scope, parameter),
    ranges: scope.types.flatMap((type) => spans.flatMap(rangesOf(type))),
    covers: [clause],
  };
}

function compositeSpan(criterion: Criterion, now: number): Span | undefined {
  if (criterion.kind !== 'composite') return undefined;
  const [first, second] = criterion.components;
  if (first?.kind !== 'token' || !first.code || second === undefined) return undefined;
  const code = first.code.toLowerCase();
  if (second.kind === 'date') return { code, unit: '', bounds: unbounded, window: criterionWindow(second, now) };
  const span = spanOf(second);
  // With a code even `ne` is worth a walk: of all that was measured under it.
  return span && { code, unit: span.unit, bounds: span.bounds ?? unbounded };
}

/**
 * What each further clause on the same parameter leaves open, where all its criteria lie in one partition: a resource
 * with one number there has to satisfy them all by it.
 */
function otherSpans(scope: Scope, clause: Clause, spanned: (criterion: Criterion) => Span | undefined): readonly Span[] {
  const others = scope.clauses.filter((other) => other !== clause && other.modifier === undefined && other.parameter.url === clause.parameter.url);
  return others.flatMap((other) => {
    const [first, ...more] = ofAll(other.criteria, spanned) ?? [];
    if (first === undefined || !more.every((span) => isBeside(first, span))) return [];
    // Of dates, one criterion is enough to know.
    if (first.window !== undefined) return more.length === 0 ? [first] : [];
    return [{ ...first, bounds: hullOf([first, ...more].map(({ bounds }) => bounds)) }];
  });
}

function isBeside(one: Span, other: Span): boolean {
  return one.unit === other.unit && one.code === other.code && (one.window === undefined) === (other.window === undefined);
}

function othersBounds(span: Span, others: readonly Span[]): Bounds {
  return others.filter((other) => isBeside(span, other)).map(({ bounds }) => bounds).reduce(within, unbounded);
}
