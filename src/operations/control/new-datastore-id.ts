/**
 * The id of a data store that a request makes. It is computed from the request's client token, so that the request sent
 * again names the same store, however far it came the first time, and the control table needs no items for tokens.
 */
import { createHash, createHmac } from 'node:crypto';
import type { DatastoreRecord } from '../datastore/datastore-record.ts';
import { validationError } from './control-error.ts';
import type { ControlDependencies } from './control-operation.ts';
import { digest } from './page.ts';

/** HealthLake's SDKs make a new token for each request; one that comes again later means another store. */
export const clientTokenLifeMs = 24 * 60 * 60 * 1000;
/** Stores that were made under one token, a day apart each; those deleted long ago leave their places. */
const maxStoresOfToken = 64;

export interface NewDatastore {
  readonly datastoreId: string;
  /** Names the run of the workflow that makes it: 32 hexadecimal digits. */
  readonly runToken: string;
  readonly requestDigest: string;
  /** The store that the same request has made already. */
  readonly seen?: DatastoreRecord;
}

interface Request {
  readonly ClientToken?: string;
}

/** @throws ControlError ValidationException when the token came with another request */
export async function newDatastore(operation: string, input: Request, dependencies: ControlDependencies): Promise<NewDatastore> {
  const { records, clock, ids, secret } = dependencies;
  const { ClientToken: clientToken = ids.uuid(), ...wishes } = input;
  const requestDigest = digest({ operation, wishes });
  const runToken = createHash('sha256').update(clientToken).digest('hex').slice(0, 32);
  const key = await secret();
  for (let round = 0; round < maxStoresOfToken; round++) {
    const datastoreId = createHmac('sha256', key).update(`data store\n${clientToken}\n${round}`).digest('hex').slice(0, 32);
    const seen = await records.read(datastoreId);
    if (seen === undefined) return { datastoreId, runToken, requestDigest };
    if (clock.now() - seen.created >= clientTokenLifeMs) continue;
    if (seen.requestDigest !== requestDigest) throw validationError("The value at 'clientToken' came with another request before. Send a new one.");
    return { datastoreId, runToken, requestDigest, seen };
  }
  throw validationError("The value at 'clientToken' has made too many data stores. Send a new one.");
}
