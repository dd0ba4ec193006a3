/**
 * What some matches bring along, and what that brings along in turn on `:iterate`, until nothing new is found
 * (https://hl7.org/fhir/R4/search.html#revinclude).
 */
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { Include } from '../../fhir/search/search-query.ts';
import type { ResourceVersion } from '../../store/data-store.ts';
import { maxSearchPageBytes } from '../../store/store-context.ts';
import type { SearchStore } from './found-page.ts';
import { referred } from './include-referred.ts';
import { referring } from './include-referring.ts';
import type { Found, Including } from './include-search.ts';
import { seedOf } from './include-seeds.ts';
import type { Seed } from './include-seeds.ts';

/** Resources that come along with the matches of one page: as many as a page may have matches. */
export const maxIncluded = 1000;

/** The matches of a page so far, and what they bring along. */
export interface Gathered {
  /** By name, as {@link nameOf} and, of those asked for by version, {@link versionNameOf} have it. */
  readonly included: ReadonlyMap<string, Found>;
  /** The matches that are answered themselves: names of both kinds. */
  readonly answered: ReadonlySet<string>;
  /** Of the matches. */
  readonly bytes: number;
}

export const nothingGathered: Gathered = { included: new Map(), answered: new Set(), bytes: 0 };

export interface Gathering {
  readonly store: SearchStore;
  readonly baseUrl: string;
  readonly searchParameters: SearchParameters;
  readonly includes: readonly Include[];
  readonly isLate: () => boolean;
}

/** Further matches of the page. */
export interface Further {
  readonly matches: readonly ResourceVersion[];
  readonly seeds: readonly Seed[];
  /** Those that are answered themselves. */
  readonly answered: readonly ResourceVersion[];
}

/** @returns `undefined` when all of it together does not fit on one page, or takes too long */
export async function gatherMore(gathering: Gathering, before: Gathered, further: Further): Promise<Gathered | undefined> {
  const answered = new Set([...before.answered, ...further.answered.flatMap((one) => [nameOf(one), versionNameOf(one)])]);
  const bytes = before.bytes + further.matches.reduce((sum, { json = '' }) => sum + json.length, 0);
  const included = new Map(before.included);
  for (const name of answered) included.delete(name);
  const fits = gatherInto({ ...gathering, included, answered, bytes });
  return await fits(further.seeds) ? { included, answered, bytes } : undefined;
}

interface Filling extends Gathering {
  readonly included: Map<string, Found>;
  readonly answered: ReadonlySet<string>;
  readonly bytes: number;
}

function gatherInto({ store, baseUrl, searchParameters, isLate, includes, included, answered, bytes }: Filling): (seeds: readonly Seed[]) => Promise<boolean> {
  let size = bytes + [...included.values()].reduce((sum, { json }) => sum + json.length, 0);
  let fresh: Found[] = [];
  const isThere = (name: string): boolean => included.has(name) || answered.has(name);
  const including: Including = {
    store,
    baseUrl,
    searchParameters,
    most: maxIncluded,
    isLate,
    isKnown: ({ versionId, ...key }) => isThere(versionId === undefined ? nameOf(key) : versionNameOf({ ...key, versionId })),
    keep(found) {
      for (const one of found) {
        const name = one.isVersion ? versionNameOf(one) : nameOf(one);
        if (isThere(name)) continue;
        included.set(name, one);
        fresh.push(one);
        size += one.json.length;
      }
      return included.size <= maxIncluded && size <= maxSearchPageBytes;
    },
  };
  const bring = async (asked: readonly Include[], seeds: readonly Seed[]): Promise<boolean> =>
    await referred(including, asked.filter(({ reverse }) => !reverse), seeds)
    && await referring(including, asked.filter(({ reverse }) => reverse), seeds);

  const again = includes.filter(({ iterate }) => iterate);
  return async (matched) => {
    let asked = includes;
    for (let seeds = matched; seeds.length > 0 && asked.length > 0; asked = again) {
      fresh = [];
      if (!await bring(asked, seeds)) return false;
      seeds = again.length === 0 ? [] : fresh.map(seedOf);
    }
    return included.size <= maxIncluded && size <= maxSearchPageBytes;
  };
}

function nameOf({ type, id }: Pick<ResourceVersion, 'type' | 'id'>): string {
  return `${type}/${id}`;
}

function versionNameOf(version: Pick<ResourceVersion, 'type' | 'id' | 'versionId'>): string {
  return `${nameOf(version)}/_history/${version.versionId}`;
}

/** Each version once: one that was asked for by its number may be the current one as well. */
export function distinct({ included }: Gathered): readonly Found[] {
  return [...new Map([...included.values()].map((one) => [versionNameOf(one), one])).values()];
}
