/** Stays of days by a code and a date (https://hl7.org/fhir/R4/search.html#date): what ended long before is not read. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { costMeter } from '../../bench/cost-meter.ts';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from './memory-table.ts';

const dayMs = 86_400_000;
const stays = 600;
/** One stay of each class begins every day, of the rare one in the first thirty. */
const begin = Date.UTC(2022, 0, 1);
const dayOf = (number: number): string => new Date(begin + number * dayMs).toISOString().slice(0, 10);

let made = 0;
let now = Date.UTC(2026, 0, 1);
const meter = costMeter();
const store = openDataStore({
  resources: meter.wrap('resources', memoryTable()),
  index: meter.wrap('index', memoryTable()),
  objects: undefined as unknown as ObjectStore,
  clock: { now: () => (now += 1), sleep: () => Promise.resolve() },
  ids: {
    uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`,
    writeId: (nowMs) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, () => (made += 1))),
    rev: () => `rev${(made += 1)}`,
  },
  secret: new Uint8Array(32),
  shards: 1,
});

/** A stay of three days, or of an hour. */
function stay(id: string, code: string, start: number): Resource & { id: string } {
  const period = { start: new Date(start).toISOString(), end: new Date(start + (code === 'AMB' ? dayMs / 24 : 3 * dayMs)).toISOString() };
  return { resourceType: 'Encounter', id, status: 'finished', class: { code }, period };
}

beforeAll(async () => {
  const resources = Array.from({ length: stays }, (_, day) => [
    stay(`imp-${day}`, 'IMP', begin + day * dayMs),
    stay(`amb-${day}`, 'AMB', begin + day * dayMs),
    ...(day < 30 ? [stay(`rare-${day}`, 'RARE', begin + day * dayMs)] : []),
  ]).flat();
  // One that has lasted from the beginning.
  resources.push({ ...stay('open', 'IMP', begin), period: { start: new Date(begin).toISOString() } });
  await store.transact(resources.map((resource) => ({ interaction: 'update', resource })));
});

/** The ids on all pages, in order, and what the first page cost. */
async function found(...parameters: NameValue[]): Promise<{ ids: readonly string[]; readUnits: number }> {
  const query = parseSearch('Encounter', parameters, { baseUrl: 'http://store.example', searchParameters: baseParameters });
  const { result: first, readUnits } = await meter.measure(() => store.search(query));
  const ids = first.matches.map(({ id }) => id);
  for (let { next } = first; next !== undefined;) {
    const page = await store.search(query, next);
    ids.push(...page.matches.map(({ id }) => id));
    next = page.next;
  }
  return { ids: ids.sort(), readUnits };
}

/** Stays of the class that end after the beginning of the day, and the one that has not ended. */
const expected = (code: 'imp' | 'amb', day: number, lasting: number): readonly string[] =>
  [...Array.from({ length: stays - day + lasting }, (_, place) => `${code}-${day - lasting + place}`), ...(code === 'imp' ? ['open'] : [])].sort();

describe('a search by class and date', () => {
  test('reads no stay that ended before, where few are of those dates', async () => {
    const day = stays - 10;
    const { ids, readUnits } = await found(['class', 'IMP'], ['date', `ge${dayOf(day)}`]);
    expect(ids).toEqual(expected('imp', day, 3));
    // Stays of both classes, and a unit or two for each page of forty entries.
    expect(readUnits).toBeLessThanOrEqual(2 * 15 + 12);
  });

  test('reads few of them where half of all are of those dates, page by page', async () => {
    const day = stays / 2;
    const { ids, readUnits } = await found(['class', 'IMP'], ['date', `ge${dayOf(day)}`], ['_count', '10']);
    expect(ids).toEqual(expected('imp', day, 3));
    expect(readUnits).toBeLessThanOrEqual(100);
  });

  test('counts them, and sorts them by something else', async () => {
    const day = stays - 50;
    const asked: NameValue[] = [['class', 'IMP'], ['date', `ge${dayOf(day)}`]];
    const query = parseSearch('Encounter', [...asked, ['_count', '0']], { baseUrl: 'http://store.example', searchParameters: baseParameters });
    expect((await store.search(query)).total).toBe(expected('imp', day, 3).length);
    expect((await found(...asked, ['_sort', 'status,-date'], ['_count', '20'])).ids).toEqual(expected('imp', day, 3));
    expect((await found(...asked, ['_sort', '-date'], ['_count', '20'])).ids).toEqual(expected('imp', day, 3));
  });

  test('of a class that has few stays reads those', async () => {
    const { ids, readUnits } = await found(['class', 'RARE'], ['date', `ge${dayOf(20)}`]);
    expect(ids).toEqual(Array.from({ length: 13 }, (_, place) => `rare-${17 + place}`).sort());
    expect(readUnits).toBeLessThanOrEqual(30 + 6);
  });

  test('of a class whose stays are short reads its own entries alone', async () => {
    const { ids, readUnits } = await found(['class', 'AMB'], ['date', `ge${dayOf(stays - 20)}`]);
    expect(ids).toEqual(expected('amb', stays - 20, 0));
    expect(readUnits).toBeLessThanOrEqual(20 + 1 + 3);
  });
});
