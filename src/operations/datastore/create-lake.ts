/**
 * Step: the store's lake is known to the engine that others ask too, and is on its way to hold what the store holds; or is
 * paused, or gone, where the store's AnalyticsConfiguration says so
 * (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_AnalyticsConfiguration.html). The store's changes flow by now.
 */
import type { LakeCatalog } from '../../ports/lake-catalog.ts';
import type { DatastoreRecord, DatastoreRecords } from './datastore-record.ts';
import { recordOf } from './step.ts';
import type { Step } from './step.ts';
import { analyticsWish } from './analytics-wish.ts';

export interface LakeSwitch {
  /** Has the lake made anew where it is not whole; does not wait for it. */
  follow(record: DatastoreRecord): Promise<void>;
  /** What is there stays as it is. */
  pause(record: DatastoreRecord): Promise<void>;
  /** Nothing is left to be asked. */
  remove(record: DatastoreRecord): Promise<void>;
}

export interface CreateLakeDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly catalog: LakeCatalog;
  readonly lakes: LakeSwitch;
}

export function createLake({ records, catalog, lakes }: CreateLakeDependencies): Step<void> {
  return async (run) => {
    const record = await recordOf(run, records);
    const wish = analyticsWish(record);
    if (wish === 'DISABLED') {
      await lakes.remove(record);
      await catalog.remove(record.id);
      return;
    }
    const keyArn = run.key?.arn;
    if (keyArn === undefined) throw new Error('The lake of a data store needs its key first.');
    await catalog.provide(record.id, { keyArn });
    await (wish === 'PAUSED' ? lakes.pause(record) : lakes.follow(record));
  };
}
