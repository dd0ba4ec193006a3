/** Requests to the whole interface over a data store in memory. */
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import type { OperationResponse } from '../../src/operations/operation.ts';
import { rest } from '../../src/operations/rest.ts';
import type { Fault } from '../../src/operations/serve.ts';
import { memoryDataStore } from './memory-data-store.ts';
import type { MemoryDataStore } from './memory-data-store.ts';

export const baseUrl = 'http://localhost/datastore/test/r4';

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as FHIR JSON. */
  readonly body?: string | JsonObject;
  readonly caller?: string;
}

export interface Answer extends OperationResponse {
  /** The parsed text. */
  readonly resource: JsonObject;
}

export interface Interface {
  readonly store: MemoryDataStore;
  readonly faults: readonly Fault[];
  /** @param target path and query behind the base, as `/Patient?name=x` */
  readonly send: (method: string, target: string, sent?: Sent) => Promise<Answer>;
}

export function restInterface(store: MemoryDataStore = memoryDataStore()): Interface {
  const faults: Fault[] = [];
  let uuids = 0;
  const ids = { uuid: () => `fault-${++uuids}`, writeId: () => '', rev: () => '' };
  const clock = { now: store.tick, sleep: async () => {} };
  const refused = async (): Promise<OperationResponse> => {
    throw new Error('Bundles are tested with their own operation.');
  };
  const handle = rest(
    { store, clock, ids, report: (fault) => faults.push(fault) },
    { 'process-bundle': refused, 'transaction-status': refused },
  );
  const send: Interface['send'] = async (method, target, { headers = {}, body, caller = 'someone' } = {}) => {
    const [path = '', query = ''] = target.split('?');
    const declared: Record<string, string> = typeof body === 'object' ? { 'content-type': 'application/fhir+json' } : {};
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const response = await handle({ method, baseUrl, path, query, headers: { ...declared, ...headers }, body: text, caller });
    return { ...response, resource: response.json === undefined ? {} : (JSON.parse(response.json) as JsonObject) };
  };
  return { store, faults, send };
}

/** Status, issue codes and expressions of a refusal. */
export function refusal({ status, resource }: Answer): { status: number; codes: Json[]; expressions: Json[] } {
  const issues = (resource['issue'] ?? []) as unknown as { code: string; expression?: string[] }[];
  return { status, codes: issues.map(({ code }) => code), expressions: issues.flatMap(({ expression = [] }) => expression) };
}
