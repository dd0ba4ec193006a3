/** The entries of a searchset Bundle (https://hl7.org/fhir/R4/bundle.html#searchset). */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { ContainedSearch } from '../../fhir/search/search-query.ts';
import type { ResourceVersion, SearchMatch } from '../../store/data-store.ts';
import { fullUrlText } from '../bundle-text.ts';
import type { Subset } from '../subset.ts';

export interface Presentation {
  readonly baseUrl: string;
  readonly shown: Subset;
  /** What is answered for a match within a resource; absent where none was searched. */
  readonly contained?: ContainedSearch['answer'];
}

/**
 * A match is one entry. Resources that matched within another are answered by the one that contains them, once, or by
 * themselves: then `fullUrl` names each by its internal id (https://hl7.org/fhir/R4/search.html#contained).
 */
export function matchEntries(match: SearchMatch, { baseUrl, shown, contained: answer }: Presentation): readonly string[] {
  const { json, contained = [], itself } = match;
  if (json === undefined) return [];
  const whole = [entryText(fullUrlText(baseUrl, match), shown(json))];
  if (answer !== 'contained' || contained.length === 0) return whole;
  const parts = containedIn(json, contained).map(({ id, text }) => entryText(fullUrlText(baseUrl, match, id), shown(text)));
  return itself ? [...whole, ...parts] : parts;
}

/** What comes along with matches. The same resource may come in several versions, which R4 tells apart by `meta`. */
export function includedEntries(versions: readonly ResourceVersion[], { baseUrl, shown }: Presentation): readonly string[] {
  return versions.flatMap((version) =>
    (version.json === undefined ? [] : [entryText(fullUrlText(baseUrl, version), shown(version.json), 'include')]));
}

function entryText(fullUrl: string, resource: string, mode: 'match' | 'include' = 'match'): string {
  return `{${fullUrl},"resource":${resource},"search":{"mode":"${mode}"}}`;
}

/** The resources with these ids, in document order. */
function containedIn(json: string, ids: readonly string[]): readonly { readonly id: string; readonly text: string }[] {
  const { contained } = parseJson(json) as JsonObject;
  const wanted = new Set(ids);
  const found: { id: string; text: string }[] = [];
  for (const each of Array.isArray(contained) ? contained : []) {
    // A second resource of the same id cannot be referred to, and was not searched either.
    if (isObject(each) && typeof each['id'] === 'string' && wanted.delete(each['id'])) found.push({ id: each['id'], text: JSON.stringify(each) });
  }
  return found;
}

/** The one entry that tells of the search itself. It is no stored resource, so it has no URL. */
export function outcomeEntry(issues: readonly Issue[]): string {
  return `{"resource":${JSON.stringify(operationOutcome(issues))},"search":{"mode":"outcome"}}`;
}
