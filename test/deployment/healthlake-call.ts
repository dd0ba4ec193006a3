/** HealthLake's own API at the gateway, for what AWS's client is too old to know. */
import { setTimeout as pause } from 'node:timers/promises';
import { signedHeaders } from '../conformance/signature.ts';
import type { Deployed } from './deployed.ts';

type Caller = Pick<Deployed, 'gateway' | 'caller' | 'assembly'>;

/** Of the members of an answer those that are looked at. */
export interface HealthlakeAnswer {
  readonly DatastoreId: string;
  /** Absent where the call is refused. */
  readonly DatastoreProperties?: { readonly DatastoreStatus: string };
}

/** Far more looks than a change of a store takes. */
const maxLooks = 400;

export async function healthlakeCall({ gateway, caller, assembly }: Caller, operation: string, input: object): Promise<HealthlakeAnswer> {
  const [url, body] = [`${gateway.url}/`, Buffer.from(JSON.stringify(input))];
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `HealthLake.${operation}` };
  const request = { method: 'POST', url, headers, body };
  const signed = await signedHeaders(request, caller.credentials, { region: assembly.place.region, at: new Date() });
  return (await fetch(url, { method: 'POST', headers: signed, body })).json() as Promise<HealthlakeAnswer>;
}

/** Resolves when the data store has the status. */
export async function settledStore(caller: Caller, DatastoreId: string, status: string): Promise<void> {
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const { DatastoreProperties } = await healthlakeCall(caller, 'DescribeFHIRDatastore', { DatastoreId });
    if (DatastoreProperties?.DatastoreStatus === status) return;
    await pause(50);
  }
  throw new Error(`The data store is not ${status}.`);
}
