import { describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import type { Condition } from '../../../src/fhir/search/criteria.ts';
import { pageOf } from '../../../src/operations/search/answer-search.ts';
import { maxIncluded } from '../../../src/operations/search/include-gathering.ts';
import { includeTimeBudgetMs, withIncluded } from '../../../src/operations/search/include-page.ts';
import type { FullPage } from '../../../src/operations/search/include-page.ts';
import type { SearchMatch } from '../../../src/store/data-store.ts';
import { maxSearchPageBytes } from '../../../src/store/store-context.ts';
import { baseUrl } from '../requests.ts';
import { stockedStore } from './stocked-store.ts';
import type { Stocked } from './stocked-store.ts';

interface Ward {
  /** Observations of each patient. */
  readonly observations: readonly number[];
  readonly characters?: number;
  readonly searchMs?: number;
}

/** Patients as `stockedStore` has them, of which each has some observations. */
function ward({ observations, characters = 0, searchMs = 0 }: Ward): Stocked {
  const parts = stockedStore({ Patient: observations.map(() => ({})) }, searchMs);
  const text = 'x'.repeat(characters);
  const observationsOf = (patient: string): readonly SearchMatch[] =>
    Array.from({ length: observations[Number(patient.split('-')[1])]! }, (_none, i) => {
      const id = `${patient}-${i}`;
      const json = JSON.stringify({ resourceType: 'Observation', id, subject: { reference: `Patient/${patient}` }, text });
      return { type: 'Observation', id, versionId: 1, lastUpdated: 0, interaction: 'create', json };
    });
  return {
    ...parts,
    store: {
      ...parts.store,
      async search(query, cursor) {
        if (query.type !== 'Observation') return parts.store.search(query, cursor);
        parts.time.now += searchMs;
        const all = query.conditions.flatMap(patientsIn).flatMap(observationsOf);
        const end = Number(cursor ?? 0) + query.count;
        return { matches: all.slice(end - query.count, end), ...(all.length > end ? { next: String(end) } : {}) };
      },
    },
  };
}

function patientsIn(condition: Condition): readonly string[] {
  if (condition.operator === 'not' || condition.operator === 'entity') return [];
  if (condition.operator !== 'clause') return condition.conditions.flatMap(patientsIn);
  return condition.clause.criteria.flatMap((criterion) => (criterion.kind === 'reference' ? criterion.id ?? [] : []));
}

async function page(parts: Stocked, cursor?: string): Promise<FullPage> {
  const query = parseSearch('Patient', [['_revinclude', 'Observation:subject']], { baseUrl, searchParameters: baseParameters });
  return withIncluded(parts, { baseUrl, searchParameters: baseParameters, find: (atMost) => pageOf(parts, query, { ...(cursor === undefined ? {} : { cursor }), ...(atMost === undefined ? {} : { atMost }) }) });
}

/** Page by page, how many matches and how many that came along. */
async function pages(parts: Stocked): Promise<readonly (readonly [number, number])[]> {
  const sizes: [number, number][] = [];
  let cursor: string | undefined;
  do {
    const { found, included }: FullPage = await page(parts, cursor);
    sizes.push([found.matches.length, included.length]);
    const ids = new Set(found.matches.map(({ id }) => `Patient/${id}`));
    expect(included.every(({ json }) => ids.has((JSON.parse(json) as { subject: { reference: string } }).subject.reference))).toBe(true);
    cursor = found.next;
  } while (cursor !== undefined && sizes.length < 50);
  return sizes;
}

describe('a page with what its matches bring along', () => {
  test('has all of it', async () => {
    expect(await pages(ward({ observations: [1, 0, 20, 3] }))).toEqual([[4, 24]]);
  });

  test('has fewer matches where they bring along more than a page holds, and the others follow', async () => {
    expect(await pages(ward({ observations: [600, 300, 100, 1, 999] }))).toEqual([[3, maxIncluded], [2, maxIncluded]]);
  });

  test('has fewer matches where all together are too large', async () => {
    expect(await pages(ward({ observations: [1, 1, 1, 1], characters: maxSearchPageBytes * 0.4 }))).toEqual([[2, 2], [2, 2]]);
  });

  test('has some of many matches', async () => {
    const sizes = await pages(ward({ observations: Array.from({ length: 50 }, () => 30) }));
    expect(sizes.reduce((sum, [matches]) => sum + matches, 0)).toBe(50);
    for (const [matches, included] of sizes) expect(included).toBe(30 * matches);
    expect(sizes.length).toBeLessThan(5);
  });

  test('is refused where one match alone brings along more, and says what to do', async () => {
    await expect(page(ward({ observations: [1001] }))).rejects.toMatchObject({ status: 403, issues: [{ code: 'too-costly', diagnostics: expect.stringContaining('search what refers to the match') }] });
    await expect(page(ward({ observations: [2], characters: maxSearchPageBytes / 2 }))).rejects.toMatchObject({ status: 403 });
  });

  test('begins no further search when its time is spent', async () => {
    const parts = ward({ observations: [1, 2], searchMs: includeTimeBudgetMs });
    const store: typeof parts.store = {
      ...parts.store,
      search: async (query, cursor) => ({ ...(await parts.store.search(query, cursor)), ...(query.type === 'Observation' ? { next: 'more' } : {}) }),
    };
    await expect(page({ ...parts, store })).rejects.toMatchObject({ status: 403, issues: [{ code: 'too-costly' }] });
  });

  test('has what was found when its time is spent', async () => {
    expect(await pages(ward({ observations: Array.from({ length: 30 }, () => 1), searchMs: includeTimeBudgetMs / 2 }))).toEqual([[10, 10], [10, 10], [10, 10]]);
  });
});
