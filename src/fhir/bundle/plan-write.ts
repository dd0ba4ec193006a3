/**
 * From an entry of a transaction to the write it asks for (https://hl7.org/fhir/R4/http.html#trules). A precondition is
 * refused where it would be ignored. What the criteria of an entry find has been settled before.
 */
import type { Issue, IssueCode } from '../outcome.ts';
import type { Resource } from '../resource.ts';
import { isId } from '../resource.ts';
import { isSubsetted } from '../subset.ts';
import { entryIssue } from './entry.ts';
import type { BundleEntry } from './entry.ts';
import { restfulUrl } from './links.ts';
import { parseVersionTag } from './version-tag.ts';

/** A write of the transaction; `write` is what the store takes. */
export interface PlannedWrite {
  readonly index: number;
  readonly write: CreateWrite | UpdateWrite | DeleteWrite;
}

interface CreateWrite {
  readonly interaction: 'create';
  readonly resource: Resource;
  readonly id: string;
}

interface UpdateWrite {
  readonly interaction: 'update';
  readonly resource: Resource & { id: string };
  readonly ifMatch?: number;
  readonly ifNoneMatch?: '*';
}

interface DeleteWrite {
  readonly interaction: 'delete';
  readonly type: string;
  readonly id: string;
  readonly ifMatch?: number;
}

export interface PlanOptions {
  /** This server's base, without a slash at the end. */
  readonly baseUrl: string;
  /** Whether resources of the type can be stored. */
  readonly isStored: (type: string) => boolean;
  /** The id of the resource that the POST of entry `index` creates. */
  readonly newId: (index: number) => string;
}

/** What the criteria of an entry make of it: the resource that it writes, under the version in which it was found. */
export type SettledEntry =
  | { readonly as: 'create'; readonly id: string }
  | { readonly as: 'update'; readonly id: string; readonly ifMatch?: number; readonly ifNoneMatch?: '*' }
  | { readonly as: 'delete'; readonly id: string; readonly ifMatch: number }
  /** Nothing is written: the resource is there, and links lead to it. */
  | { readonly as: 'found'; readonly type: string; readonly id: string }
  | { readonly as: 'nothing' };

export function isRead(entry: BundleEntry): boolean {
  return entry.method === 'GET' || entry.method === 'HEAD';
}

/** Whether a search decides what the entry writes. */
export function isConditional(entry: BundleEntry): boolean {
  return entry.ifNoneExist !== undefined || (!isRead(entry) && entry.query !== undefined);
}

/** What is wrong with the entry's request, be it a read or a write; `undefined` when nothing is. */
export function requestIssue(entry: BundleEntry): Issue | undefined {
  const problem = conditional(entry) ?? misplacedPrecondition(entry);
  return problem === undefined ? undefined : entryIssue(entry.index, ...problem);
}

/** The write of an entry that is no read, or what is wrong with it. */
export function planWrite(entry: BundleEntry, options: PlanOptions): PlannedWrite | Issue {
  const [type = '', id, ...rest] = entry.path.replace(/\/$/, '').split('/');
  const problem = targetProblem(entry, options.isStored) ?? fullUrlProblem(entry, id);
  if (problem !== undefined) return entryIssue(entry.index, ...problem);
  const { index } = entry;
  const formed = rest.length === 0 && (entry.method === 'POST') === (id === undefined);
  if (!formed) {
    const form = entry.method === 'POST' ? 'Type' : 'Type/id';
    return entryIssue(index, 'request.url', ['value', `the url of ${entry.method} must have the form ${form}.`]);
  }
  if (id === undefined) {
    return { index, write: { interaction: 'create', resource: entry.resource as Resource, id: options.newId(index) } };
  }
  if (!isId(id)) {
    const rule = '1 to 64 of the characters A-Z, a-z, 0-9, "-" and "."';
    return entryIssue(index, 'request.url', ['value', `the id in the url is not valid: ${rule}.`]);
  }
  return entry.method === 'DELETE' ? planDelete(entry, type, id) : planUpdate(entry, id);
}

/**
 * The write of an entry that a search decided about, `undefined` where there is nothing to write.
 */
export function planSettled(entry: BundleEntry, settled: SettledEntry, { isStored }: PlanOptions): PlannedWrite | Issue | undefined {
  // The fullUrl of a conditional update cannot know the id that it is going to have.
  const problem = targetProblem(entry, isStored) ?? fullUrlProblem({ ...entry, method: 'POST' }, undefined);
  if (problem !== undefined) return entryIssue(entry.index, ...problem);
  const { index, path } = entry;
  const resource = entry.resource as Resource;
  switch (settled.as) {
    case 'create':
      return { index, write: { interaction: 'create', resource, id: settled.id } };
    case 'update': {
      const { as: _as, id, ...guard } = settled;
      const planned = planUpdate({ index, method: 'PUT', path, resource: { ...resource, id } }, id);
      return 'write' in planned ? { index, write: { ...(planned.write as UpdateWrite), ...guard } } : planned;
    }
    case 'delete':
      return { index, write: { interaction: 'delete', type: path.replace(/\/$/, ''), id: settled.id, ifMatch: settled.ifMatch } };
    default:
      return undefined;
  }
}

type Problem = readonly [element: string, issue: readonly [code: IssueCode, diagnostics: string]];

/** What is wrong with an entry that a search is to decide about. */
function conditional(entry: BundleEntry): Problem | undefined {
  const { method, path, query, ifNoneExist } = entry;
  if (method === 'PATCH') return ['request.method', ['not-supported', 'PATCH is made an update before it is planned.']];
  if (ifNoneExist !== undefined && method !== 'POST') return ['request.ifNoneExist', ['invalid', 'ifNoneExist is for POST only; leave it out.']];
  if (isRead(entry) || query === undefined) return undefined;
  if (method === 'POST') return ['request.url', ['not-supported', 'the url of POST has no query; criteria stand in ifNoneExist.']];
  if (path.replace(/\/$/, '').includes('/')) return ['request.url', ['value', 'a url with criteria names no id.']];
  return undefined;
}

const preconditions = {
  ifMatch: ['PUT', 'DELETE'],
  ifNoneMatch: ['PUT', 'GET', 'HEAD'],
  ifModifiedSince: ['GET', 'HEAD'],
} as const satisfies Partial<Record<keyof BundleEntry, readonly BundleEntry['method'][]>>;

function misplacedPrecondition(entry: BundleEntry): Problem | undefined {
  for (const name of ['ifMatch', 'ifNoneMatch', 'ifModifiedSince'] as const) {
    const methods: readonly string[] = preconditions[name];
    if (entry[name] === undefined || methods.includes(entry.method)) continue;
    const diagnostics = `${name} means nothing for ${entry.method}, only for ${methods.join(' and ')}; leave it out.`;
    return [`request.${name}`, ['invalid', diagnostics]];
  }
  return undefined;
}

function targetProblem({ path, resource }: BundleEntry, isStored: PlanOptions['isStored']): Problem | undefined {
  const type = path.split('/', 1)[0] ?? '';
  if (!isStored(type)) return ['request.url', ['value', 'the url does not begin with a resource type that can be stored.']];
  if (resource !== undefined && resource.resourceType !== type) {
    return ['resource', ['invalid', 'the resource is not of the type that request.url names.']];
  }
  return undefined;
}

/** https://hl7.org/fhir/R4/bundle.html#bundle-unique: a fullUrl is an identity without version, and agrees with the id. */
function fullUrlProblem({ fullUrl, method, path }: BundleEntry, id: string | undefined): Problem | undefined {
  if (fullUrl === undefined) return undefined;
  const parts = restfulUrl(fullUrl);
  if (parts === undefined) return undefined;
  if (parts.version !== undefined) {
    return ['fullUrl', ['invariant', 'a fullUrl cannot name a version (bdl-8); leave /_history away.']];
  }
  if (parts.type !== path.split('/', 1)[0] || (method === 'PUT' && parts.id !== id)) {
    return ['fullUrl', ['invalid', 'the fullUrl and request.url name different resources.']];
  }
  return undefined;
}

function planDelete(entry: BundleEntry, type: string, id: string): PlannedWrite | Issue {
  const ifMatch = expectedVersion(entry);
  if (typeof ifMatch === 'object') return ifMatch;
  return { index: entry.index, write: { interaction: 'delete', type, id, ...(ifMatch === undefined ? {} : { ifMatch }) } };
}

function planUpdate(entry: BundleEntry, id: string): PlannedWrite | Issue {
  const { index, ifNoneMatch } = entry;
  const resource = entry.resource as Resource;
  if (resource.id !== id) {
    return entryIssue(index, 'resource.id', ['invalid', 'the resource of a PUT must have the id that request.url names.']);
  }
  if (isSubsetted(resource)) {
    const diagnostics = 'the resource is marked as SUBSETTED, so an update would erase what is missing; read it whole and change that.';
    return entryIssue(index, 'resource.meta.tag', ['business-rule', diagnostics]);
  }
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    return entryIssue(index, 'request.ifNoneMatch', ['not-supported', 'ifNoneMatch of a PUT can only be "*".']);
  }
  const ifMatch = expectedVersion(entry);
  if (typeof ifMatch === 'object') return ifMatch;
  const conditions = { ...(ifMatch === undefined ? {} : { ifMatch }), ...(ifNoneMatch === '*' ? ({ ifNoneMatch } as const) : {}) };
  return { index, write: { interaction: 'update', resource: resource as Resource & { id: string }, ...conditions } };
}

function expectedVersion({ index, ifMatch }: BundleEntry): number | undefined | Issue {
  if (ifMatch === undefined) return undefined;
  const problem = ['value', 'ifMatch must be the ETag of a version, as W/"3".'] as const;
  return parseVersionTag(ifMatch) ?? entryIssue(index, 'request.ifMatch', problem);
}
