/**
 * An entry of a batch or transaction, as the request it stands for
 * (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request).
 *
 * The bundle's own structure has been checked before: elements that are there have the right JSON types.
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { Issue, IssueCode } from '../outcome.ts';
import type { Resource } from '../resource.ts';

/** https://hl7.org/fhir/R4/valueset-http-verb.html, in the order in which a transaction is processed. */
export const verbs = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET', 'HEAD'] as const;
export type Verb = (typeof verbs)[number];

export interface BundleEntry {
  /** Position in the bundle, from 0. */
  readonly index: number;
  readonly fullUrl?: string;
  readonly resource?: Resource;
  readonly method: Verb;
  /** Below the base, without a slash before it: `Patient/1/_history`. Empty: the base itself. */
  readonly path: string;
  /** The query without `?`; absent when there is none. */
  readonly query?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  /** An instant, as `2024-02-03T10:00:00Z`. */
  readonly ifModifiedSince?: string;
  readonly ifNoneExist?: string;
}

/** An issue that names the entry and the element below it. */
export function entryIssue(index: number, element: string, [code, diagnostics]: readonly [IssueCode, string]): Issue {
  return {
    severity: 'error',
    code,
    diagnostics: `Entry ${index}: ${diagnostics}`,
    expression: `Bundle.entry[${index}]${element === '' ? '' : `.${element}`}`,
  };
}

/** The bundle's entries as they were sent. */
export function rawEntries(bundle: JsonObject): readonly JsonObject[] {
  const { entry } = bundle;
  return Array.isArray(entry) ? entry.map((item) => (isObject(item) ? item : {})) : [];
}

/**
 * Reads one entry. Rules that hold for batches and transactions alike: a request with a known method and a URL of
 * this server, and a resource exactly where the method takes one.
 *
 * @returns the entry, or what is wrong with it
 */
export function readEntry(raw: JsonObject, index: number, baseUrl: string): BundleEntry | readonly Issue[] {
  const { request } = raw;
  if (!isObject(request)) {
    return [entryIssue(index, 'request', ['required', 'every entry needs a request with method and url.'])];
  }
  const method = verbs.find((verb) => verb === request['method']);
  if (method === undefined) {
    return [entryIssue(index, 'request.method', ['code-invalid', `the method must be one of ${verbs.join(', ')}.`])];
  }
  const url = text(request['url']);
  if (url === undefined) {
    return [entryIssue(index, 'request.url', ['required', 'the request needs a url, as Patient or Patient/1.'])];
  }
  const relative = relativeUrl(url, baseUrl);
  if (relative === undefined) {
    return [entryIssue(index, 'request.url', ['value', 'the url is not on this server; write it as Patient/1.'])];
  }
  const resource = isObject(raw['resource']) ? (raw['resource'] as Resource) : undefined;
  const misplaced = resource === undefined && callsOperation(method, relative) ? undefined : resourceIssue(method, resource, index);
  if (misplaced !== undefined) return [misplaced];
  const mark = relative.indexOf('?');
  return {
    index,
    fullUrl: text(raw['fullUrl']),
    resource,
    method,
    path: mark < 0 ? relative : relative.slice(0, mark),
    query: mark < 0 ? undefined : relative.slice(mark + 1),
    ifMatch: text(request['ifMatch']),
    ifNoneMatch: text(request['ifNoneMatch']),
    ifModifiedSince: text(request['ifModifiedSince']),
    ifNoneExist: text(request['ifNoneExist']),
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The URL without this server's base; a slash in front is tolerated. `undefined` for another server's. */
function relativeUrl(url: string, baseUrl: string): string | undefined {
  if (url === baseUrl) return '';
  if (url.startsWith(`${baseUrl}/`)) return url.slice(baseUrl.length + 1);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:|^\/\//.test(url)) return undefined;
  return url.startsWith('/') ? url.slice(1) : url;
}

/** An operation may be called without a resource; whoever serves the entry says whether it is offered. */
function callsOperation(method: Verb, relative: string): boolean {
  return method === 'POST' && /^(?:[^?]*\/)?(?:\$|%24)/.test(relative);
}

function resourceIssue(method: Verb, resource: Resource | undefined, index: number): Issue | undefined {
  const taken = method === 'POST' || method === 'PUT' || method === 'PATCH';
  if (taken && resource === undefined) {
    return entryIssue(index, 'resource', ['required', `${method} needs a resource.`]);
  }
  if (!taken && resource !== undefined) {
    return entryIssue(index, 'resource', ['structure', `${method} takes no resource; leave it out.`]);
  }
  return undefined;
}
