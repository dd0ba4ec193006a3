/** Switches the lake of a data store on and off, for the step of the data store workflow that does. */
import { systemClock } from '../machine/system-clock.ts';
import type { LakeSwitch } from '../operations/datastore/create-lake.ts';
import { readLakeState } from '../operations/lake/lake-state.ts';
import { pauseLake, removeLake } from '../operations/lake/stop-following.ts';
import { sfnClient } from './control-clients.ts';
import { environmentVariable } from './env.ts';
import { manifestPorts } from './lake-manifests.ts';
import { freshWithinMs } from './lake-freshness.ts';
import { lakeRuns } from './lake-runs.ts';
import { environment } from './names.ts';

/** The workflow finds out by itself whether the lake is whole already. */
export function lakeSwitch(): LakeSwitch {
  const start = lakeRuns({ client: sfnClient(), stateMachineArn: environmentVariable(environment.lakeWorkflowArn), clock: systemClock });
  return {
    follow: ({ id }) => start(id),
    async pause(record) {
      const ports = manifestPorts(record);
      const isWhole = (await readLakeState(ports))?.isWhole === true;
      await pauseLake(ports, isWhole ? systemClock.now() - freshWithinMs : undefined);
    },
    remove: (record) => removeLake(manifestPorts(record)),
  };
}
