/** The function that has the documents read which the change feed names, a message each. */
import { systemClock } from '../machine/system-clock.ts';
import { readsNotes } from '../operations/datastore/datastore-configuration.ts';
import { isServing } from '../operations/datastore/serving.ts';
import { readQueued } from '../operations/enrichment/read-queued.ts';
import { enrichmentWork } from '../operations/stream/enrichment-work.ts';
import { waitingSfnClient } from './control-clients.ts';
import { controlRecords } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { logError } from './fault-log.ts';
import { enrichmentQueue } from './feed-queues.ts';
import { environment } from './names.ts';
import { noteWorkflow } from './note-workflow.ts';
import { queueHandler } from './queue-handler.ts';
import type { QueueAnswer, QueueEvent } from './transaction-job-handler.ts';

export function serveEnrichNotes(): (event: QueueEvent) => Promise<QueueAnswer> {
  const records = controlRecords();
  const readerFor = noteWorkflow({ client: waitingSfnClient(), stateMachineArn: environmentVariable(environment.enrichmentWorkflowArn) });
  const readerOf = async (datastoreId: string) => {
    // Looked at each time: whether notes are read changes while a process lives. $enrich reads what came while they were not.
    const record = await records.read(datastoreId);
    return record !== undefined && isServing(record.status) && readsNotes(record) ? readerFor(datastoreId) : undefined;
  };
  const read = readQueued({ readerOf, queue: enrichmentQueue(), clock: systemClock, report: logError });
  return queueHandler((message, sent) => read(enrichmentWork(message), sent), logError);
}
