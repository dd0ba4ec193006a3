/** A transaction: everything or nothing (https://hl7.org/fhir/R4/http.html#trules). */
import { entryIssue, rawEntries } from '../../fhir/bundle/entry.ts';
import type { BundleEntry } from '../../fhir/bundle/entry.ts';
import type { PlannedWrite } from '../../fhir/bundle/plan-write.ts';
import { maxReportedIssues } from '../../fhir/bundle/transaction.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { conflict, FhirError, invalidResource, operationOutcome } from '../../fhir/outcome.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { DataStore, WriteResult } from '../../store/data-store.ts';
import { whileMatching } from '../conditional/while-matching.ts';
import { maxPatchAttempts } from '../patch.ts';
import { route, routedTypes } from '../route.ts';
import { accept, validationLevel } from '../validation-level.ts';
import { informed } from '../written.ts';
import type { BundleContext } from './bundle-context.ts';
import { entryRequest, readPreference } from './entry-request.ts';
import { preferredReturn, responseBundle, servedResult, versionResult } from './entry-result.ts';
import type { EntryResult } from './entry-result.ts';
import { inParallel } from './in-parallel.ts';
import { isPatch, patchEntries, withoutPatches, withPatchesApplied } from './patch-entries.ts';
import type { PatchedBundle, PatchEntry } from './patch-entries.ts';
import { committing, planWithConditions, settledResults } from './plan-conditions.ts';
import type { ConditionedPlan } from './plan-conditions.ts';
import { submittedBundle } from './submitted-bundle.ts';

const storedTypes: ReadonlySet<string> = new Set(routedTypes);

/**
 * Takes the bundle over. Where another writer changes what the criteria in it find, it begins anew with what was sent.
 *
 * @returns the text of the transaction-response
 * @throws FhirError of any entry; then nothing was written
 */
export async function runTransaction(bundle: JsonObject, context: BundleContext): Promise<string> {
  let given: JsonObject | undefined = bundle;
  return whileMatching(context.clock, async () => {
    const fresh = given ?? submittedBundle(context.request).bundle;
    given = undefined;
    return runOnce(fresh, context);
  });
}

async function runOnce(bundle: JsonObject, context: BundleContext): Promise<string> {
  const { request, store } = context;
  const patches = patchEntries(bundle, request);
  const accepted = acceptResources(bundle, context);
  const { plan, committed, passed } = patches.length === 0 ? await commitPlan(await planned(bundle, context), context) : await commitPatches(bundle, patches, context);
  const results = Array<EntryResult>(plan.size);
  const wanted = preferredReturn(request.headers['prefer']);
  for (const [position, { index, write }] of plan.writes.entries()) {
    const issues = accepted.get(index) ?? passed?.get(index);
    const result = writeResult(write, committed[position] as WriteResult, wanted);
    results[index] = issues === undefined ? result : { ...result, outcome: JSON.stringify(operationOutcome(issues)) };
  }
  for (const [index, result] of settledResults(plan, committed, wanted)) results[index] = result;
  const dispatch = context.dispatchOver(store);
  await inParallel(plan.reads, async (entry) => {
    results[entry.index] = servedResult(await dispatch(entryRequest(entry, request, readPreference(request))), entry.method);
  });
  return responseBundle('transaction', results, request.baseUrl);
}

/**
 * Checks every resource at the level that the request asks for, and puts what is to be stored in its place.
 *
 * @returns what `minimal` let pass, by entry
 */
function acceptResources(bundle: JsonObject, { request }: BundleContext): ReadonlyMap<number, readonly Issue[]> {
  const level = validationLevel(request.headers);
  const passed = new Map<number, readonly Issue[]>();
  const refused: Issue[] = [];
  const statuses = new Set<number>();
  for (const [index, entry] of rawEntries(bundle).entries()) {
    if (entry['resource'] === undefined || isPatch(entry)) continue;
    try {
      const { resource, issues } = accept(entry['resource'], level);
      entry['resource'] = resource;
      if (issues.length > 0) passed.set(index, inEntry(issues, index));
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      refused.push(...inEntry(error.issues, index));
      statuses.add(error.status);
    }
  }
  // Of several it is what is wrong with the form that is told by the status.
  if (refused.length > 0) throw new FhirError(Math.min(...statuses), refused.slice(0, maxReportedIssues));
  return passed;
}

/** The issues of an entry's resource, as issues of the bundle. */
function inEntry(issues: readonly Issue[], index: number): readonly Issue[] {
  return issues.map((issue) => {
    const below = /^[A-Z][A-Za-z]*((?:\.|\[).*)$/.exec(issue.expression ?? '')?.[1] ?? '';
    const expression = `Bundle.entry[${index}].resource${below}`;
    return { ...issue, diagnostics: `Entry ${index}: ${issue.diagnostics}`, expression };
  });
}

/** A read that leads nowhere is known before anything is written. */
function refuseUnreadable(reads: readonly BundleEntry[]): void {
  const issues: Issue[] = [];
  for (const { index, method, path } of reads) {
    try {
      route(method, `/${path}`);
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      issues.push(...error.issues.map(({ code, diagnostics }) => entryIssue(index, 'request.url', [code, diagnostics])));
    }
  }
  if (issues.length > 0) throw invalidResource(issues.slice(0, maxReportedIssues));
}

async function planned(bundle: JsonObject, context: BundleContext): Promise<ConditionedPlan> {
  const plan = await planWithConditions(bundle, (type) => storedTypes.has(type), context);
  refuseUnreadable(plan.reads);
  return plan;
}

interface Committed {
  readonly plan: ConditionedPlan;
  /** In the order of the plan's writes. */
  readonly committed: readonly WriteResult[];
  /** What `minimal` let pass of patched resources, by entry. */
  readonly passed?: PatchedBundle['passed'];
}

async function commitPlan(plan: ConditionedPlan, { store, transactionId }: BundleContext): Promise<Committed> {
  if (plan.writes.length === 0) return { plan, committed: [] };
  const options = transactionId === undefined ? {} : { transactionId, entries: plan.writes.map(({ index }) => index) };
  const commit = (): Promise<readonly WriteResult[]> => store.transact(plan.writes.map(({ write }) => write), options);
  return { plan, committed: await committing(plan, () => namingEntry(plan.writes, store, commit)) };
}

/**
 * Patches are applied to what is there, and committed on condition that it still is. Where another writer came between,
 * all of it is done again, but for a version that the client itself named.
 */
async function commitPatches(bundle: JsonObject, patches: readonly PatchEntry[], context: BundleContext): Promise<Committed> {
  const before = await committedBefore(bundle, patches, context);
  if (before !== undefined) return before;
  const newId = rememberedIds(context.newId);
  const followed = new Set(patches.filter(({ ifMatch }) => typeof ifMatch !== 'number').map(({ index }) => `Bundle.entry[${index}].request.ifMatch`));
  for (let attempt = 0; attempt < maxPatchAttempts; attempt++) {
    const { bundle: patched, passed } = await withPatchesApplied(bundle, patches, context);
    try {
      return { ...(await commitPlan(await planned(patched, { ...context, newId }), context)), passed };
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 412 || !followed.has(error.issues[0]?.expression ?? '')) throw error;
    }
  }
  throw conflict('Others are writing a resource that the bundle patches. Nothing was changed; it may be sent again as it is.');
}

/**
 * Of a job that begins anew: whether it was committed is found out before its patches are applied once more, to what they
 * have made themselves. What their criteria found is told by the record: they may find something else by now.
 */
async function committedBefore(bundle: JsonObject, patches: readonly PatchEntry[], context: BundleContext): Promise<Committed | undefined> {
  const { store, transactionId } = context;
  if (transactionId === undefined) return undefined;
  const before = await store.transacted(transactionId);
  if (before === undefined) return undefined;
  const ids = new Map(before.flatMap(({ entry, id }) => (entry === undefined ? [] : [[entry, id] as const])));
  return commitPlan(await planned(withoutPatches(bundle, patches, ids), context), context);
}

/** One id for each entry, in every attempt. */
function rememberedIds(newId: BundleContext['newId']): BundleContext['newId'] {
  const known = new Map<number, string>();
  return (index) => {
    const id = known.get(index) ?? newId(index);
    known.set(index, id);
    return id;
  };
}

/** The store tells that a precondition fails; the client wants to know whose. */
async function namingEntry<T>(writes: readonly PlannedWrite[], store: DataStore, commit: () => Promise<T>): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    throw error instanceof FhirError && error.status === 412 ? await ofEntry(error, writes, store) : error;
  }
}

async function ofEntry(error: FhirError, writes: readonly PlannedWrite[], store: DataStore): Promise<FhirError> {
  for (const { index, write } of writes) {
    if (write.interaction === 'create' || (write.ifMatch === undefined && !('ifNoneMatch' in write))) continue;
    const { type, id } = write.interaction === 'delete' ? write : { type: write.resource.resourceType, id: write.resource.id };
    const current = await store.read(type, id);
    const holds = write.ifMatch === undefined ? current === undefined : current?.versionId === write.ifMatch;
    if (holds) continue;
    const element = write.ifMatch === undefined ? 'request.ifNoneMatch' : 'request.ifMatch';
    const issues = error.issues.map(({ code, diagnostics }) => entryIssue(index, element, [code, diagnostics]));
    return new FhirError(412, issues, error.headers);
  }
  return error;
}

function writeResult(
  write: PlannedWrite['write'],
  { version, created }: WriteResult,
  wanted: ReturnType<typeof preferredReturn>,
): EntryResult {
  if (version === undefined) return { status: 204 };
  const status = write.interaction === 'delete' ? 204 : created ? 201 : 200;
  const result = { status, ...versionResult(version) };
  if (wanted === 'representation' && version.json !== undefined) return { ...result, resource: version.json };
  if (wanted === 'OperationOutcome') return { ...result, outcome: informed(`Version ${version.versionId} was written.`) };
  return result;
}
