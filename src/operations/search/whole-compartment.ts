/**
 * A search of a compartment over all of its types, as `Patient/1/*` (https://hl7.org/fhir/R4/http.html#search): in the
 * order of the clinical date, in which the index keeps compartments, and in no other.
 */
import { notSupported } from '../../fhir/outcome.ts';
import { compartmentTypes } from '../../fhir/search/compartments.ts';
import type { CompartmentType } from '../../fhir/search/compartments.ts';
import type { ParseContext } from '../../fhir/search/parse.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { Parameter } from '../parameters.ts';
import type { FoundPage, PageStart, SearchStore } from './found-page.ts';
import { resolveQuery } from './resolve-query.ts';
import { queriesAcross } from './searched-types.ts';

export interface WholeCompartment {
  readonly store: SearchStore & Pick<DataStore, 'searchCompartment'>;
  readonly compartment: CompartmentType;
  readonly id: string;
}

/** @throws FhirError 400 for parameters that not all of the types have, and for what is not offered across a compartment */
export async function wholeCompartmentPage(
  { store, compartment, id }: WholeCompartment, asked: { readonly parameters: readonly Parameter[]; readonly context: ParseContext }, { cursor, atMost }: PageStart,
): Promise<FoundPage> {
  const queries = queriesAcross(asked.parameters, asked.context, compartmentTypes(compartment));
  const [first] = queries as [SearchQuery, ...SearchQuery[]];
  refuseWhatIsNotOffered(first);
  const resolved = await Promise.all(queries.map((query) => resolveQuery(store, query)));
  const { matches, next } = await store.searchCompartment(
    { compartment, id, queries: resolved.map((query) => ({ ...query, count: atMost ?? query.count })) },
    cursor,
  );
  const { applied, ignored, includes } = first;
  return { matches, next, applied, ignored, includes, explanations: [] };
}

function refuseWhatIsNotOffered({ sort, total, count, contained, joins, explain }: SearchQuery): void {
  const named = [
    [sort.length > 0, '_sort'], [total !== 'none' && count > 0, '_total'], [count === 0, '_count=0 and _summary=count'],
    [contained !== undefined, '_contained'], [joins !== undefined, 'Chains and _has'], [explain, '_explain'],
  ] as const;
  const refused = named.find(([isAsked]) => isAsked);
  if (refused !== undefined) throw notSupported(`${refused[1]} is not offered for all types of a compartment at once: search its types one by one.`);
}
