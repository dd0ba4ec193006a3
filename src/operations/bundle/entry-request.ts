/** An entry of a bundle as the request that the rest of the interface understands. */
import type { BundleEntry } from '../../fhir/bundle/entry.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import { preferences } from '../prefer.ts';
import type { RestRequest } from '../rest.ts';
import { validationLevelHeader } from '../validation-level.ts';

/** Serves one request; never throws. */
export type Dispatch = (request: RestRequest) => Promise<OperationResponse>;

/** The interface over a store: a batch's entries each get one of their own, that knows what it wrote. */
export type DispatchOver = (store: DataStore) => Dispatch;

/**
 * Headers of the bundle's request that hold for each of its entries. They are also kept with asynchronous bundles:
 * nothing that authenticates belongs here.
 */
export const passedHeaders: readonly string[] = [validationLevelHeader, 'x-amz-fhir-history-consistency-level'];

export function passed(headers: OperationRequest['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => passedHeaders.includes(name)));
}

/**
 * What an entry that reads prefers. It has no place for a preference of its own, so the bundle's holds for every search
 * in it (https://hl7.org/fhir/R4/search.html#errors).
 */
export function readPreference({ headers }: Pick<OperationRequest, 'headers'>): string {
  return `handling=${preferences(headers['prefer']).handling}`;
}

/**
 * @param context the bundle's own request
 * @param prefer what the entry's answer is to hold
 */
export function entryRequest(entry: BundleEntry, context: OperationRequest, prefer: string): RestRequest {
  const { method, path, query = '', resource } = entry;
  const patch = method === 'PATCH' ? patchInBinary(resource) : undefined;
  const optional = {
    'if-match': entry.ifMatch,
    'if-none-match': entry.ifNoneMatch,
    'if-modified-since': entry.ifModifiedSince === undefined ? undefined : new Date(entry.ifModifiedSince).toUTCString(),
    'if-none-exist': entry.ifNoneExist,
    'content-type': resource === undefined ? undefined : 'application/fhir+json',
    ...(patch && { 'content-type': patch.contentType }),
  };
  // A Binary would otherwise be answered as its content.
  const headers: Record<string, string> = { ...passed(context.headers), prefer, accept: 'application/fhir+json' };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) headers[name] = value;
  const body = resource === undefined ? {} : { body: patch?.body ?? JSON.stringify(resource) };
  return { method, baseUrl: context.baseUrl, path: `/${path}`, query, headers, caller: context.caller, ...body };
}

/** A patch that is no resource comes as a Binary (https://hl7.org/fhir/R4/http.html#patch). */
function patchInBinary(resource: Resource | undefined): { readonly contentType: string; readonly body: string } | undefined {
  if (resource?.resourceType !== 'Binary') return undefined;
  const { contentType, data } = resource;
  return {
    contentType: typeof contentType === 'string' ? contentType : '',
    body: typeof data === 'string' ? Buffer.from(data, 'base64').toString() : '',
  };
}
