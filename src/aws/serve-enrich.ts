/** The functions of the workflow of `$enrich` (lib/enrichment/enrich-definition.ts). */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { failEnrich, runEnrich } from '../operations/enrichment/run-enrich.ts';
import type { RunEnrichDependencies } from '../operations/enrichment/run-enrich.ts';
import { waitSeconds } from '../operations/enrichment/read-queued.ts';
import { announcedPorts } from './announced-jobs.ts';
import { waitingSfnClient } from './control-clients.ts';
import { servedStores } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { logError } from './fault-log.ts';
import { enrichmentQueue } from './feed-queues.ts';
import { environment } from './names.ts';
import { noteWorkflow } from './note-workflow.ts';
import { reportedStep } from './reported-step.ts';
import { searchStore } from './search-store.ts';

/** What a run of the workflow begins with. */
export interface EnrichRun {
  readonly datastoreId: string;
  readonly jobId: string;
}

export interface EnrichProgressed {
  readonly done: boolean;
  /** Where it is not done: when to go on. */
  readonly waitSeconds?: number;
}

/** No document is begun after this: one takes up to the five minutes of a run, and the function has 900 s. */
export const enrichWorkMs = 8 * 60 * 1000;

export function serveEnrich(): (run: EnrichRun) => Promise<EnrichProgressed> {
  const queue = enrichmentQueue();
  const readerOf = noteWorkflow({ client: waitingSfnClient(), stateMachineArn: environmentVariable(environment.enrichmentWorkflowArn) });
  const dependenciesOf = servedStores((record): RunEnrichDependencies => {
    const add: RunEnrichDependencies['pending']['add'] = async (keys, _revision, anew) => {
      const left = await queue.send(keys.map(({ type, id }) => ({ datastoreId: record.id, type, id, ...(anew && { anew }) })));
      if (left.length > 0) throw new Error('A document could not be sent to the queue of enrichment.');
    };
    // What leads nowhere in the index is found by other searches too, and reported by them.
    return { ...announcedPorts(record), store: searchStore(record, () => {}), reader: readerOf(record.id), pending: { add }, report: logError };
  });
  return onJob(dependenciesOf, { done: true }, async ({ jobId }, dependencies) => {
    const until = systemClock.now() + enrichWorkMs;
    for (;;) {
      const waitMs = await runEnrich(jobId, { ...dependencies, until });
      if (waitMs === undefined) return { done: true };
      // The history of a run has room for two days of such waits.
      if (waitMs > 0) return { done: false, waitSeconds };
      if (systemClock.now() >= until) return { done: false, waitSeconds: 0 };
    }
  });
}

export function serveEnrichFailure(): (run: EnrichRun) => Promise<null> {
  return onJob(servedStores((record: DatastoreRecord) => announcedPorts(record)), null, async ({ jobId }, ports) => {
    await failEnrich(jobId, ports);
    return null;
  });
}

/** @param unless what is answered where the data store is gone, and its jobs with it */
function onJob<Ports, Result>(portsOf: (datastoreId: string) => Promise<Ports>, unless: Result, work: (run: EnrichRun, ports: Ports) => Promise<Result>): (run: EnrichRun) => Promise<Result> {
  return (run) => reportedStep(unless, async () => work(run, await portsOf(run.datastoreId)));
}
