/**
 * What may be read to find out what a search asks for: value sets, hierarchies, lists. Each of them may be megabytes, and
 * a request may name hundreds.
 */
import { tooCostly } from '../../fhir/outcome.ts';
import type { DataStore } from '../../store/data-store.ts';

type Reading = Pick<DataStore, 'read' | 'search'>;

/** One after another: as many levels as a hierarchy may have resources, and as many again. */
export const maxResolvingReads = 2000;
/** All of it is parsed: some three seconds' work. A resource has up to 5 MB. */
export const maxResolvingCharacters = 20 * 1024 * 1024;

/** The store, for one search. Its reads throw FhirError 403 once they are too many. */
export function boundedReads(store: Reading): Reading {
  let reads = 0;
  let characters = 0;
  const checked = <Result>(result: Result, texts: readonly (string | undefined)[]): Result => {
    for (const text of texts) characters += text?.length ?? 0;
    if (characters > maxResolvingCharacters) throw tooMuch();
    return result;
  };
  const count = (): void => {
    reads += 1;
    if (reads > maxResolvingReads) throw tooMuch();
  };
  return {
    async read(type, id) {
      count();
      const version = await store.read(type, id);
      return checked(version, [version?.json]);
    },
    async search(query, cursor) {
      count();
      const page = await store.search(query, cursor);
      return checked(page, page.matches.map(({ json }) => json));
    },
  };
}

function tooMuch(): Error {
  return tooCostly('The value sets, hierarchies and lists that this search names take too much to be read. Name fewer of them, or smaller ones.');
}
