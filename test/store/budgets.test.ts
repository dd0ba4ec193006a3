/** What each operation may cost, from docs/store.md, counted exactly by the cost meter: these figures decide the bill on AWS. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { costMeter, type Cost, type CostMeter } from '../../bench/cost-meter.ts';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import type { ResourceVersion } from '../../src/store/data-store.ts';
import { stringBuckets } from '../../src/store/entry-partitions.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';
import { memoryTable } from './memory-table.ts';

interface Bench {
  readonly meter: CostMeter;
  readonly store: OpenDataStore;
}

const noObjects = undefined as unknown as ObjectStore;

function open(): Bench {
  const meter = costMeter();
  let made = 0;
  let now = Date.UTC(2026, 0, 1);
  const store = openDataStore({
    resources: meter.wrap('resources', memoryTable()),
    index: meter.wrap('index', memoryTable()),
    objects: noObjects,
    clock: { now: () => (now += 1), sleep: () => Promise.resolve() },
    ids: {
      uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`,
      writeId: (nowMs) => encodeWriteId(nowMs, Uint8Array.from({ length: 10 }, () => (made += 1))),
      rev: () => `rev${(made += 1)}`,
    },
    secret: new Uint8Array(32),
    shards: 8,
  });
  return { meter, store };
}

const patientId = '5cbc121b-cd71-4428-b8b7-31e53eba8184';

/** As Synthea writes one: https://github.com/synthetichealth/synthea. */
function observation(day: number, code = '8302-2'): Resource {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs', display: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code, display: 'Body Height' }], text: 'Body Height' },
    subject: { reference: `Patient/${patientId}` },
    encounter: { reference: 'Encounter/88d84c1c-2b0d-4c1f-a1a5-7e1ef9d4d2a1' },
    effectiveDateTime: `2024-01-${String(day).padStart(2, '0')}T08:15:00.000-04:00`,
    issued: '2024-01-01T08:15:00.000-04:00',
    valueQuantity: { value: 176.4, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
  };
}

function component(code: string): Record<string, unknown> {
  return {
    code: { coding: [{ system: 'http://loinc.org', code }], text: 'Blood Pressure' },
    valueQuantity: { value: 81, unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  };
}

function bloodPressure(): Resource {
  const { valueQuantity: _value, ...rest } = observation(1, '85354-9');
  return { ...rest, resourceType: 'Observation', component: [component('8462-4'), component('8480-6')] } as Resource;
}

function query(parameters: readonly NameValue[]) {
  return parseSearch('Observation', parameters, { baseUrl: 'http://store.example', searchParameters: baseParameters });
}

describe('a read', () => {
  test('takes one round trip and one unit for each 4 KB', async () => {
    const { meter, store } = open();
    const { id } = await store.write({ interaction: 'create', resource: observation(1) });
    const cost = await meter.measure(() => store.read('Observation', id));
    expect([cost.roundTrips, cost.readUnits, cost.writeUnits]).toEqual([1, 1, 0]);
  });
});

describe('a create', () => {
  const create = async (resource: Resource): Promise<Cost> => {
    const { meter, store } = open();
    // A process reads the store's own search parameters once, and then seldom.
    await store.searchParameters();
    return meter.measure(() => store.write({ interaction: 'create', resource }));
  };

  test('takes two round trips and at most 16 writes for an Observation as Synthea makes them', async () => {
    const cost = await create(observation(1));
    expect([cost.roundTrips, cost.readUnits]).toEqual([2, 0]);
    expect(cost.writeUnits).toBeLessThanOrEqual(16);
  });

  test('takes two round trips and at most 24 writes for an Observation with two components', async () => {
    const cost = await create(bloodPressure());
    expect([cost.roundTrips, cost.readUnits]).toEqual([2, 0]);
    expect(cost.writeUnits).toBeLessThanOrEqual(24);
  });
});

describe('an update', () => {
  test('takes four round trips, clean-up included, and twice the entries and two more writes', async () => {
    const { meter, store } = open();
    const { result: created, ...first } = await meter.measure(() => store.write({ interaction: 'create', resource: observation(1) }));
    const entries = first.tables.index!.itemsWritten;
    const cost = await meter.measure(() =>
      store.write({ interaction: 'update', resource: { ...observation(2), id: created.id } }));
    expect([cost.roundTrips, cost.readUnits]).toEqual([4, 1]);
    expect(cost.writeUnits).toBeLessThanOrEqual(2 * entries + 2);
  });
});

describe('a search', () => {
  const rows = 20;
  /** Three classes of numbers in each of the eight partitions. */
  const rangesOfQuantities = 3 * 8;
  let bench: Bench;

  beforeAll(async () => {
    bench = open();
    for (let day = 1; day <= rows; day += 1) await bench.store.write({ interaction: 'create', resource: observation(day) });
  });

  const search = async (...parameters: NameValue[]): Promise<Cost & { readonly matches: readonly ResourceVersion[] }> => {
    const { result, ...cost } = await bench.meter.measure(() => bench.store.search(query(parameters)));
    return { ...cost, matches: result.matches };
  };

  test.each<NameValue>([['code', '8302-2'], ['patient', patientId], ['status', 'final'], ['_lastUpdated', 'ge2020'], ['date', 'ge2024-01-01']])(
    'by one parameter, %s, takes two round trips',
    async (...parameter) => {
      const { matches, roundTrips } = await search(parameter);
      expect([matches.length, roundTrips]).toEqual([rows, 2]);
    },
  );

  test('by patient and code takes two round trips and at most three units and one for each row', async () => {
    const { matches, roundTrips, readUnits } = await search(['patient', patientId], ['code', '8302-2']);
    expect([matches.length, roundTrips]).toEqual([rows, 2]);
    expect(readUnits).toBeLessThanOrEqual(3 + rows);
  });

  test('by patient, code and date takes two round trips and at most three units and one for each row', async () => {
    const { matches, roundTrips, readUnits } = await search(['patient', patientId], ['code', '8302-2'], ['date', 'ge2024-01-11']);
    expect([matches.length, roundTrips]).toEqual([rows / 2, 2]);
    expect(readUnits).toBeLessThanOrEqual(3 + 1 + rows / 2);
  });

  test('for the latest result of a patient takes two round trips and reads no more than a few rows', async () => {
    const { matches, roundTrips, readUnits } = await search(['patient', patientId], ['code', '8302-2'], ['_sort', '-date'], ['_count', '1']);
    expect([matches.length, roundTrips]).toEqual([1, 2]);
    expect(readUnits).toBeLessThanOrEqual(3 + 2);
  });

  test('by code and clinical date reads one range of the code, in two round trips', async () => {
    const { matches, roundTrips, readUnits } = await search(['code', '8302-2'], ['date', 'ge2024-01-11']);
    expect([matches.length, roundTrips]).toEqual([rows / 2, 2]);
    expect(readUnits).toBeLessThanOrEqual(3 + 1 + rows / 2);
  });

  test('by two parameters uses what probing has read, in two round trips', async () => {
    const { matches, roundTrips } = await search(['code', '8302-2'], ['status', 'final']);
    expect([matches.length, roundTrips]).toEqual([rows, 2]);
  });

  test.each<[string, NameValue]>([
    ['quantity', ['value-quantity', 'gt170|http://unitsofmeasure.org|cm']],
    ['composite', ['code-value-quantity', '8302-2$gt170']],
    ['reference', ['encounter', 'Encounter/88d84c1c-2b0d-4c1f-a1a5-7e1ef9d4d2a1']],
  ])('by a %s takes two round trips, and no unit beyond an index page of each partition and one for each row', async (_kind, parameter) => {
    const { matches, roundTrips, readUnits } = await search(parameter);
    expect([matches.length, roundTrips]).toEqual([rows, 2]);
    expect(readUnits).toBeLessThanOrEqual(rangesOfQuantities + rows);
  });

  test('in an order that the index does not keep takes two round trips, and reads no resource twice', async () => {
    const { matches, roundTrips, readUnits } = await search(['code', '8302-2'], ['_sort', 'status,-value-quantity'], ['_count', '5']);
    expect([matches.length, roundTrips]).toEqual([5, 2]);
    expect(readUnits).toBeLessThanOrEqual(3 + rows);
  });

  test('for the count alone, or with an accurate total, reads no resource twice', async () => {
    const { matches, roundTrips, readUnits } = await search(['code', '8302-2'], ['_count', '0']);
    expect([matches.length, roundTrips]).toEqual([0, 2]);
    expect(readUnits).toBeLessThanOrEqual(3 + rows);
    expect((await search(['code', '8302-2'], ['_count', '5'], ['_total', 'accurate'])).readUnits).toBeLessThanOrEqual(4 + rows);
  });

  test('with an estimated total reads the index alone for it', async () => {
    const { readUnits } = await search(['code', '8302-2'], ['_count', '5'], ['_total', 'estimate']);
    expect(readUnits).toBeLessThanOrEqual(4 + 6);
  });

  test('for parts of words reads the buckets of the parameter, and only the resources of the words that have it', async () => {
    const { store, meter } = open();
    for (const family of ['Hansen', 'Jansson', 'Miller', 'Smith', 'Young']) {
      await store.write({ interaction: 'create', resource: { resourceType: 'Patient', name: [{ family }] } });
    }
    const cost = await meter.measure(() => store.search(parseSearch('Patient', [['family:contains', 'ns']], { baseUrl: 'http://store.example', searchParameters: baseParameters })));
    expect(cost.result.matches).toHaveLength(2);
    expect(cost.readUnits).toBeLessThanOrEqual(stringBuckets.length + 2);
  });

  test('by a chain takes what the search of the target takes, and that by reference: four round trips', async () => {
    const { store, meter } = open();
    await store.write({ interaction: 'update', resource: { resourceType: 'Patient', id: patientId, identifier: [{ value: 'a' }] } });
    for (let day = 1; day <= rows; day += 1) await store.write({ interaction: 'create', resource: observation(day) });
    const { result, roundTrips, readUnits } = await meter.measure(() => store.search(query([['subject:Patient.identifier', 'a'], ['code', 'none']])));
    expect([result.matches.length, roundTrips]).toEqual([0, 1]);
    expect(readUnits).toBeLessThanOrEqual(1);
    const chained = await meter.measure(() => store.search(query([['subject:Patient.identifier', 'a']])));
    expect([chained.result.matches.length, chained.roundTrips]).toEqual([rows, 4]);
    // The token of the patient and of patients within others, the patient, and a page of the reference.
    expect(chained.readUnits).toBeLessThanOrEqual(2 + 1 + 2 + rows);
  });

  test('by _has takes what the search of the referring type takes, and a read of each resource that is referred to', async () => {
    const { store, meter } = open();
    await store.write({ interaction: 'update', resource: { resourceType: 'Patient', id: patientId } });
    for (let day = 1; day <= rows; day += 1) await store.write({ interaction: 'create', resource: observation(day) });
    const asked = parseSearch('Patient', [['_has:Observation:patient:code', '8302-2']], { baseUrl: 'http://store.example', searchParameters: baseParameters });
    const { result, roundTrips, readUnits } = await meter.measure(() => store.search(asked));
    expect([result.matches.length, roundTrips]).toEqual([1, 3]);
    expect(readUnits).toBeLessThanOrEqual(2 + rows + 1);
  });

  test('of the compartment of a patient takes two round trips a page, and at most a unit for each class of dates and one for each row', async () => {
    const { store, meter } = open();
    await store.write({ interaction: 'update', resource: { resourceType: 'Patient', id: patientId } });
    for (let day = 1; day <= 28; day += 1) await store.write({ interaction: 'create', resource: observation(day) });
    const queries = ['Patient', 'Observation', 'Encounter'].map((type) => parseSearch(type, [['_count', '10']], { baseUrl: 'http://store.example', searchParameters: baseParameters }));
    let cursor: string | undefined;
    for (const rowsOfPage of [10, 10, 9]) {
      const { result, roundTrips, readUnits } = await meter.measure(() => store.searchCompartment({ compartment: 'Patient', id: patientId, queries }, cursor));
      expect([result.matches.length, roundTrips]).toEqual([rowsOfPage, 2]);
      expect(readUnits).toBeLessThanOrEqual(3 + rowsOfPage + 1);
      cursor = result.next;
    }
    expect(cursor).toBeUndefined();
  });

  test('that explains itself tells the units that it was charged', async () => {
    const { result, readUnits } = await bench.meter.measure(() => bench.store.search(query([['code', '8302-2'], ['status', 'final'], ['_explain', 'true']])));
    expect(result.explanation?.readUnits).toBe(readUnits);
  });
});
