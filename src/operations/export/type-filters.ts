/**
 * What an export asks of resources of a type: `_typeFilter`, of which one search has to match
 * (https://hl7.org/fhir/uv/bulkdata/export.html#_typefilter-query-parameter), and HealthLake's `_security` and `_tag`, of which
 * all have to be there.
 */
import { FhirError } from '../../fhir/outcome.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import type { NameValue, ParseContext } from '../../fhir/search/parse.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import { parseParameters } from '../parameters.ts';
import { resolveQuery } from '../search/resolve-query.ts';
import type { ExportDependencies } from './export-dependencies.ts';
import { ExportFailed } from './export-job.ts';
import type { ExportRequest } from './export-job.ts';

/** What a resource of one type has to be. */
export interface TypeQueries {
  readonly every: readonly SearchQuery[];
  /** One of them, where there are any. */
  readonly some: readonly SearchQuery[];
}

/** @returns for a type, what is asked of its resources; `undefined` for nothing */
export type QueriesOf = (type: string) => Promise<TypeQueries | undefined>;

/** Parsed and resolved when a type is first met. @throws ExportFailed, by the function, for a search that cannot be made */
export async function typeQueries(request: ExportRequest, store: ExportDependencies['store']): Promise<QueriesOf> {
  const context: ParseContext = { baseUrl: request.baseUrl ?? '', searchParameters: await store.searchParameters() };
  const known = new Map<string, Promise<TypeQueries | undefined>>();
  const find = async (type: string): Promise<TypeQueries | undefined> => {
    const labels = labelsOf(request);
    const filters = (request.typeFilters ?? []).flatMap((filter) => parametersOf(filter, type));
    if (labels.length + filters.length === 0) return undefined;
    const query = (parameters: readonly NameValue[]) => resolveQuery(store, parseSearch(type, parameters, context));
    try {
      const every = labels.length === 0 ? [] : [await query(labels)];
      const some: SearchQuery[] = [];
      for (const parameters of filters) some.push(await query(parameters));
      return { every, some };
    } catch (error) {
      if (error instanceof FhirError) throw new ExportFailed(`What is asked of resources of the type ${type} cannot be told: ${error.message}`, { cause: error });
      throw error;
    }
  };
  return (type) => {
    const found = known.get(type) ?? find(type);
    known.set(type, found);
    return found;
  };
}

/** Of `Type?parameters`; nothing for another type. */
function parametersOf(filter: string, type: string): readonly (readonly NameValue[])[] {
  const question = filter.indexOf('?');
  return filter.slice(0, question) === type ? [parseParameters(filter.slice(question + 1))] : [];
}

function labelsOf({ security = [], tags = [] }: ExportRequest): readonly NameValue[] {
  const named = (name: string) => (label: string): NameValue => [name, escaped(label)];
  return [...security.map(named('_security')), ...tags.map(named('_tag'))];
}

/** `system|code` as HealthLake takes it has no escapes; in a search a comma would separate values. */
function escaped(label: string): string {
  return label.replace(/[\\,$]/g, '\\$&');
}
