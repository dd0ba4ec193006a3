/**
 * A page with all that its matches bring along. Where that is more than one page holds, the page is searched again for
 * fewer matches: so the link to the next begins behind the last that is answered, and nothing is ever left out.
 */
import { tooCostly } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { SearchMatch } from '../../store/data-store.ts';
import { maxSearchPageBytes } from '../../store/store-context.ts';
import type { FoundPage, SearchStore } from './found-page.ts';
import { distinct, gatherMore, maxIncluded, nothingGathered } from './include-gathering.ts';
import type { Gathered, Gathering } from './include-gathering.ts';
import type { Found } from './include-search.ts';
import { seedsOf, showsContained } from './include-seeds.ts';

/** Of a request, its search among it: what is left of a gateway's 29 s is for searching again. */
export const includeTimeBudgetMs = 15_000;
/** Matches to begin with; every further round takes more. */
const firstMatches = 10;
const growth = 4;

export interface IncludingParts {
  readonly store: SearchStore;
  readonly clock: Pick<Clock, 'now'>;
}

export interface IncludingPage {
  readonly baseUrl: string;
  /** By which references wildcards bring along. */
  readonly searchParameters: SearchParameters;
  /** One page, of at most so many matches. */
  readonly find: (atMost?: number) => Promise<FoundPage>;
}

export interface FullPage {
  readonly found: FoundPage;
  readonly included: readonly Found[];
}

/** @throws FhirError 403 when what a single match brings along is more than a page holds */
export async function withIncluded({ store, clock }: IncludingParts, { baseUrl, searchParameters, find }: IncludingPage): Promise<FullPage> {
  const deadline = clock.now() + includeTimeBudgetMs;
  const isLate = (): boolean => clock.now() >= deadline;
  let found = await find();
  for (;;) {
    const { includes = [], matches } = found;
    if (includes.length === 0 || matches.length === 0) return { found, included: [] };
    const { taken, gathered } = await gatherWhatFits({ store, baseUrl, searchParameters, includes, isLate }, found);
    if (taken === matches.length) return { found, included: distinct(gathered) };
    if (taken === 0) throw tooMuch();
    const fewer = await find(taken);
    // Unless something was written meanwhile, these are the first of the same.
    if (fewer.matches.length === taken && fewer.matches.every((match, place) => isSame(match, matches[place]!))) {
      return { found: fewer, included: distinct(gathered) };
    }
    found = fewer;
  }
}

/** As many of the first matches as fit with what they bring along; none where not even one does. */
async function gatherWhatFits(
  gathering: Gathering, { matches, contained }: FoundPage,
): Promise<{ readonly taken: number; readonly gathered: Gathered }> {
  let gathered = nothingGathered;
  let taken = 0;
  let step = firstMatches;
  let grows = true;
  while (taken < matches.length && step > 0) {
    const some = matches.slice(taken, taken + step);
    const more = await gatherMore(gathering, gathered, {
      matches: some,
      seeds: some.flatMap((match) => seedsOf(match, contained)),
      answered: some.filter((match) => match.itself || !showsContained(match, contained)),
    });
    if (more === undefined) {
      grows = false;
      step = smaller(some.length, taken > 0);
    } else {
      gathered = more;
      taken += some.length;
      if (grows) step *= growth;
    }
    if (gathering.isLate()) break;
  }
  return { taken, gathered };
}

/** Few matches more are not worth another try once there are some. */
function smaller(tried: number, hasSome: boolean): number {
  const step = Math.floor(tried / growth);
  if (step >= firstMatches || tried === 1) return tried === 1 ? 0 : step;
  return hasSome ? 0 : Math.max(step, 1);
}

function isSame(one: SearchMatch, other: SearchMatch): boolean {
  return one.type === other.type && one.id === other.id && one.versionId === other.versionId;
}

function tooMuch(): Error {
  return tooCostly(
    `_include and _revinclude bring along up to ${maxIncluded} resources and ${maxSearchPageBytes / 1024 / 1024} MB a page, ` +
      `in ${includeTimeBudgetMs / 1000} s; one match alone has more. Ask for fewer of them, or search what refers to the match by itself.`,
  );
}
