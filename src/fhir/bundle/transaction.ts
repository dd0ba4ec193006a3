/**
 * Plans a transaction (https://hl7.org/fhir/R4/http.html#transaction): from the bundle to the writes that are
 * committed together, their links rewritten, and the reads that follow them. Decides everything that can be decided
 * without the store, so that one bad entry refuses the whole before anything is written.
 */
import type { JsonObject } from '../json.ts';
import type { Issue } from '../outcome.ts';
import { invalidResource, unprocessable } from '../outcome.ts';
import { entryIssue, rawEntries, readEntry, verbs } from './entry.ts';
import type { BundleEntry } from './entry.ts';
import { absoluteFullUrl, linkKey, restfulUrl } from './links.ts';
import type { Links, LinkTarget } from './links.ts';
import { isRead, planWrite, requestIssue } from './plan-write.ts';
import type { PlannedWrite, PlanOptions } from './plan-write.ts';
import { rewriteLinks } from './rewrite-links.ts';

/** What one commit of the store holds; HealthLake's 500 is far below what a patient's whole record needs. */
export const maxTransactionEntries = 4500;
/** Issues told of one bundle: enough to repair it, few enough to read. */
export const maxReportedIssues = 100;

export interface TransactionPlan {
  /** How many entries the bundle has, and the response will have. */
  readonly size: number;
  /** Deletes, then creates, then updates. No resource twice. */
  readonly writes: readonly PlannedWrite[];
  /** GET and HEAD, for after the commit. */
  readonly reads: readonly BundleEntry[];
}

/**
 * Plans a bundle whose structure has been checked. Takes the bundle over: its resources are rewritten in place.
 *
 * @throws FhirError 400 with the issues found, each naming its entry; 422 for too many entries
 */
export function planTransaction(bundle: JsonObject, options: PlanOptions): TransactionPlan {
  const raw = rawEntries(bundle);
  if (raw.length > maxTransactionEntries) {
    throw unprocessable(`A transaction may have ${maxTransactionEntries} entries; cut it into several.`, 'Bundle.entry');
  }
  const issues: Issue[] = [];
  const entries = accepted(raw.map((each, index) => readEntry(each, index, options.baseUrl)), issues);
  issues.push(...entries.map(requestIssue).filter((issue) => issue !== undefined));
  refuseAny(issues);
  const planned = inProcessingOrder(entries).filter((entry) => !isRead(entry));
  const writes = accepted(planned.map((entry) => planWrite(entry, options)), issues);
  refuseAny(issues);
  issues.push(...repeatedResources(writes));
  const links = linksOf({ entries, writes, baseUrl: options.baseUrl }, issues);
  refuseAny(issues);
  for (const { index, write } of writes) {
    if (write.interaction === 'delete') continue;
    const base = restfulUrl(entries[index]?.fullUrl ?? '')?.base ?? options.baseUrl;
    issues.push(...rewriteLinks({ index, resource: write.resource, base }, links));
  }
  refuseAny(issues);
  return { size: raw.length, writes, reads: entries.filter(isRead) };
}

/** Entries as the specification orders their processing; those of one method keep their order. */
export function inProcessingOrder(entries: readonly BundleEntry[]): readonly BundleEntry[] {
  return verbs.flatMap((verb) => entries.filter(({ method }) => method === verb));
}

/** Leaves the issues among the results in `issues`. */
function accepted<T extends { readonly index: number }>(
  results: readonly (T | Issue | readonly Issue[])[],
  issues: Issue[],
): T[] {
  const good: T[] = [];
  for (const result of results) {
    if ('index' in result) good.push(result);
    else if ('severity' in result) issues.push(result);
    else issues.push(...result);
  }
  return good;
}

function refuseAny(issues: readonly Issue[]): void {
  if (issues.length > 0) throw invalidResource(issues.slice(0, maxReportedIssues));
}

/** "If any resource identities overlap in steps 1-3, then the transaction SHALL fail." */
function repeatedResources(writes: readonly PlannedWrite[]): readonly Issue[] {
  const first = new Map<string, number>();
  const issues: Issue[] = [];
  for (const { index, write } of writes) {
    if (write.interaction === 'create') continue;
    const { type, id } = write.interaction === 'delete' ? write : { type: write.resource.resourceType, id: write.resource.id };
    const before = first.get(`${type}/${id}`);
    if (before === undefined) first.set(`${type}/${id}`, index);
    else {
      const diagnostics = `entry ${before} writes the same resource; a transaction may write it once.`;
      issues.push(entryIssue(index, 'request.url', ['duplicate', diagnostics]));
    }
  }
  return issues;
}

interface Planned {
  readonly entries: readonly BundleEntry[];
  readonly writes: readonly PlannedWrite[];
  readonly baseUrl: string;
}

/** Where each fullUrl leads. Two entries with one fullUrl leave links to it ambiguous, and are refused. */
function linksOf({ entries, writes, baseUrl }: Planned, issues: Issue[]): Links {
  const links = new Map<string, LinkTarget>();
  const first = new Map<string, number>();
  const targets = new Map(writes.map(({ index, write }) => [index, linkTarget(write)]));
  for (const { index, fullUrl, resource } of entries) {
    if (fullUrl === undefined) continue;
    const absolute = absoluteFullUrl(fullUrl, baseUrl);
    if (absolute === undefined) {
      issues.push(entryIssue(index, 'fullUrl', ['value', 'the fullUrl must be an absolute URL, or a urn:uuid: or urn:oid:.']));
      continue;
    }
    const key = linkKey(absolute);
    const before = first.get(key);
    if (before !== undefined) {
      const diagnostics = `entry ${before} has the same fullUrl; links to it would be ambiguous.`;
      issues.push(entryIssue(index, 'fullUrl', ['duplicate', diagnostics]));
    }
    first.set(key, index);
    const target = targets.get(index);
    if (target !== undefined) links.set(key, { ...target, canonical: resource?.['url'] === absolute });
  }
  return links;
}

/** What a link to the entry becomes. Links to a deleted resource stay as they are. */
function linkTarget(write: PlannedWrite['write']): Omit<LinkTarget, 'canonical'> | undefined {
  switch (write.interaction) {
    case 'create':
      return { type: write.resource.resourceType, id: write.id, created: true };
    case 'update':
      return { type: write.resource.resourceType, id: write.resource.id, created: false };
    default:
      return undefined;
  }
}
