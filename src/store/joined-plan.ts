/**
 * What a search is planned by where it asks something of other resources: its own parameters, where they leave few
 * candidates; else also what was found of the others first.
 */
import { tooCostly } from '../fhir/outcome.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { JoinedMatching } from './candidate-acceptance.ts';
import { JoinedSets, maxJoined } from './joined-sets.ts';
import type { Choice } from './chosen-driver.ts';
import { chooseDriver, probeRows } from './search-driver-choice.ts';
import { drivers } from './search-plan.ts';
import { searchTimeBudgetMs, wholeTimeBudgetMs, type StoreContext } from './store-context.ts';

/** A page that goes on needs what the first was planned by: it may have grown so much, and take so much longer. */
const leeway = 2;

export interface JoinedPlan {
  /** The query with conditions that its joins come to: a superset of its matches satisfies them. */
  readonly planned: SearchQuery;
  /** Which of the joins those are. */
  readonly joins: readonly number[];
  readonly matching?: JoinedMatching;
  /** The driver of the query as it is, where its own parameters leave few candidates. */
  readonly choice?: Choice;
}

interface Begun {
  readonly instant: number;
  /** Of a page that goes on: the joins that the first was planned by. */
  readonly joins?: readonly number[];
}

/** @throws FhirError 403 where a page cannot go on, because what it builds on has grown too large */
export async function planJoins(context: StoreContext, query: SearchQuery, { instant, joins }: Begun): Promise<JoinedPlan> {
  if (query.joins === undefined) return { planned: query, joins: [] };
  const begun = context.clock.now();
  const sets = new JoinedSets(context, { instant, deadline: begun + wholeTimeBudgetMs });
  const { matching } = sets;
  if (joins !== undefined) {
    const narrowing = await sets.narrow(query, { until: begun + searchTimeBudgetMs, most: maxJoined * leeway, numbers: joins });
    if (narrowing === undefined) throw tooCostly('What this search asks of other resources is satisfied by many more of them meanwhile. Start it again.');
    return { planned: withConditions(query, narrowing.conditions), joins, matching };
  }
  const choice = await chooseDriver(context.index, drivers(query, context.rules, instant), { measured: true });
  if (choice.size <= probeRows) return { planned: query, joins: [], matching, choice };
  const narrowing = await sets.narrow(query, { until: begun + searchTimeBudgetMs / leeway, most: maxJoined });
  return { planned: withConditions(query, narrowing!.conditions), joins: narrowing!.numbers, matching };
}

export function withConditions(query: SearchQuery, conditions: SearchQuery['conditions']): SearchQuery {
  return { ...query, conditions: [...query.conditions, ...conditions] };
}
