/** `_list`: the ids of what Lists refer to (https://hl7.org/fhir/R4/search.html#list). */
import { notFound, tooCostly } from '../../fhir/outcome.ts';
import { isObject, parseJson } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import { parseReference } from '../../fhir/search/kinds/reference.ts';
import { searchParameter } from '../../fhir/search/parameters.ts';
import type { Clause, Criterion } from '../../fhir/search/criteria.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import type { DataStore } from '../../store/data-store.ts';

type Reading = Pick<DataStore, 'read'>;

/** Each is looked up by its id; a list for people, which is what List is for, is far shorter. */
export const maxListed = 10_000;

/**
 * A clause on `_id`, without a criterion when the Lists hold nothing of the type: then nothing matches.
 *
 * @param ids of Lists, one of which has to hold the resource
 * @throws FhirError 404 for a List that is not there: "no matches" would say that it is empty
 */
export async function resolveList(store: Reading, query: SearchQuery, ids: readonly string[]): Promise<Clause> {
  const listed = new Set<string>();
  for (const id of new Set(ids)) {
    const json = (await store.read('List', id))?.json;
    if (json === undefined) throw notFound('_list names a List that is not here.');
    for (const entry of listedIds(parseJson(json), query)) listed.add(entry);
    if (listed.size > maxListed) throw tooCostly(`_list may name ${maxListed} resources of a type; these Lists have more.`);
  }
  const criteria = [...listed].map((code): Criterion => ({ kind: 'token', code }));
  return { parameter: searchParameter(query.type, '_id')!, criteria };
}

/** Entries that are marked as deleted from the list are history, not members (https://hl7.org/fhir/R4/list-definitions.html#List.entry.deleted). */
function listedIds(list: Json, { type, baseUrl }: SearchQuery): string[] {
  const entries = isObject(list) && Array.isArray(list.entry) ? list.entry : [];
  return entries.flatMap((entry) => {
    if (!isObject(entry) || entry.deleted === true || !isObject(entry.item)) return [];
    const { reference } = entry.item;
    const parts = typeof reference === 'string' ? parseReference(reference, baseUrl) : undefined;
    return parts?.type === type && parts.id !== undefined && parts.base === undefined ? [parts.id] : [];
  });
}
