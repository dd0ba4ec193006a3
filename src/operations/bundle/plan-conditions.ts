/** Plans a transaction with everything in it that a search decides about (https://hl7.org/fhir/R4/http.html#trules). */
import type { PlanOptions } from '../../fhir/bundle/plan-write.ts';
import { planEntries, readTransaction } from '../../fhir/bundle/transaction.ts';
import type { TransactionPlan } from '../../fhir/bundle/transaction.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { ResourceVersion, WriteResult } from '../../store/data-store.ts';
import { MatchChanged } from '../conditional/while-matching.ts';
import type { Preferences } from '../prefer.ts';
import { informed } from '../written.ts';
import type { BundleContext } from './bundle-context.ts';
import { versionResult } from './entry-result.ts';
import type { EntryResult } from './entry-result.ts';
import { resolveReferences } from './resolve-references.ts';
import { settleEntries } from './settle-entries.ts';
import type { Found, Settlement } from './settle-entries.ts';

export interface ConditionedPlan extends TransactionPlan {
  readonly settlement: Settlement;
}

/**
 * Takes the bundle over: its resources are rewritten in place. Writes nothing but claims of criteria.
 *
 * @throws FhirError naming entries
 */
export async function planWithConditions(bundle: JsonObject, isStored: PlanOptions['isStored'], context: BundleContext): Promise<ConditionedPlan> {
  const { request: { baseUrl }, newId } = context;
  const entries = readTransaction(bundle, { baseUrl });
  const settlement = await settleEntries(entries, context);
  const plan = planEntries(entries, { baseUrl, isStored, newId }, settlement.entries);
  await resolveReferences(plan, context);
  return { ...plan, settlement };
}

/**
 * Commits, and tells a failure that means that criteria find something else by now from all others.
 *
 * @throws MatchChanged in their place: the whole is to be planned again
 */
export async function committing<T>({ settlement: { entries } }: ConditionedPlan, commit: () => Promise<T>): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    if (entries.size === 0 || !(error instanceof FhirError)) throw error;
    const [issue] = error.issues;
    const entry = Number(/^Bundle\.entry\[(\d+)\]/.exec(issue?.expression ?? '')?.[1] ?? -1);
    const claimIsUsed = error.status === 409 && issue?.code === 'duplicate';
    throw claimIsUsed || (error.status === 412 && entries.has(entry)) ? new MatchChanged() : error;
  }
}

/** The answers of entries that write nothing, since their criteria find what they would make, or nothing to delete. */
export function settledResults(
  { writes, settlement: { entries, found } }: ConditionedPlan, committed: readonly WriteResult[], wanted: Preferences['return'],
): ReadonlyMap<number, EntryResult> {
  const results = new Map<number, EntryResult>();
  const versionOf = (one: Found): ResourceVersion | undefined =>
    'sameAs' in one ? committed[writes.findIndex(({ index }) => index === one.sameAs)]?.version : one;
  for (const [index, { as }] of entries) {
    if (as === 'nothing') results.set(index, { status: 204 });
    const one = found.get(index);
    const version = one === undefined ? undefined : versionOf(one);
    if (version !== undefined) results.set(index, foundResult(version, wanted));
  }
  return results;
}

function foundResult(version: ResourceVersion, wanted: Preferences['return']): EntryResult {
  const result = { status: 200, ...versionResult(version) };
  if (wanted === 'representation' && version.json !== undefined) return { ...result, resource: version.json };
  return wanted === 'OperationOutcome' ? { ...result, outcome: informed('A resource satisfies the criteria: nothing was written.') } : result;
}
