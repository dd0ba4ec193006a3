/** The queues that the change feed fills, from the environment of its functions. */
import type { CleanUpWork } from '../operations/stream/clean-up-work.ts';
import type { EnrichmentWork } from '../operations/stream/enrichment-work.ts';
import type { LakeWork } from '../operations/stream/lake-work.ts';
import type { SetAsideRecord } from '../operations/stream/fan-out.ts';
import type { Queue } from '../ports/queue.ts';
import { sqsClient } from './clients.ts';
import { environmentVariable } from './env.ts';
import { logError } from './fault-log.ts';
import { environment } from './names.ts';
import { sqsQueue } from './sqs-queue.ts';

export function cleanUpQueue(): Queue<CleanUpWork> {
  return sqsQueue({ client: sqsClient(), queueUrl: environmentVariable(environment.cleanUpQueueUrl), report: logError });
}

export function lakeQueue(): Queue<LakeWork> {
  return sqsQueue({ client: sqsClient(), queueUrl: environmentVariable(environment.lakeQueueUrl), report: logError });
}

export function enrichmentQueue(): Queue<EnrichmentWork> {
  return sqsQueue({ client: sqsClient(), queueUrl: environmentVariable(environment.enrichmentQueueUrl), report: logError });
}

export function setAsideRecords(): Queue<SetAsideRecord> {
  return sqsQueue({ client: sqsClient(), queueUrl: environmentVariable(environment.streamFailureQueueUrl), report: logError });
}
