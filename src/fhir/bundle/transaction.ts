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
import { isRead, planSettled, planWrite, requestIssue } from './plan-write.ts';
import type { PlannedWrite, PlanOptions, SettledEntry } from './plan-write.ts';
import { rewriteLinks } from './rewrite-links.ts';
import type { ConditionalReference } from './rewrite-links.ts';

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
  /** References in what is written that are searches, still to be replaced. */
  readonly references: readonly ConditionalReference[];
}

/** By entry: what its criteria found. Every entry that has criteria is among them. */
export type SettledEntries = ReadonlyMap<number, SettledEntry>;

const noneSettled: SettledEntries = new Map();

/**
 * The entries of a bundle whose structure has been checked, in its order.
 *
 * @throws FhirError 400 with the issues found, each naming its entry; 422 for too many entries
 */
export function readTransaction(bundle: JsonObject, { baseUrl }: Pick<PlanOptions, 'baseUrl'>): readonly BundleEntry[] {
  const raw = rawEntries(bundle);
  if (raw.length > maxTransactionEntries) {
    throw unprocessable(`A transaction may have ${maxTransactionEntries} entries; cut it into several.`, 'Bundle.entry');
  }
  const issues: Issue[] = [];
  const entries = accepted(raw.map((each, index) => readEntry(each, index, baseUrl)), issues);
  issues.push(...entries.map(requestIssue).filter((issue) => issue !== undefined));
  refuseAny(issues);
  return entries;
}

/** Plans a bundle in which nothing depends on a search: what does is refused. As `readTransaction` and `planEntries`. */
export function planTransaction(bundle: JsonObject, options: PlanOptions): TransactionPlan {
  return planEntries(readTransaction(bundle, options), options);
}

/**
 * Plans the entries of a bundle. Takes them over: their resources are rewritten in place.
 *
 * @throws FhirError 400 with the issues found, each naming its entry
 */
export function planEntries(entries: readonly BundleEntry[], options: PlanOptions, settled = noneSettled): TransactionPlan {
  const issues: Issue[] = [];
  const planned = inProcessingOrder(entries).filter((entry) => !isRead(entry));
  const writes = accepted(planned.flatMap((entry) => {
    const found = settled.get(entry.index);
    return (found === undefined ? planWrite(entry, options) : planSettled(entry, found, options)) ?? [];
  }), issues);
  refuseAny(issues);
  issues.push(...repeatedResources(writes, settled));
  const links = linksOf({ entries, writes, settled, baseUrl: options.baseUrl }, issues);
  refuseAny(issues);
  const references: ConditionalReference[] = [];
  for (const { index, write } of writes) {
    if (write.interaction === 'delete') continue;
    const base = restfulUrl(entries[index]?.fullUrl ?? '')?.base ?? options.baseUrl;
    const rewritten = rewriteLinks({ index, resource: write.resource, base }, links);
    issues.push(...rewritten.issues);
    references.push(...rewritten.conditional);
  }
  refuseAny(issues);
  return { size: entries.length, writes, reads: entries.filter(isRead), references };
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
function repeatedResources(writes: readonly PlannedWrite[], settled: SettledEntries): readonly Issue[] {
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
  return [...issues, ...deletedAndFound(writes, settled)];
}

/** What a conditional create has found cannot be deleted beside it: links to it would lead nowhere. */
function deletedAndFound(writes: readonly PlannedWrite[], settled: SettledEntries): readonly Issue[] {
  if (settled.size === 0) return [];
  const deleted = new Map(writes.flatMap(({ index, write }) => (write.interaction === 'delete' ? [[`${write.type}/${write.id}`, index] as const] : [])));
  return [...settled].flatMap(([index, found]) => {
    const by = found.as === 'found' ? deleted.get(`${found.type}/${found.id}`) : undefined;
    if (by === undefined) return [];
    return [entryIssue(index, 'request.ifNoneExist', ['duplicate', `entry ${by} deletes what the criteria find.`])];
  });
}

interface Planned {
  readonly entries: readonly BundleEntry[];
  readonly writes: readonly PlannedWrite[];
  readonly settled: SettledEntries;
  readonly baseUrl: string;
}

/** Where each fullUrl leads. Two entries with one fullUrl leave links to it ambiguous, and are refused. */
function linksOf({ entries, writes, settled, baseUrl }: Planned, issues: Issue[]): Links {
  const links = new Map<string, LinkTarget>();
  const first = new Map<string, number>();
  const targets = new Map(writes.map(({ index, write }) => [index, linkTarget(write)]));
  for (const [index, found] of settled) {
    // Its version is not the first any more, or not for long.
    if (found.as === 'found') targets.set(index, { type: found.type, id: found.id, created: false });
  }
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
