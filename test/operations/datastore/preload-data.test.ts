/** A new store gets its population in slices of a Lambda's time, whatever they are cut off at, and each resource once. */
import { describe, expect, test } from '@jest/globals';
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';
import { maxPreloadSlices, preloadData } from '../../../src/operations/datastore/preload-data.ts';
import type { PreloadDataDependencies } from '../../../src/operations/datastore/preload-data.ts';
import { datastoreRecords } from '../../../src/operations/datastore/datastore-record.ts';
import type { DatastoreRecord } from '../../../src/operations/datastore/datastore-record.ts';
import type { Write } from '../../../src/store/data-store.ts';
import { memoryTable } from '../../store/memory-table.ts';

const population = { patients: 2, seed: 1 };
const groups = [...syntheticPopulation(population)];
const record: DatastoreRecord = {
  id: 'a'.repeat(32), name: '', status: 'CREATING', created: 1, secret: new Uint8Array(32), run: 'create', preloading: population,
};
const run = { verb: 'create', datastoreId: record.id, run: 'create' } as const;

/** Counts the groups that it takes, and what of them it had already. */
class Population {
  readonly held = new Set<string>();
  readonly writes: string[] = [];
  /** Groups that may still be written before the process dies. */
  lives = Infinity;

  async read(type: string, id: string): Promise<never> {
    return (this.held.has(`${type}/${id}`) ? {} : undefined) as never;
  }

  async transact(writes: readonly Write[]): Promise<never> {
    if (this.lives <= 0) throw new Error('Killed.');
    this.lives -= 1;
    for (const write of writes) {
      const { resourceType, id } = (write as Write & { resource: { resourceType: string; id: string } }).resource;
      this.held.add(`${resourceType}/${id}`);
      this.writes.push(`${resourceType}/${id}`);
    }
    return [] as never;
  }
}

/** @param looks groups that a slice begins before its time is up */
async function preloading(store: Population, looks: number) {
  const records = datastoreRecords(memoryTable());
  await records.replace(undefined, record);
  const slice = (): (() => boolean) => {
    let asked = 0;
    return () => (asked += 1) > looks;
  };
  const dependencies: PreloadDataDependencies = { records, storeOf: async () => store, slice };
  return { step: preloadData(dependencies), records };
}

const everything = groups.flatMap((group) => group.map(({ resourceType, id }) => `${resourceType}/${id}`));

describe('the population of a new store', () => {
  test('is written in as many slices as it takes, each resource once', async () => {
    const store = new Population();
    let slices = 0;
    // Each slice finds what those before it wrote, and gets a quarter further.
    for (let done = false; !done; slices += 1) ({ done } = await (await preloading(store, Math.ceil(groups.length / 4) * (slices + 1))).step(run));
    expect(slices).toBeGreaterThan(2);
    expect(store.writes.toSorted()).toEqual(everything.toSorted());
  });

  test('goes on after it was killed at any group, and the record says when all is there', async () => {
    for (const lives of [0, Math.floor(groups.length / 2), groups.length - 1]) {
      const store = new Population();
      store.lives = lives;
      const { step, records } = await preloading(store, Infinity);
      await expect(step(run)).rejects.toThrow('Killed.');
      expect(await records.read(record.id)).toMatchObject({ preloading: population });
      store.lives = Infinity;
      expect(await step(run)).toMatchObject({ done: true });
      expect(store.writes.toSorted()).toEqual(everything.toSorted());
      expect(await records.read(record.id)).not.toHaveProperty('preloading');
    }
  });

  test('is given up after so many slices as no population takes', async () => {
    const { step } = await preloading(new Population(), 0);
    expect(await step({ ...run, population: { done: false, looks: maxPreloadSlices - 2 } })).toEqual({ done: false, looks: maxPreloadSlices - 1 });
    await expect(step({ ...run, population: { done: false, looks: maxPreloadSlices - 1 } })).rejects.toThrow('Not done');
  });
});
