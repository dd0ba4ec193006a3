/**
 * Conditional references of a transaction: `Patient?identifier=…` in place of `Patient/1`
 * (https://hl7.org/fhir/R4/http.html#trules). They are resolved last, so they find what the transaction itself writes too,
 * and do not find what it replaces or deletes.
 */
import { entryIssue } from '../../fhir/bundle/entry.ts';
import { referenceIssue } from '../../fhir/bundle/rewrite-links.ts';
import type { ConditionalReference } from '../../fhir/bundle/rewrite-links.ts';
import { maxReportedIssues } from '../../fhir/bundle/transaction.ts';
import type { TransactionPlan } from '../../fhir/bundle/transaction.ts';
import { FhirError, unprocessable } from '../../fhir/outcome.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { asksOthers, matchesUpTo, readCriteria, satisfiesCriteria } from '../conditional/criteria.ts';
import type { Criteria } from '../conditional/criteria.ts';
import { parseParameters } from '../parameters.ts';
import type { BundleContext } from './bundle-context.ts';
import { inParallel } from './in-parallel.ts';

/** Different searches in the references of one transaction: a patient's whole record has some hundred. */
export const maxConditionalReferences = 1000;

/**
 * Replaces every conditional reference of the plan, in place.
 *
 * @throws FhirError 412 naming each reference that finds nothing, or several; 400 for one whose criteria cannot be read
 */
export async function resolveReferences({ references, writes }: Pick<TransactionPlan, 'references' | 'writes'>, context: BundleContext): Promise<void> {
  const bySearch = Map.groupBy(references, ({ search }) => search);
  if (bySearch.size > maxConditionalReferences) {
    throw unprocessable(`A transaction may have ${maxConditionalReferences} different conditional references; cut it into several.`, 'Bundle.entry');
  }
  const unmet: Issue[] = [];
  const written = writtenByType(writes);
  await inParallel([...bySearch], async ([search, users]) => {
    const found = await named(users[0]!, () => resolveOne(search, written, context));
    const [only] = found;
    for (const user of users) {
      if (found.length === 1) user.value['reference'] = only!;
      else unmet.push(referenceIssue(user, only === undefined ? nothingFound : severalFound));
    }
  });
  if (unmet.length > 0) throw new FhirError(412, unmet.slice(0, maxReportedIssues));
}

const nothingFound = ['not-found', 'no resource satisfies the conditional reference; create it first, or write Type/id.'] as const;
const severalFound = ['multiple-matches', 'several resources satisfy the conditional reference; narrow it until one does.'] as const;

interface Written {
  /** What the transaction leaves of the type, under its new ids. */
  readonly resources: Resource[];
  /** Of everything that it writes to. */
  readonly ids: Set<string>;
}

function writtenByType(writes: TransactionPlan['writes']): ReadonlyMap<string, Written> {
  const byType = new Map<string, Written>();
  for (const { write } of writes) {
    const { type, id } = write.interaction === 'delete' ? write : { type: write.resource.resourceType, id: write.interaction === 'create' ? write.id : write.resource.id };
    const written = byType.get(type) ?? { resources: [], ids: new Set() };
    byType.set(type, written);
    written.ids.add(id);
    if (write.interaction !== 'delete') written.resources.push({ ...write.resource, id });
  }
  return byType;
}

/** @returns what the search finds, as `Type/id`: none, one, or two for several */
async function resolveOne(search: string, byType: ReadonlyMap<string, Written>, context: BundleContext): Promise<readonly string[]> {
  const { request: { baseUrl }, store } = context;
  const mark = search.indexOf('?');
  const type = search.slice(0, mark);
  const criteria = await readCriteria(store, parseParameters(search.slice(mark + 1)), { type, baseUrl });
  const written = byType.get(type);
  const stored = await matchesUpTo(store, criteria, 2 + (written?.ids.size ?? 0));
  const others = stored.filter(({ id }) => written?.ids.has(id) !== true).map(({ id }) => id);
  const own = written === undefined ? [] : await matchesAmong(written.resources, criteria, context);
  return [...others, ...own].slice(0, 2).map((id) => `${type}/${id}`);
}

/** Chains are held against what is stored only: what a resource of the transaction refers to may not be there yet. */
async function matchesAmong(resources: readonly Resource[], criteria: Criteria, context: BundleContext): Promise<readonly string[]> {
  if (asksOthers(criteria.query)) return [];
  const found: string[] = [];
  for (const resource of resources) {
    if (await satisfiesCriteria(context, criteria, resource)) found.push(resource.id ?? '');
    if (found.length > 1) break;
  }
  return found;
}

async function named<T>({ source: { index } }: ConditionalReference, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    throw new FhirError(error.status, error.issues.map(({ code, diagnostics }) => entryIssue(index, 'resource', [code, `conditional reference: ${diagnostics}`])));
  }
}
