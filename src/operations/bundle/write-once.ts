/**
 * What makes a batch that runs as a job write each of its entries once, however often the job begins anew: versions carry
 * their origin, and creates have ids that follow from the job's. A patch by criteria may no longer find what it has patched:
 * it is committed as a transaction of its own, whose record tells what that was until it is forgotten.
 */
import { rawEntries, readEntry } from '../../fhir/bundle/entry.ts';
import type { BundleEntry } from '../../fhir/bundle/entry.ts';
import { isConditional } from '../../fhir/bundle/plan-write.ts';
import { FhirError } from '../../fhir/outcome.ts';
import { isId } from '../../fhir/resource.ts';
import { isResourceType } from '../../fhir/structures.ts';
import type { DataStore, ResourceVersion, WriteResult } from '../../store/data-store.ts';
import type { OperationRequest } from '../operation.ts';
import type { BundleContext } from './bundle-context.ts';
import { isPatch } from './patch-entries.ts';
import { submittedBundle } from './submitted-bundle.ts';

function originOf(transactionId: string, index: number): string {
  return `${transactionId}#${index}`;
}

/**
 * Of a job that begins anew: the version that the entry's patch made before, which the patch may fit no more. No version has
 * the number 0, so that nothing is written where there is none.
 */
export async function patchedBefore(entry: BundleEntry, { store, transactionId }: BundleContext): Promise<ResourceVersion | undefined> {
  const { index, method, path } = entry;
  if (method !== 'PATCH' || transactionId === undefined) return undefined;
  const origin = originOf(transactionId, index);
  if (isConditional(entry)) {
    const [member] = (await store.transacted(origin)) ?? [];
    return member && store.vread(member.type, member.id, member.versionId);
  }
  const [resourceType, id] = path.split('/');
  if (!isResourceType(resourceType) || !isId(id)) return undefined;
  try {
    return (await store.write({ interaction: 'update', resource: { resourceType, id }, ifMatch: 0 }, { origin })).version;
  } catch (error) {
    if (error instanceof FhirError && error.status === 412) return undefined;
    throw error;
  }
}

/** A store that tells what was written, and as part of a job writes it once. */
export function writingThrough(
  store: DataStore,
  entry: BundleEntry,
  { context, told }: { readonly context: BundleContext; readonly told: (result: WriteResult) => void },
): DataStore {
  const { transactionId, newId } = context;
  const origin = transactionId === undefined ? undefined : originOf(transactionId, entry.index);
  const byRecord = entry.method === 'PATCH' && isConditional(entry) ? origin : undefined;
  return {
    ...store,
    async write(write, options) {
      const named = origin !== undefined && write.interaction === 'create' && write.id === undefined ? { ...write, id: newId(entry.index) } : write;
      const [result] = byRecord === undefined
        ? [await store.write(named, origin === undefined ? options : { ...options, origin })]
        : await store.transact([write], { transactionId: byRecord });
      told(result as WriteResult);
      return result as WriteResult;
    },
    async createUnderClaim(resource, claim, options) {
      const result = await store.createUnderClaim(resource, claim, origin === undefined ? options : { ...options, origin });
      if (result.created) told(result);
      return result;
    },
  };
}

/** The transactions whose records a job that is done leaves behind: its own, and those of a batch's patches by criteria. */
export function keptTransactions(request: OperationRequest, transactionId: string): readonly string[] {
  // Most bundles have none, and need not be read again.
  if (!/"PATCH"/.test(request.body ?? '')) return [transactionId];
  try {
    const entries = rawEntries(submittedBundle(request).bundle).map((raw, index) => (isPatch(raw) ? readEntry(raw, index, request.baseUrl) : []));
    const kept = entries.filter((entry) => 'index' in entry).filter(isConditional);
    return [transactionId, ...kept.map(({ index }) => originOf(transactionId, index))];
  } catch (error) {
    // What cannot be read has written nothing.
    if (error instanceof FhirError) return [transactionId];
    throw error;
  }
}
