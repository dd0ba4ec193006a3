/**
 * The data store that a deployment begins with, as a custom resource of CloudFormation
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html). It is made, changed and deleted
 * by the same verbs and the same workflow as any other.
 *
 * The provider calls once with the event and then again until it is complete; every call does what is to be done next, so
 * that one which is lost or repeated changes nothing.
 */
import { createHash } from 'node:crypto';
import { readOmissions } from '../../store/omitted-families.ts';
import { DatastoreConflict, isUnderway, runName } from './begin-run.ts';
import type { VerbDependencies } from './begin-run.ts';
import { createDatastore } from './create-datastore.ts';
import type { DatastoreRecord, DatastoreStatus, ThroughputLimit, WarmThroughput } from './datastore-record.ts';
import { deleteDatastore } from './delete-datastore.ts';
import { updateDatastore } from './update-datastore.ts';

export interface DefaultDatastoreEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** A UUID, the same in all calls for one event. */
  readonly RequestId: string;
  readonly StackId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: {
    /** Absent: a store that there is keeps its name. */
    readonly DatastoreName?: string;
    /** `destroy` deletes the store and its data with the stack; otherwise both stay, and a later stack takes them up. */
    readonly RemovalPolicy?: string;
    /** Units a second, both or none. */
    readonly WarmReadUnits?: string;
    readonly WarmWriteUnits?: string;
    /** Units a second; what is absent has no bound. */
    readonly MaxReadUnits?: string;
    readonly MaxWriteUnits?: string;
    /** `Type.parameter`, separated by commas: what the store is made without. Absent, a store that there is stays as it is. */
    readonly OmitIndex?: string;
  };
}

/** Of CDK's provider framework: what `onEvent` and `isComplete` answer. */
export interface DefaultDatastoreAnswer {
  readonly PhysicalResourceId: string;
  readonly IsComplete: boolean;
  readonly Data?: { readonly DatastoreId: string };
}

export interface DefaultDatastoreDependencies extends VerbDependencies {
  readonly deployment: string;
}

const defaultName = 'default';

/** Nobody has written to a store like these. */
const unmade: ReadonlySet<DatastoreStatus> = new Set(['CREATING', 'CREATE_FAILED', 'DELETED']);

/** @throws Error with the reason when the workflow failed */
export function defaultDatastore(dependencies: DefaultDatastoreDependencies) {
  return async (event: DefaultDatastoreEvent): Promise<DefaultDatastoreAnswer> => {
    const id = event.PhysicalResourceId ?? defaultDatastoreId(dependencies.deployment, event.StackId);
    const IsComplete = event.RequestType === 'Delete' ? await isGone(id, event, dependencies) : await isReady(id, event, dependencies);
    return { PhysicalResourceId: id, IsComplete, ...(IsComplete ? { Data: { DatastoreId: id } } : {}) };
  };
}

/** The same for every stack of one deployment in one account and region: data that a stack left is taken up by the next. */
export function defaultDatastoreId(deployment: string, stackId: string): string {
  const [, partition, , region, account] = stackId.split(':');
  const place = ['default data store', deployment, partition, account, region].join('\n');
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}

async function isReady(datastoreId: string, event: DefaultDatastoreEvent, dependencies: VerbDependencies): Promise<boolean> {
  const { RequestId: token, ResourceProperties: { DatastoreName, OmitIndex } } = event;
  const seen = await dependencies.records.read(datastoreId);
  if (seen !== undefined && isOf(seen, token) && !(await isUnderway(seen, dependencies.workflow))) {
    if (seen.status === 'ACTIVE') return true;
    throwFailure(seen);
  }
  const name = DatastoreName ?? seen?.name ?? defaultName;
  const warmThroughput = warmThroughputOf(event);
  const verb = seen === undefined || unmade.has(seen.status) ? createDatastore : updateDatastore;
  const request = {
    datastoreId,
    name,
    token,
    throughputLimit: throughputLimitOf(event),
    ...(warmThroughput === undefined ? {} : { warmThroughput }),
    ...(OmitIndex === undefined ? {} : { omitted: readOmissions(OmitIndex) }),
  };
  await unlessBusy(verb(request, dependencies));
  return false;
}

async function isGone(datastoreId: string, event: DefaultDatastoreEvent, dependencies: VerbDependencies): Promise<boolean> {
  const { RequestId: token, ResourceProperties: { RemovalPolicy } } = event;
  if (RemovalPolicy !== 'destroy') return true;
  const seen = await dependencies.records.read(datastoreId);
  if (seen === undefined || seen.status === 'DELETED') return true;
  if (isOf(seen, token) && !(await isUnderway(seen, dependencies.workflow))) throwFailure(seen);
  await unlessBusy(deleteDatastore({ datastoreId, token }, dependencies));
  return false;
}

function isOf({ id, run }: DatastoreRecord, token: string): boolean {
  return (['create', 'update', 'delete'] as const).some((verb) => run === runName(verb, id, token));
}

function throwFailure({ status, errorCause }: DatastoreRecord): void {
  if (errorCause !== undefined) throw new Error(`The data store is ${status}. ${errorCause.message}`);
}

/** What is under way ends by itself, and the next call finds the store as it is then. */
async function unlessBusy(verb: Promise<unknown>): Promise<void> {
  try {
    await verb;
  } catch (error) {
    if (!(error instanceof DatastoreConflict) || !error.passes) throw error;
  }
}

function warmThroughputOf({ ResourceProperties: { WarmReadUnits, WarmWriteUnits } }: DefaultDatastoreEvent): WarmThroughput | undefined {
  if (WarmReadUnits === undefined || WarmWriteUnits === undefined) return undefined;
  return { readUnits: Number(WarmReadUnits), writeUnits: Number(WarmWriteUnits) };
}

/** The stack always decides: a bound that it no longer names is lifted. */
function throughputLimitOf({ ResourceProperties: { MaxReadUnits, MaxWriteUnits } }: DefaultDatastoreEvent): ThroughputLimit {
  return {
    ...(MaxReadUnits === undefined ? {} : { readUnits: Number(MaxReadUnits) }),
    ...(MaxWriteUnits === undefined ? {} : { writeUnits: Number(MaxWriteUnits) }),
  };
}
