/**
 * Step: the store's stream feeds the change feed, from its first change on, before the store is ACTIVE. So no write that
 * was ever acknowledged is missing from the feed.
 */
import type { StreamMapping, StreamMappings } from '../../ports/stream-mappings.ts';
import type { DatastoreRecords } from './datastore-record.ts';
import { look, recordOf } from './step.ts';
import type { Progress, Step } from './step.ts';

export interface CreateStreamMappingDependencies {
  readonly records: Pick<DatastoreRecords, 'read'>;
  readonly mappings: Pick<StreamMappings, 'find' | 'create' | 'update'>;
}

/** A mapping is enabled within a minute or two: with the workflow's pause of 5 s, a quarter of an hour. */
export const maxMappingLooks = 180;

export function createStreamMapping({ records, mappings }: CreateStreamMappingDependencies): Step<Progress> {
  return async (run) => {
    const { id } = await recordOf(run, records);
    const streamArn = run.tables?.streamArn;
    if (streamArn === undefined) throw new Error('The change feed of a data store needs its stream first.');
    const done = await advance(await mappingFrom(streamArn, mappings.find(id)), { streamArn, mappings });
    return look(run.mapping, { done, maxLooks: maxMappingLooks });
  };
}

interface Wanted {
  readonly streamArn: string;
  readonly mappings: CreateStreamMappingDependencies['mappings'];
}

/** A mapping that is going away counts for nothing. */
async function mappingFrom(streamArn: string, found: Promise<readonly StreamMapping[]>): Promise<StreamMapping | undefined> {
  return (await found).find((mapping) => mapping.streamArn === streamArn && mapping.state !== 'deleting');
}

/** @returns whether changes flow */
async function advance(found: StreamMapping | undefined, { streamArn, mappings }: Wanted): Promise<boolean> {
  if (found === undefined) await mappings.create(streamArn);
  if (found === undefined || found.state === 'changing') return false;
  if (found.state === 'enabled' && found.current) return true;
  await mappings.update(found.id);
  return false;
}
