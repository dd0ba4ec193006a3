import { describe, expect, test } from '@jest/globals';
import type { WalkPlace } from '../../../src/operations/search/system-cursor.ts';
import { walkTypes } from '../../../src/operations/search/walk-types.ts';
import { routedTypes } from '../../../src/operations/route.ts';
import { maxSearchPageBytes, searchTimeBudgetMs } from '../../../src/store/store-context.ts';
import { idsOf, queriesOf, stockedStore } from './stocked-store.ts';
import type { Stocked } from './stocked-store.ts';

/** Ids page by page. */
async function pages(parts: Stocked, types: readonly string[], count: number): Promise<readonly (readonly string[])[]> {
  const queries = queriesOf(types, [['_count', String(count)]]);
  const found: (readonly string[])[] = [];
  let place: WalkPlace | undefined = { position: 0 };
  while (place !== undefined && found.length < 50) {
    const page = await walkTypes(parts, queries, place);
    found.push(idsOf(page));
    place = page.next;
  }
  return found;
}

const some = (count: number): readonly object[] => Array.from({ length: count }, () => ({}));

describe('a search across types without an order of its own', () => {
  test('answers the matches of each type after those of the one before', async () => {
    const parts = stockedStore({ Patient: some(2), Group: some(1) });
    expect(await pages(parts, ['Patient', 'Device', 'Group'], 10)).toEqual([['Patient-0', 'Patient-1', 'Group-0']]);
  });

  test.each([1, 2, 3, 4, 5, 7])('answers each match once, %d a page', async (count) => {
    const parts = stockedStore({ Patient: some(3), Group: some(4), Device: some(2), Person: some(1) });
    const found = await pages(parts, ['Patient', 'Device', 'Account', 'Group', 'Person'], count);
    expect(found.flat()).toEqual([
      'Patient-0', 'Patient-1', 'Patient-2', 'Device-0', 'Device-1', 'Group-0', 'Group-1', 'Group-2', 'Group-3', 'Person-0',
    ]);
    for (const page of found) expect(page.length).toBeLessThanOrEqual(count);
  });

  test('asks each type once where most have nothing', async () => {
    const parts = stockedStore({ VisionPrescription: some(1) });
    const [found] = await pages(parts, routedTypes, 10);
    expect(found).toEqual(['VisionPrescription-0']);
    expect(parts.asked).toHaveLength(routedTypes.length);
  });

  test('closes a page at its size, and goes on behind it', async () => {
    const large = { text: { div: 'x'.repeat(maxSearchPageBytes * 0.6) } };
    const parts = stockedStore({ Patient: [large], Group: [large], Device: [{}] });
    expect(await pages(parts, ['Patient', 'Group', 'Device'], 10)).toEqual([['Patient-0'], ['Group-0', 'Device-0']]);
  });

  test('a page ends when its time is spent, with what it has', async () => {
    const parts = stockedStore({ Group: some(1) }, searchTimeBudgetMs);
    const found = await pages(parts, ['Patient', 'Device', 'Account', 'Group'], 10);
    expect(found.flat()).toEqual(['Group-0']);
    expect(found.length).toBeGreaterThan(1);
  });
});
