/**
 * Whether a committed state is what a search asks for, where others change at the same time: what it asks of them may have
 * been true at some moment, and surely was where they did not change.
 */
import { extractParameter } from '../../../src/fhir/search/extract.ts';
import { matchesAlone } from '../../../src/fhir/search/match.ts';
import type { Chain, Join, ReverseChain, SearchQuery } from '../../../src/fhir/search/search-query.ts';
import type { SearchParameter } from '../../../src/fhir/search/values.ts';
import type { Committed, Ledger, Window } from './ledger.ts';

export interface Matching {
  /** True when the state satisfied the query by what others were at some time of the window. */
  may(query: SearchQuery, state: Committed): boolean;
  /** True when it did by others that were the same all the time. */
  surely(query: SearchQuery, state: Committed): boolean;
}

export function matching(ledger: Ledger, window: Window, baseUrl: string): Matching {
  const judge = (isSure: boolean): Matching['may'] => {
    const statesOf = (type: string, id: string): readonly Committed[] => {
      const states = ledger.states(type, id, window);
      return isSure && states.length > 1 ? [] : states.filter((state) => state !== undefined);
    };
    const forward = ({ parameter, targets }: Chain, state: Committed): boolean =>
      targetsOf(state, parameter).some(({ type, id }) => {
        const query = targets.find((target) => target.type === type);
        return query !== undefined && statesOf(type, id).some((target) => holds(query, target));
      });
    const reverse = ({ parameter, referring }: ReverseChain, { type, id }: Committed): boolean =>
      [...ledger.timelines.values()].filter(([one]) => one!.type === referring.type)
        .flatMap(([one]) => statesOf(referring.type, one!.id))
        .some((source) => targetsOf(source, parameter).some((target) => target.type === type && target.id === id) && holds(referring, source));
    const joins = (join: Join, state: Committed): boolean => (join.direction === 'forward' ? forward(join, state) : reverse(join, state));
    const holds = (query: SearchQuery, state: Committed): boolean => {
      const { resource, lastUpdated } = state;
      return resource !== undefined && matchesAlone(resource, query, { now: 0, baseUrl, lastUpdated }) &&
        (query.joins ?? []).every((join) => joins(join, state));
    };
    return holds;
  };
  return { may: judge(false), surely: judge(true) };
}

function targetsOf({ resource }: Committed, parameter: SearchParameter): readonly { readonly type: string; readonly id: string }[] {
  return resource === undefined ? [] : extractParameter(resource, parameter).flatMap((value) =>
    (value.kind === 'reference' && value.type !== undefined && value.id !== undefined ? [{ type: value.type, id: value.id }] : []));
}
