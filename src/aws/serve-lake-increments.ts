/**
 * The function that works on the queue of lakes: what the change feed tells of committed versions becomes files, one for each
 * table of a store and batch (src/operations/lake/increment.ts).
 */
import { FhirError } from '../fhir/outcome.ts';
import { increment } from '../operations/lake/increment.ts';
import { readLakeState } from '../operations/lake/lake-state.ts';
import { lakeWork } from '../operations/stream/lake-work.ts';
import type { LakeWork } from '../operations/stream/lake-work.ts';
import { servedStores } from './control-table.ts';
import { logError } from './fault-log.ts';
import { lakeDependencies } from './lake-ports.ts';
import type { QueueAnswer, QueueEvent } from './transaction-job-handler.ts';

interface Received {
  readonly messageId: string;
  readonly work: LakeWork;
}

export function serveLakeIncrements(): (event: QueueEvent) => Promise<QueueAnswer> {
  const dependenciesOf = servedStores(lakeDependencies);
  const add = async (datastoreId: string, received: readonly Received[]): Promise<void> => {
    const dependencies = await whereServed(dependenciesOf(datastoreId));
    // Switched off, paused, or not made yet: whoever switches it on makes it of the store as it is then.
    const state = dependencies && (await readLakeState(dependencies));
    if (dependencies === undefined || state === undefined || state.pausedAsOf !== undefined) return;
    try {
      await increment(received.map(({ work }) => work), dependencies);
    } finally {
      await dependencies.close();
    }
  };
  return async ({ Records }) => {
    const failed: string[] = [];
    const received = Records.flatMap(({ messageId, body }) => {
      try {
        return [{ messageId, work: lakeWork(JSON.parse(body)) }];
      } catch (error) {
        logError(error);
        failed.push(messageId);
        return [];
      }
    });
    // One store after the other: each writes files of its own, and DuckDB takes the processors that there are.
    for (const [datastoreId, ofStore] of Map.groupBy(received, ({ work }) => work.datastoreId)) {
      try {
        await add(datastoreId, ofStore);
      } catch (error) {
        logError(error);
        failed.push(...ofStore.map(({ messageId }) => messageId));
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** @returns `undefined` for a store that is gone, or is being made: its lake is made when it is */
async function whereServed<Opened>(opened: Promise<Opened>): Promise<Opened | undefined> {
  try {
    return await opened;
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}
