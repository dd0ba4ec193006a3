import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { maxMerged, mergeTypes } from '../../../src/operations/search/merge-types.ts';
import type { MergePlace } from '../../../src/operations/search/system-cursor.ts';
import { maxSearchPageBytes } from '../../../src/store/store-context.ts';
import { idsOf, queriesOf, stockedStore } from './stocked-store.ts';
import type { Stock, Stocked } from './stocked-store.ts';

const observed = (date?: string) => ({ status: 'final', ...(date === undefined ? {} : { effectiveDateTime: date }) });
const performed = (date: string) => ({ performedDateTime: date });

const stock: Stock = {
  Observation: [observed('2024-03-01'), observed('2024-01-01'), observed(), observed('2024-02-01')],
  Procedure: [performed('2024-02-01'), performed('2024-04-01'), performed('2023-01-01')],
};
const ascending = ['Procedure-2', 'Observation-1', 'Observation-3', 'Procedure-0', 'Observation-0', 'Procedure-1', 'Observation-2'];
const descending = ['Procedure-1', 'Observation-0', 'Observation-3', 'Procedure-0', 'Observation-1', 'Procedure-2', 'Observation-2'];

async function pages(parts: Stocked, sort: string, count: number): Promise<readonly (readonly string[])[]> {
  const queries = queriesOf(['Observation', 'Procedure'], [['_sort', sort], ['_count', String(count)]]);
  const found: (readonly string[])[] = [];
  let place: MergePlace | undefined;
  do {
    const page = await mergeTypes(parts, queries, place);
    found.push(idsOf(page));
    place = page.next;
  } while (place !== undefined && found.length < 50);
  return found;
}

async function refusal(work: Promise<unknown>): Promise<FhirError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof FhirError) return error;
  throw new Error('It was not refused.');
}

describe('a sorted search across types', () => {
  test.each([1, 2, 3, 4, 7, 10])('orders the matches of all types together, %d a page; what has no value follows', async (count) => {
    expect((await pages(stockedStore(stock), 'date', count)).flat()).toEqual(ascending);
    expect((await pages(stockedStore(stock), '-date', count)).flat()).toEqual(descending);
  });

  test('a page closes at its size, and loses nothing that is smaller and comes later', async () => {
    const large = { text: { div: 'x'.repeat(maxSearchPageBytes * 0.7) } };
    const parts = stockedStore({
      Observation: [{ ...observed('2024-01-01'), ...large }, { ...observed('2024-03-01'), ...large }, observed('2024-05-01')],
      Procedure: [{ ...performed('2024-02-01'), ...large }, performed('2024-04-01')],
    });
    expect(await pages(parts, 'date', 10)).toEqual([['Observation-0'], ['Procedure-0'], ['Observation-1', 'Procedure-1', 'Observation-2']]);
  });

  test('more matches than one request may sort are refused with advice', async () => {
    const many = Array.from({ length: maxMerged }, () => performed('2024-01-01'));
    const error = await refusal(pages(stockedStore({ Observation: [observed()], Procedure: many }), 'date', 10));
    expect(error.status).toBe(403);
    expect(error.issues[0]).toMatchObject({ code: 'too-costly', diagnostics: expect.stringContaining('_type') });
  });

  test('a page whose beginning is no longer kept is refused', async () => {
    const queries = queriesOf(['Observation', 'Procedure'], [['_sort', 'date']]);
    const error = await refusal(mergeTypes(stockedStore(stock), queries, { type: 'Observation', id: 'gone', versionId: 1 }));
    expect(error.status).toBe(400);
  });
});
