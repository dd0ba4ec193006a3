/** Runs the workflow's definition as it is deployed, with the real steps over a fake account. */
import { StateMachine } from 'aws-local-stepfunctions';
import { datastoreDefinition, workflowSteps } from '../../../lib/datastore/definition.ts';
import type { WorkflowStep } from '../../../lib/datastore/definition.ts';
import { checkObjects } from '../../../src/operations/datastore/check-objects.ts';
import { copyObjects } from '../../../src/operations/datastore/copy-objects.ts';
import { createKey } from '../../../src/operations/datastore/create-key.ts';
import { createLake } from '../../../src/operations/datastore/create-lake.ts';
import { createStreamMapping } from '../../../src/operations/datastore/create-stream-mapping.ts';
import { createTables } from '../../../src/operations/datastore/create-tables.ts';
import { deleteKey } from '../../../src/operations/datastore/delete-key.ts';
import { deleteLake } from '../../../src/operations/datastore/delete-lake.ts';
import { deleteObjects } from '../../../src/operations/datastore/delete-objects.ts';
import { deleteStreamMapping } from '../../../src/operations/datastore/delete-stream-mapping.ts';
import { deleteTables } from '../../../src/operations/datastore/delete-tables.ts';
import { preloadData } from '../../../src/operations/datastore/preload-data.ts';
import { protectTables } from '../../../src/operations/datastore/protect-tables.ts';
import { rebuildIndex } from '../../../src/operations/datastore/rebuild-index.ts';
import { recordActive } from '../../../src/operations/datastore/record-active.ts';
import { recordDeleted } from '../../../src/operations/datastore/record-deleted.ts';
import { recordFailure } from '../../../src/operations/datastore/record-failure.ts';
import { restoreTables } from '../../../src/operations/datastore/restore-tables.ts';
import { settleRestored } from '../../../src/operations/datastore/settle-restored.ts';
import type { RunData, Step } from '../../../src/operations/datastore/step.ts';
import { unprotectTables } from '../../../src/operations/datastore/unprotect-tables.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { DatastoreRun } from '../../../src/ports/workflow.ts';
import type { FakeAccount } from './fake-account.ts';
import { openFakeStore } from './fake-contents.ts';

export type Steps = Record<WorkflowStep, Step<unknown>>;

export function stepsOver(account: FakeAccount, clock: Clock): Steps {
  const { ports } = account;
  const storeOf = ({ id }: { readonly id: string }) => openFakeStore(account.tablesOf(id), account.contents.of(id).objects, clock);
  const objectsOf = () => ({ list: async () => ({ keys: [] }) });
  return {
    'create-key': createKey(ports),
    'create-tables': createTables(ports),
    'protect-tables': protectTables(ports),
    'restore-tables': restoreTables(ports),
    'copy-objects': copyObjects({ ...ports, tablesOf: ({ id }) => account.tablesOf(id), clock }),
    'settle-restored': settleRestored({ ...ports, cleanerOf: (record) => storeOf(record).cleaner }),
    'rebuild-index': rebuildIndex({ ...ports, storeOf: (record) => ({ ...storeOf(record), ...account.tablesOf(record.id) }), clock }),
    'check-objects': checkObjects({ ...ports, objectsOf }),
    'create-stream-mapping': createStreamMapping(ports),
    'create-lake': createLake(ports),
    'preload-data': preloadData({ ...ports, storeOf: () => Promise.reject(new Error('No store here has a population.')), slice: () => () => false }),
    'record-active': recordActive(ports),
    'unprotect-tables': unprotectTables(ports),
    'delete-stream-mapping': deleteStreamMapping(ports),
    'delete-lake': deleteLake(ports),
    'delete-tables': deleteTables(ports),
    'delete-objects': deleteObjects({ ...ports, clock }),
    'delete-key': deleteKey(ports),
    'record-deleted': recordDeleted({ ...ports, clock }),
    'record-failure': recordFailure(ports),
  };
}

export interface WorkflowResult {
  readonly succeeded: boolean;
  /** The names of the states that were entered, repeats of one behind one another left out. */
  readonly states: readonly string[];
}

const arns = Object.fromEntries(workflowSteps.map((name) => [name, `arn:aws:lambda:eu-central-1:123456789012:function:caldera-${name}`]));
const definition = datastoreDefinition(arns as Record<WorkflowStep, string>);
/** Made once: it validates the definition, which takes a while. */
const machine = new StateMachine(definition as never);

/** Runs to the end without any pause. */
export async function runWorkflow(account: FakeAccount, run: DatastoreRun, steps: Steps): Promise<WorkflowResult> {
  const states: string[] = [];
  const entered = (name: string, step: Step<unknown>) => async (input: unknown) => {
    if (states.at(-1) !== name) states.push(name);
    return asLambda(step, input as RunData);
  };
  const names = Object.keys(definition.States);
  const execution = machine.run({ ...run }, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, entered(name, step) as never])),
      waitTimeOverrides: Object.fromEntries(names.map((name) => [name, 0])),
      retryIntervalOverrides: Object.fromEntries(names.map((name) => [name, 0])),
    },
  });
  const succeeded = await execution.result.then(() => true, () => false);
  account.running.delete(run.run);
  return { succeeded, states };
}

/** Data goes in and out as JSON, and an error comes out as Lambda reports it. */
async function asLambda(step: Step<unknown>, input: RunData): Promise<unknown> {
  try {
    const result = await step(JSON.parse(JSON.stringify(input)) as RunData);
    return JSON.parse(JSON.stringify(result ?? null)) as unknown;
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    throw Object.assign(new Error(JSON.stringify({ errorType, errorMessage })), { name: errorType });
  }
}
