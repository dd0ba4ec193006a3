/**
 * A search across types (https://hl7.org/fhir/R4/http.html#search): from its parameters to one query for each type. Only
 * parameters that all of the types have may be used.
 */
import { badRequest, FhirError } from '../../fhir/outcome.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import type { ParseContext } from '../../fhir/search/parse.ts';
import type { SearchQuery } from '../../fhir/search/search-query.ts';
import { single } from '../parameters.ts';
import type { Parameter } from '../parameters.ts';
import { routedTypes } from '../route.ts';

const known: ReadonlySet<string> = new Set(routedTypes);

/**
 * @param parameters with `_type`, which names types between commas; without it all types are searched
 * @param searched the types there are
 * @returns a query for each type, in the order named, or of the alphabet; never none
 * @throws FhirError 400 for an unknown type, and for parameters that not all of the types have, unless handling is lenient
 */
export function queriesAcross(parameters: readonly Parameter[], context: ParseContext, searched = routedTypes): readonly SearchQuery[] {
  const isTypes = ([name, value]: Parameter): boolean => name === '_type' && value !== '';
  const named = single(parameters.filter(isTypes), '_type');
  const types = named === undefined ? searched : typesIn(named, searched);
  const others = parameters.filter((parameter) => !isTypes(parameter));
  const asked = queriesOf(types, others, context);
  const ignored = [...new Set(asked.flatMap((query) => query.ignored))];
  const queries = ignored.length === 0 ? asked : withoutIgnored(asked, ignored, { types, others, context });
  if (named === undefined) return queries;
  return queries.map((query) => ({ ...query, applied: [['_type', named], ...query.applied] }));
}

function typesIn(list: string, searched: readonly string[]): readonly string[] {
  const types = [...new Set(list.split(',').map((type) => type.trim()))];
  if (types.every((type) => searched.includes(type))) return types;
  if (types.every((type) => known.has(type))) throw badRequest('A type in _type has no members in the compartment: leave it out.');
  throw badRequest('_type lists resource types of FHIR R4, separated by commas, as in _type=Observation,Condition. One of those given is none.');
}

interface Searched {
  readonly types: readonly string[];
  readonly others: readonly Parameter[];
  readonly context: ParseContext;
}

/** What one type passes over, all pass over: else a parameter would narrow some of the types only. */
function withoutIgnored(asked: readonly SearchQuery[], ignored: readonly string[], { types, others, context }: Searched): readonly SearchQuery[] {
  const inSome = new Set(ignored.filter((name) => !asked.every((query) => query.ignored.includes(name))));
  const queries = inSome.size === 0 ? asked : queriesOf(types, others.filter(([name]) => !inSome.has(name)), context);
  return queries.map((query) => ({ ...query, ignored }));
}

function queriesOf(types: readonly string[], parameters: readonly Parameter[], context: ParseContext): readonly SearchQuery[] {
  try {
    return types.map((type) => parseSearch(type, parameters, context));
  } catch (error) {
    if (types.length === 1 || !(error instanceof FhirError)) throw error;
    throw new FhirError(error.status, error.issues.map((issue) => ({ ...issue, diagnostics: `${issue.diagnostics} ${advice}` })));
  }
}

const advice = 'A search across types takes the parameters that all of them have: name fewer types in _type, or search each type by itself.';
