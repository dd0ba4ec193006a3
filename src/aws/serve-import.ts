/** The functions of the import workflow (lib/import/definition.ts): the steps of src/operations/import/import-workflow.ts, one each. */
import { systemClock } from '../machine/system-clock.ts';
import type { ImportDependencies } from '../operations/import/import-dependencies.ts';
import type { FileGroup, ImportUnit } from '../operations/import/import-units.ts';
import { assembleStep, cutStep, failStep, finishStep, loadStep, planStep, unpackStep } from '../operations/import/import-workflow.ts';
import type { StepCall, StepDone, WorkList } from '../operations/import/import-workflow.ts';
import { servedStores } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { importDependencies } from './importing.ts';
import { environment, objectsPrefix } from './names.ts';
import { reportedStep } from './reported-step.ts';
import { settleInboxFile } from './settle-inbox-file.ts';

/** What a run of the workflow begins with, and for children their item. */
export interface ImportRun<Item = never> {
  readonly datastoreId: string;
  readonly jobId: string;
  readonly item: Item;
}

interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** As Lambda calls it. */
export type ImportStep<Result, Item = never> = (run: ImportRun<Item>, invocation: Invocation) => Promise<Result>;

/** No piece is begun after it: one is some seconds of work, more where tables are throttled; a file of pieces takes longer to be put together. */
const marginMs = 150 * 1000;

const objectsBucket = environmentVariable(environment.objectsBucket);

/** A list where Step Functions finds it. */
interface PlacedList extends WorkList {
  readonly bucket: string;
}

function placed({ key, items }: WorkList, datastoreId: string): PlacedList {
  return { bucket: objectsBucket, key: `${objectsPrefix(datastoreId)}${key}`, items };
}

const noList: PlacedList = { bucket: '', key: '', items: 0 };

export function servePlanImport(): ImportStep<object> {
  return onStore({ done: true, workers: 1, unpack: noList }, async (dependencies, call, { datastoreId }) => {
    const { unpack, ...planned } = await planStep(call, dependencies);
    return { ...planned, unpack: placed(unpack, datastoreId) };
  });
}

export function serveUnpackFiles(): ImportStep<StepDone, FileGroup> {
  return onStore({ done: true }, (dependencies, call, { item }) => unpackStep({ ...call, group: item }, dependencies));
}

export function serveCutImport(): ImportStep<object> {
  return onStore({ done: true, workers: 1, load: noList, assemble: noList }, async (dependencies, call, { datastoreId }) => {
    const { load, assemble, ...cut } = await cutStep(call, dependencies);
    return { ...cut, load: placed(load, datastoreId), assemble: placed(assemble, datastoreId) };
  });
}

export function serveLoadPieces(): ImportStep<StepDone, ImportUnit> {
  return onStore({ done: true }, (dependencies, call, { item }) => loadStep({ ...call, unit: item }, dependencies));
}

export function serveAssembleFiles(): ImportStep<StepDone, FileGroup> {
  return onStore({ done: true }, (dependencies, call, { item }) => assembleStep({ ...call, group: item }, dependencies));
}

export function serveFinishImport(): ImportStep<StepDone> {
  return onStore({ done: true }, async (dependencies, call) => {
    const answer = await finishStep(call, dependencies);
    if (answer.done) await settleInboxFile(call.jobId, dependencies);
    return answer;
  });
}

export function serveFailImport(): ImportStep<null> {
  return onStore(null, async (dependencies, call) => {
    await failStep(call, dependencies);
    await settleInboxFile(call.jobId, dependencies);
    return null;
  });
}

type Work<Result, Item> = (dependencies: ImportDependencies, call: StepCall, run: ImportRun<Item>) => Promise<Result>;

/** @param unless what is answered where the data store is gone, and its jobs with it */
function onStore<Result, Item = never>(unless: Result, work: Work<Result, Item>): ImportStep<Result, Item> {
  const dependenciesOf = servedStores(importDependencies);
  return async (run, invocation) => {
    const until = systemClock.now() + invocation.getRemainingTimeInMillis() - marginMs;
    return reportedStep(unless, async () => work(await dependenciesOf(run.datastoreId), { jobId: run.jobId, until }, run));
  };
}
