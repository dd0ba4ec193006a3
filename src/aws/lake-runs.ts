/** Has lakes looked after by their workflow: a run of a data store at a time (lib/analytics/definition.ts). */
import { ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../ports/clock.ts';

export interface LakeRunsOptions {
  readonly client: Pick<SFNClient, 'send'>;
  readonly stateMachineArn: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Runs that are under way at a time: one for each data store, and more stores than this are a deployment of its own. */
const pageSize = 1000;

/** @returns what resolves when a run for the data store is under way; two at a time do the same work twice, and no harm */
export function lakeRuns({ client, stateMachineArn, clock }: LakeRunsOptions): (datastoreId: string) => Promise<void> {
  const isRunning = async (datastoreId: string): Promise<boolean> => {
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: pageSize }));
    return executions.some(({ name }) => name?.startsWith(`${datastoreId}-`) === true);
  };
  return async (datastoreId) => {
    if (await isRunning(datastoreId)) return;
    const input = JSON.stringify({ datastoreId });
    await client.send(new StartExecutionCommand({ stateMachineArn, name: `${datastoreId}-${clock.now()}`, input }));
  };
}
