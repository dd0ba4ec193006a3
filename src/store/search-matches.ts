/** The matches of a walk, one by one, with word of how far the walk has come: for pages, sorting and counting alike. */
import { acceptance, type Match, type SearchRequest } from './candidate-acceptance.ts';
import type { Intersection } from './index-intersection.ts';
import type { IndexWalk, Place } from './index-walk.ts';
import { openWalk } from './search-driver-choice.ts';
import type { StoreContext } from './store-context.ts';

/** Candidates taken at a time. */
export const maxBatch = 500;
/** Of a query that asks something of other resources: each candidate may take reads of its own, and only between batches is the clock asked. */
const maxJoinedBatch = 64;

/** How often a walk is repeated because versions were committed behind its back; more would mean a flood of writes. */
export const maxWalks = 5;

export interface WalkStart {
  readonly request: SearchRequest;
  readonly after?: Place;
  /** The walk, where it has begun already. */
  readonly begun?: IndexWalk;
  /** Rules out candidates by another walk of the query, where there is one. */
  readonly intersection?: Intersection;
}

/** A match, or the place up to which all matches have been told. */
export type Step = { readonly match: Match } | { readonly seen: Place | undefined };

export interface Steps {
  /** The next step; `undefined` when the walk has ended. */
  next(): Promise<Step | undefined>;
  /** As in `Acceptance`. */
  passedOver(end?: Place): boolean;
}

/** Of fewer than this share of the candidates being matches, the others are worth being ruled out by the index. */
const worthwhileShare = 0.5;

/** @param wanted matches; where few candidates match, batches grow. */
export function matchesOf(context: StoreContext, { request, after, begun, intersection }: WalkStart, wanted = maxBatch): Steps {
  const walk = begun ?? openWalk(context.index, request, after);
  const { accept, passedOver } = acceptance(context, request, after);
  let isPoor = false;
  const steps = run();
  return {
    next: async () => (await steps.next()).value ?? undefined,
    passedOver,
  };

  async function* run(): AsyncGenerator<Step, void, undefined> {
    const most = request.joined === undefined ? maxBatch : maxJoinedBatch;
    for (let batch = Math.min(most, wanted); !walk.ended(); batch = Math.min(most, batch * 2)) {
      const met = await walk.next(batch);
      const candidates = isPoor && intersection !== undefined ? await intersection(met) : met;
      let found = 0;
      for await (const match of accept(candidates)) {
        found += 1;
        yield { match };
      }
      isPoor ||= found < candidates.length * worthwhileShare;
      if (!walk.ended()) yield { seen: walk.seen() };
    }
  }
}
