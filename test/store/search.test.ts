/** Searches over the store as a whole: what paging and sorting promise, whatever drives them. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../src/fhir/search/parse.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { maxGatheredByDate } from '../../src/store/search.ts';
import { memoryTable } from './memory-table.ts';

const objects = { put: async () => {}, get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) };
const size = maxGatheredByDate + 100;

describe('more matches than are gathered, sorted by what the driver is not in the order of', () => {
  let store: OpenDataStore;

  beforeAll(async () => {
    store = openDataStore({
      resources: memoryTable(), index: memoryTable(), objects, clock: systemClock, ids: randomIds, secret: new Uint8Array(32), shards: 2,
    });
    for (let number = 0; number < size; number += 1) {
      const valueDateTime = number % 10 === 0 ? {} : { valueDateTime: new Date(Date.UTC(2020, 0, 1 + ((number * 7) % 900))).toISOString() };
      await store.write({ interaction: 'create', resource: { resourceType: 'Observation', status: 'final', code: { coding: [{ code: 'a' }] }, ...valueDateTime } });
    }
  });

  async function all(parameters: readonly (readonly [string, string])[]): Promise<{ id: string; value: string | undefined }[]> {
    const query = parseSearch('Observation', parameters, { baseUrl: 'http://localhost/r4', searchParameters: baseParameters });
    const found: { id: string; value: string | undefined }[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.search(query, cursor);
      for (const { id, json } of page.matches) found.push({ id, value: (JSON.parse(json!) as { valueDateTime?: string }).valueDateTime });
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  test.each(['value-date', '-value-date'])('_sort=%s answers each once, in order, those without the value last', async (sort) => {
    const found = await all([['code', 'a'], ['_sort', sort], ['_count', '500']]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(size);
    expect(found).toHaveLength(size);
    const values = found.map(({ value }) => value).filter((value) => value !== undefined);
    const sorted = values.toSorted();
    expect(values).toEqual(sort.startsWith('-') ? sorted.toReversed() : sorted);
    expect(found.slice(values.length).every(({ value }) => value === undefined)).toBe(true);
  });

  test('_sort=-_lastUpdated answers each once, newest first', async () => {
    const found = await all([['code', 'a'], ['_sort', '-_lastUpdated'], ['_count', '700']]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(size);
    expect(found).toHaveLength(size);
  });
});
