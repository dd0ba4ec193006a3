/**
 * `$reindex` of one data store: its search parameters become those that are wanted, for every resource there is
 * (docs/store.md, Search parameters of a store's own). A job drives it in slices; each may be done again, by anybody.
 */
import type { CustomDefinition } from '../fhir/search/custom/definition-shape.ts';
import type { CompiledRules } from './compiled-rules.ts';
import { begunRules, completedRules, removedRules, retiredRules, type DefinitionState, type IndexRules, type RuledDefinition } from './index-rules.ts';
import { passPage, type PassKind } from './reindex-pass.ts';
import { noCounts, type ReindexCounts, type ReindexPosition, type SegmentPosition } from './reindex-position.ts';
import type { StoreContext } from './store-context.ts';

export type { ReindexCounts, ReindexPhase, ReindexPosition } from './reindex-position.ts';

export interface Reindexing {
  /**
   * Begins a `$reindex`, or finds the one of this id begun. Of two, the one with the greater id goes on and the other is
   * superseded: ids sort by the moment of submission.
   *
   * @param run the job's id
   * @param wanted every definition that is to be searched from the end on; the first of those with the same code on a type counts
   * @throws FhirError 422 when there are more than `maxDefinitions`, or they are too large together
   */
  begin(run: string, wanted: readonly CustomDefinition[]): Promise<ReindexPosition>;
  /**
   * Goes on until the phase is `done` or `superseded`, `notBefore` has to be waited for, or the time is up; one page is done
   * at least. What was done before a crash is found done, or done again.
   *
   * @param until when no further page is to be begun, milliseconds since the epoch
   */
  advance(position: ReindexPosition, until: number): Promise<ReindexPosition>;
  /**
   * The beginning of a pass that files everything anew, history included, by the rules as they are: for an index that was
   * lost. To be driven by `advance` as well.
   */
  rebuilding(): ReindexPosition;
}

/** Parts of the table that are scanned side by side, where it is spread over machines: a page of each lies in memory. */
const segmentsSideBySide = 4;

export function reindexing(context: StoreContext): Reindexing {
  const { indexRules, clock } = context;
  const segments = Array.from({ length: context.rules.shards === 1 ? 1 : segmentsSideBySide }, (): SegmentPosition => ({}));
  return {
    async begin(run, wanted) {
      const { rules } = await indexRules.change((standing) => (run <= (standing.run ?? '') ? undefined : { ...begunRules(standing, wanted), run }));
      return positionIn(rules, { run, counts: noCounts });
    },
    async advance(position, until) {
      let next = position;
      do next = await step(context, next, segments);
      while (isUnderWay(next) && next.notBefore === undefined && clock.now() < until);
      return next;
    },
    rebuilding: () => ({ phase: 'filing', segments, counts: noCounts }),
  };
}

function isUnderWay({ phase }: ReindexPosition): boolean {
  return phase !== 'done' && phase !== 'superseded';
}

/** Where a `$reindex` stands at the beginning of a phase, by the states of the definitions. */
function positionIn({ run, definitions }: IndexRules, asked: Pick<ReindexPosition, 'run' | 'counts'>): ReindexPosition {
  const has = (state: DefinitionState): boolean => definitions.some((one) => one.state === state);
  if (run !== asked.run) return { ...asked, phase: 'superseded', segments: [] };
  if (has('filing')) return { ...asked, phase: 'filing', segments: [] };
  // Nothing is to be filed before what leaves can.
  if (has('leaving')) return { ...asked, phase: 'filing', segments: [{ done: true }] };
  if (has('retiring')) return { ...asked, phase: 'retiring', segments: [] };
  return { ...asked, phase: has('removing') ? 'removing' : 'done', segments: [] };
}

async function step(context: StoreContext, { notBefore, ...position }: ReindexPosition, segments: readonly SegmentPosition[]): Promise<ReindexPosition> {
  if (!isUnderWay(position)) return position;
  if (notBefore !== undefined && context.clock.now() < notBefore) return { ...position, notBefore };
  const rules = await context.indexRules.fresh();
  if (position.run !== undefined && rules.rules.run !== position.run) return { ...position, phase: 'superseded', segments: [] };
  if (position.segments.length === 0) {
    const settled = await context.indexRules.settledAt(rules);
    if (settled !== undefined) return { ...position, notBefore: settled };
    return position.phase === 'retiring' ? ended(context, position) : { ...position, segments };
  }
  if (position.segments.every(({ done }) => done)) return ended(context, position);
  return passed(context, position, rules);
}

/** A page of each part. */
async function passed(context: StoreContext, position: ReindexPosition, rules: CompiledRules): Promise<ReindexPosition> {
  const kind: PassKind = position.run === undefined ? 'everything' : position.phase === 'removing' ? 'removing' : 'filing';
  const { length } = position.segments;
  const pages = await Promise.all(position.segments.map(async (one, segment) =>
    (one.done ? { position: one, counts: noCounts } : passPage(context, { kind, rules }, { segment, segments: length, ...(one.after && { after: one.after }) }))));
  return { ...position, segments: pages.map((page) => page.position), counts: pages.map(({ counts }) => counts).reduce(sum, position.counts) };
}

function sum(one: ReindexCounts, other: ReindexCounts): ReindexCounts {
  const unfit = { ...one.unfit };
  for (const [url, count] of Object.entries(other.unfit)) unfit[url] = (unfit[url] ?? 0) + count;
  return { examined: one.examined + other.examined, filed: one.filed + other.filed, removed: one.removed + other.removed, unfit };
}

/** The change of the rules that a phase ends with, and the next phase. */
async function ended(context: StoreContext, { run, phase, counts }: ReindexPosition): Promise<ReindexPosition> {
  if (run === undefined) return { phase: 'done', segments: [], counts };
  const unfit = new Set(Object.keys(counts.unfit));
  const { rules } = await context.indexRules.change((standing) => {
    const definitions = standing.run === run ? next(standing, phase, unfit) : standing.definitions;
    return isSame(definitions, standing.definitions) ? undefined : { ...standing, definitions };
  });
  return positionIn(rules, { run, counts });
}

function next(rules: IndexRules, phase: ReindexPosition['phase'], unfit: ReadonlySet<string>): readonly RuledDefinition[] {
  if (phase === 'filing') return completedRules(rules, unfit);
  return phase === 'retiring' ? retiredRules(rules) : removedRules(rules);
}

function isSame(one: readonly RuledDefinition[], other: readonly RuledDefinition[]): boolean {
  return one.length === other.length && one.every((definition, position) => definition === other[position]);
}
