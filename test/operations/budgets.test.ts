/** What operations over several resources may cost: round trips that wait for each other, and read and write units. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Cost } from '../../bench/cost-meter.ts';
import { create } from '../../src/operations/create.ts';
import { everything } from '../../src/operations/everything.ts';
import type { OperationRequest } from '../../src/operations/operation.ts';
import { searchType } from '../../src/operations/search-type.ts';
import { measuredStore } from './measured-store.ts';

const baseUrl = 'http://localhost/r4';
const rows = 20;
const performers = 4;

const bench = measuredStore();
const { store, meter, clock } = bench;

function request(query: string, path: Record<string, string>, more: Partial<OperationRequest> = {}): OperationRequest {
  return { method: 'GET', baseUrl, path, query, headers: {}, caller: '', ...more };
}

interface Answered extends Cost {
  readonly matches: number;
  readonly included: number;
  readonly next: string | undefined;
}

async function measured(ask: () => Promise<{ readonly json?: string }>): Promise<Answered> {
  const { result, ...cost } = await meter.measure(ask);
  const { entry = [], link = [] } = JSON.parse(result.json ?? '{}') as { entry?: { search: { mode: string } }[]; link?: { relation: string; url: string }[] };
  const ofMode = (mode: string): number => entry.filter(({ search }) => search.mode === mode).length;
  const next = link.find(({ relation }) => relation === 'next')?.url;
  return { ...cost, matches: ofMode('match'), included: ofMode('include'), next: next?.slice(next.indexOf('?') + 1) };
}

beforeAll(async () => {
  await store.write({ interaction: 'update', resource: { resourceType: 'Patient', id: 'p', identifier: [{ value: 'known' }] } });
  for (let one = 0; one < performers; one += 1) await store.write({ interaction: 'update', resource: { resourceType: 'Practitioner', id: `d${one}` } });
  for (let one = 0; one < rows; one += 1) {
    await store.write({
      interaction: 'update',
      resource: {
        resourceType: 'Observation', id: `o${one}`, status: 'final', code: { coding: [{ code: 'c' }] }, subject: { reference: 'Patient/p' },
        performer: [{ reference: `Practitioner/d${one % performers}` }], effectiveDateTime: `2024-01-${String(one + 1).padStart(2, '0')}`,
      },
    });
  }
});

describe('$everything', () => {
  const page = (query: string) => measured(() => everything({ store })(request(query, { type: 'Patient', id: 'p' })));

  test('takes two round trips for a page of members, and one more for what they refer to', async () => {
    const { matches, included, roundTrips, readUnits } = await page('_count=1000');
    expect([matches, included, roundTrips]).toEqual([rows + 1, performers, 3]);
    // The index by classes of dates, the members, the patient once more to know that there is one, and the performers.
    expect(readUnits).toBeLessThanOrEqual(4 + (rows + 1) + 1 + performers);
  });

  test('takes two round trips where nothing else is asked for than members', async () => {
    const { matches, included, roundTrips } = await page('_count=1000&_type=Patient,Observation');
    expect([matches, included, roundTrips]).toEqual([rows + 1, 0, 2]);
  });

  test('takes as much for its last page as for its first', async () => {
    let query: string | undefined = '_count=7';
    for (const members of [7, 7, 7]) {
      const { matches, roundTrips, readUnits, next } = await page(query!);
      expect([matches, roundTrips]).toEqual([members, 3]);
      expect(readUnits).toBeLessThanOrEqual(4 + (members + 1) + 1 + performers);
      query = next;
    }
    expect(query).toBeUndefined();
  });
});

describe('a search that brings others along', () => {
  const page = (type: string, query: string) => measured(() => searchType({ store, clock })(request(query, { type })));

  test('takes one round trip more for an _include, and a unit for each resource', async () => {
    const { matches, included, roundTrips, readUnits } = await page('Observation', 'code=c&_include=Observation:performer');
    // Matches are looked at in two steps, the first of which is small.
    expect([matches, included]).toEqual([rows, performers]);
    expect(roundTrips).toBeLessThanOrEqual(2 + 2);
    expect(readUnits).toBeLessThanOrEqual(1 + rows + performers);
  });

  test('takes what a search by reference takes for a _revinclude', async () => {
    const { matches, included, roundTrips, readUnits } = await page('Patient', '_id=p&_revinclude=Observation:subject');
    expect([matches, included]).toEqual([1, rows]);
    expect(roundTrips).toBeLessThanOrEqual(1 + 2);
    expect(readUnits).toBeLessThanOrEqual(1 + 3 + rows);
  });
});

describe('a conditional create', () => {
  const post = (criteria: string) => meter.measure(() => create({ store, clock })(request('', { type: 'Patient' }, {
    method: 'POST', headers: { 'if-none-exist': criteria, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Patient', identifier: [{ value: criteria.split('=')[1]! }] }),
  })));

  test('takes a search where the criteria find one, and writes nothing', async () => {
    const { result, roundTrips, readUnits, writeUnits } = await post('identifier=known');
    expect([result.status, roundTrips, writeUnits]).toEqual([200, 2, 0]);
    expect(readUnits).toBeLessThanOrEqual(2);
  });

  test('takes a search, the claim, another look and a create where they find none', async () => {
    const { result, roundTrips, readUnits, writeUnits } = await post('identifier=unknown');
    expect(result.status).toBe(201);
    expect(roundTrips).toBeLessThanOrEqual(5);
    expect(readUnits).toBeLessThanOrEqual(2);
    // The claim, and a create of one token.
    expect(writeUnits).toBeLessThanOrEqual(1 + 5);
  });
});
