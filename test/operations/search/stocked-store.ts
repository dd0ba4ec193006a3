/** A store of fixed matches by type, that pages and counts as the real one does, and tells what it was asked. */
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import type { SearchQuery } from '../../../src/fhir/search/search-query.ts';
import type { SearchParts } from '../../../src/operations/search/walk-types.ts';
import type { SearchMatch } from '../../../src/store/data-store.ts';
import { sealer } from '../../../src/store/sealer.ts';
import { baseUrl } from '../requests.ts';

export interface Stocked extends SearchParts {
  /** `Type:count` of every search, in order. */
  readonly asked: string[];
  /** Moved by each search. */
  readonly time: { now: number };
}

export interface Stock {
  readonly [type: string]: readonly object[];
}

/** @param searchMs what the clock moves by with every search */
export function stockedStore(stock: Stock, searchMs = 1): Stocked {
  const asked: string[] = [];
  const time = { now: Date.UTC(2024, 0, 1) };
  const matches = new Map(Object.entries(stock).map(([type, resources]) => [type, resources.map((resource, i) => matchOf(type, i, resource))]));
  return {
    asked,
    time,
    clock: { now: () => time.now },
    store: {
      searchParameters: async () => baseParameters,
      sealer: sealer(new Uint8Array(32)),
      read: async () => undefined,
      readMany: async (keys) => keys.map(() => undefined),
      vread: async (type, id) => matches.get(type)?.find((match) => match.id === id),
      async search({ type, count, total }, cursor) {
        asked.push(`${type}:${count}`);
        time.now += searchMs;
        const all = matches.get(type) ?? [];
        const begin = Number(cursor ?? 0);
        const page = all.slice(begin, begin + count);
        const isLast = begin + count >= all.length;
        return { matches: page, ...(isLast || count === 0 ? {} : { next: String(begin + count) }), ...(total === 'none' ? {} : { total: all.length }) };
      },
    },
  };
}

function matchOf(type: string, place: number, resource: object): SearchMatch {
  const id = `${type}-${place}`;
  const json = JSON.stringify({ resourceType: type, id, ...resource });
  return { type, id, versionId: 1, lastUpdated: Date.UTC(2024, 0, 1) + place, interaction: 'create', json };
}

export function queriesOf(types: readonly string[], parameters: readonly (readonly [string, string])[]): readonly SearchQuery[] {
  return types.map((type) => parseSearch(type, parameters, { baseUrl, searchParameters: baseParameters }));
}

export function idsOf({ matches }: { readonly matches: readonly SearchMatch[] }): readonly string[] {
  return matches.map(({ id }) => id);
}
