/**
 * Step: the store has the population that it is to begin with
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-preloaded-data-types.html). A run of the step
 * writes what it can in its time; the workflow repeats it.
 */
import { syntheticPopulation } from '../../fhir/synthetic/synthetic-population.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { DatastoreRecord, DatastoreRecords } from './datastore-record.ts';
import { preload } from './preload.ts';
import { change, look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

/** Hours of writing, far more than the population of a data store takes. */
export const maxPreloadSlices = 100;

export interface PreloadDataDependencies {
  readonly records: Pick<DatastoreRecords, 'read' | 'replace'>;
  readonly storeOf: (record: DatastoreRecord) => Promise<Pick<DataStore, 'read' | 'transact'>>;
  /** Begins a run of the step. @returns what tells whether its time is up */
  readonly slice: () => () => boolean;
}

export function preloadData({ records, storeOf, slice }: PreloadDataDependencies): Step<Progress> {
  return async (run) => {
    const begun = await recordOf(run, records);
    const done = begun.preloading === undefined
      || (await preload(await storeOf(begun), { groups: syntheticPopulation(begun.preloading), stopped: slice() }));
    if (done && begun.preloading !== undefined) {
      const seen = await recordOf(run, records);
      const { preloading: _written, ...record } = seen;
      await change(records, seen, record);
    }
    return look(run.population, { done, maxLooks: maxPreloadSlices });
  };
}
