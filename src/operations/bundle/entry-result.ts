/**
 * An entry of a batch-response or transaction-response
 * (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response), as text: what is stored is not parsed to
 * be sent.
 */
import type { ResourceVersion } from '../../store/data-store.ts';
import { operationOutcome, tooCostly } from '../../fhir/outcome.ts';
import { fullUrlText } from '../bundle-text.ts';
import type { OperationResponse } from '../operation.ts';
import { preferences } from '../prefer.ts';
import type { Preferences } from '../prefer.ts';
import { entityTag, versionPath } from '../version-headers.ts';

export interface EntryResult {
  readonly status: number;
  /** Relative to the base: `Patient/1/_history/2`. */
  readonly location?: string;
  readonly etag?: string;
  /** Milliseconds since the epoch. */
  readonly lastModified?: number;
  /** JSON texts. */
  readonly resource?: string;
  readonly outcome?: string;
  /** Whose resource this is, for the fullUrl. */
  readonly identity?: { readonly type: string; readonly id: string };
}

/** Beyond this no further resources are put into a response; a client asks for them one by one. */
export const maxResponseCharacters = 64 * 1024 * 1024;

/** The whole response; entries in the order of the request. */
export function responseBundle(type: 'batch' | 'transaction', results: readonly EntryResult[], baseUrl: string): string {
  const start = `{"resourceType":"Bundle","type":"${type}-response"`;
  if (results.length === 0) return `${start}}`;
  let length = 0;
  const entries = results.map((result) => {
    length += (result.resource ?? result.outcome ?? '').length;
    return entryText(length > maxResponseCharacters ? leftOut(result) : result, baseUrl);
  });
  return `${start},"entry":[${entries.join(',')}]}`;
}

/** A write keeps its status: it took place. A read that cannot be shown has failed. */
function leftOut({ resource, outcome: _outcome, ...result }: EntryResult): EntryResult {
  const { status, issues } = tooCostly('The resources of this response are more than it can hold. Ask for this one by itself.');
  const isRead = resource !== undefined && result.location === undefined;
  return { ...result, ...(isRead ? { status } : {}), outcome: JSON.stringify(operationOutcome(issues)) };
}

function entryText({ status, location, etag, lastModified, resource, outcome, identity }: EntryResult, baseUrl: string): string {
  const response = JSON.stringify({
    status: String(status),
    location,
    etag,
    lastModified: lastModified === undefined ? undefined : new Date(lastModified).toISOString(),
  });
  const told = outcome === undefined ? response : `${response.slice(0, -1)},"outcome":${outcome}}`;
  const shown = resource === undefined ? '' : `"resource":${resource},`;
  const fullUrl = resource === undefined || identity === undefined ? '' : `${fullUrlText(baseUrl, identity)},`;
  return `{${fullUrl}${shown}"response":${told}}`;
}

/** The part of a result that every written version has. */
export function versionResult(version: ResourceVersion): Pick<EntryResult, 'location' | 'etag' | 'lastModified' | 'identity'> {
  return {
    ...(version.interaction === 'delete' ? {} : { location: versionPath(version) }),
    etag: entityTag(version.versionId),
    lastModified: version.lastUpdated,
    identity: version,
  };
}

/** The result of a request that was served: what was read as resource, everything else that was said as outcome. */
export function servedResult({ status, headers, json }: OperationResponse, method: string): EntryResult {
  const modified = Date.parse(headers['Last-Modified'] ?? '');
  const isResource = status < 400 && method === 'GET';
  return {
    status,
    ...(headers['ETag'] === undefined ? {} : { etag: headers['ETag'] }),
    ...(Number.isNaN(modified) ? {} : { lastModified: modified }),
    ...(json === undefined || (status < 400 && method === 'HEAD') ? {} : { [isResource ? 'resource' : 'outcome']: json }),
  };
}

/** For the entries of a bundle, nothing but the response is wanted unless the client says otherwise: so it is in HealthLake. */
export function preferredReturn(prefer: string | undefined): Preferences['return'] {
  return prefer !== undefined && /\breturn\s*=/i.test(prefer) ? preferences(prefer).return : 'minimal';
}
