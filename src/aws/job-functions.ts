/** What functions of jobs have in common: what they may change, whom they tell, and the one that records that a job cannot go on. */
import { eventSource } from '../operations/events/event-source.ts';
import type { FunctionSpec, Grant } from './function-spec.ts';

const recordMemoryMb = 512;
const recordTimeoutSeconds = 60;

const knowStore: Grant = { table: 'control', actions: ['GetItem'] };
/** A job's record, its place among those that have not ended, and where there is one at a time. */
export const changeJob: Grant = { table: 'jobs', actions: ['GetItem', 'PutItem', 'DeleteItem'] };
/** Whoever changes jobs tells of them (announced-jobs.ts), and knows the bus by `eventBusArn`. */
export const tellOfJobs: Grant = { events: ['PutEvents'], source: eventSource };

/** The last step of a workflow whose others have failed at every attempt. */
export function failStep({ name, entry }: Pick<FunctionSpec, 'name' | 'entry'>): FunctionSpec {
  return {
    name,
    entry,
    memoryMb: recordMemoryMb,
    timeoutSeconds: recordTimeoutSeconds,
    environment: ['deployment', 'objectsBucket', 'eventBusArn'],
    grants: [knowStore, changeJob, tellOfJobs],
    routes: [],
    streams: false,
  };
}
