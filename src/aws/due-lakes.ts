/** The schedule of lakes: has the workflow begun of each data store where there is something to do, and once a day of every one. */
import { systemClock } from '../machine/system-clock.ts';
import { analyticsWish } from '../operations/datastore/analytics-wish.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { isServing } from '../operations/datastore/serving.ts';
import { listManifests } from '../operations/lake/lake-manifest.ts';
import { readLakeState } from '../operations/lake/lake-state.ts';
import { isUpkeepDue } from '../operations/lake/lake-upkeep.ts';
import { sfnClient } from './control-clients.ts';
import { controlRecords } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { logError } from './fault-log.ts';
import { lakeRuns } from './lake-runs.ts';
import { environment } from './names.ts';
import { storeTable } from './store-tables.ts';

const hourMs = 60 * 60 * 1000;
/** The hour of the day, by the clock of the world, in which files that nothing names any more are looked for. */
const sweepHour = 3;

export function serveDueLakes(): () => Promise<void> {
  const records = controlRecords();
  const start = lakeRuns({ client: sfnClient(), stateMachineArn: environmentVariable(environment.lakeWorkflowArn), clock: systemClock });
  return async () => {
    const stores = (await records.list()).filter(({ status }) => isServing(status));
    let failures = 0;
    for (const store of stores) {
      // A store that fails holds up no other; the call fails for the alarm of schedules to tell.
      await startWhereDue(store, start).catch((error: unknown) => {
        logError(error);
        failures += 1;
      });
    }
    if (failures > 0) throw new Error(`The lakes of ${failures} data stores could not be looked at.`);
  };
}

async function startWhereDue(record: DatastoreRecord, start: (datastoreId: string) => Promise<void>): Promise<void> {
  const now = systemClock.now();
  const isSweepDue = Math.floor(now / hourMs) % 24 === sweepHour;
  // Of a lake that is switched off there is nothing to be done but to remove what nobody can be reading any more.
  if (isSweepDue || (analyticsWish(record) === 'ENABLED' && (await isUnfinished(record, now)))) await start(record.id);
}

async function isUnfinished({ id }: DatastoreRecord, now: number): Promise<boolean> {
  const jobs = storeTable(id, 'jobs');
  const state = await readLakeState({ jobs });
  if (state === undefined || !state.isWhole || state.rebuilding !== undefined) return true;
  return (await listManifests({ jobs })).some((manifest) => isUpkeepDue(manifest, now));
}
