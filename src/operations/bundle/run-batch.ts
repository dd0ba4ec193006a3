/** A batch: requests that have nothing to do with each other (https://hl7.org/fhir/R4/http.html#brules). */
import { rawEntries, readEntry } from '../../fhir/bundle/entry.ts';
import type { BundleEntry } from '../../fhir/bundle/entry.ts';
import { isRead } from '../../fhir/bundle/plan-write.ts';
import { inProcessingOrder } from '../../fhir/bundle/transaction.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { isObject, parseJson } from '../../fhir/json.ts';
import { badRequest, operationOutcome } from '../../fhir/outcome.ts';
import type { Issue } from '../../fhir/outcome.ts';
import type { WriteResult } from '../../store/data-store.ts';
import { validationIssuesHeader, validationIssueUrl } from '../validation-level.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import type { Preferences } from '../prefer.ts';
import type { BundleContext } from './bundle-context.ts';
import { entryRequest, readPreference } from './entry-request.ts';
import { preferredReturn, responseBundle, servedResult, versionResult } from './entry-result.ts';
import type { EntryResult } from './entry-result.ts';
import { inParallel } from './in-parallel.ts';
import type { SubmittedBundle } from './submitted-bundle.ts';
import { patchedBefore, writingThrough } from './write-once.ts';

/** @returns the text of the batch-response; an entry that fails is told of there and nowhere else */
export async function runBatch({ bundle, flawed }: SubmittedBundle, context: BundleContext): Promise<string> {
  const { request } = context;
  const results: EntryResult[] = [];
  const entries: BundleEntry[] = [];
  for (const [index, raw] of rawEntries(bundle).entries()) {
    const entry = flawed.get(index) ?? readEntry(raw, index, request.baseUrl);
    if (!('index' in entry)) results[index] = failedResult(entry);
    else if (entry.path === '' && entry.method === 'POST') results[index] = failedResult(nestedBundle.issues);
    else entries.push(entry);
  }
  for (const phase of phases(entries)) {
    await inParallel(phase, async (entry) => {
      results[entry.index] = isRead(entry) ? await readOne(entry, context) : await writeOne(entry, context);
    });
  }
  return responseBundle('batch', results, request.baseUrl);
}

const nestedBundle = badRequest('A bundle cannot hold another bundle to be processed.');

/** Entries of one method may run side by side; methods follow each other as in a transaction. */
function phases(entries: readonly BundleEntry[]): readonly (readonly BundleEntry[])[] {
  return [...Map.groupBy(inProcessingOrder(entries), ({ method }) => method).values()];
}

function failedResult(issues: readonly Issue[]): EntryResult {
  return { status: 400, outcome: JSON.stringify(operationOutcome(issues)) };
}

async function readOne(entry: BundleEntry, { request, store, dispatchOver }: BundleContext): Promise<EntryResult> {
  return servedResult(await dispatchOver(store)(entryRequest(entry, request, readPreference(request))), entry.method);
}

/** The request's answer holds times in whole seconds and no version of what was deleted: the store's own is listened to. */
async function writeOne(entry: BundleEntry, context: BundleContext): Promise<EntryResult> {
  const { request, store, dispatchOver } = context;
  if (isBatchDelete(entry)) return failedResult(batchDelete.issues);
  const wanted = preferredReturn(request.headers['prefer']);
  const before = await patchedBefore(entry, context);
  if (before !== undefined) {
    return { status: 200, ...versionResult(before), ...(wanted === 'representation' ? { resource: before.json } : {}) };
  }
  let written: WriteResult | undefined;
  const listening = writingThrough(store, entry, { context, told: (result) => (written = result) });
  const response = await dispatchOver(listening)(entryRequest(entry, request, `return=${wanted}`));
  if (response.status >= 400) return servedResult(response, entry.method);
  if (written?.version === undefined) return unwritten(response, entry, { request, wanted });
  const { version } = written;
  const result: EntryResult = { status: response.status, ...versionResult(version) };
  if (response.headers[validationIssuesHeader] === 'true') {
    return { ...result, ...(wanted === 'representation' ? { resource: response.json } : {}), outcome: issuesKept(version.json) };
  }
  if (response.json === undefined) return result;
  return { ...result, [wanted === 'representation' ? 'resource' : 'outcome']: response.json };
}

const batchDelete = badRequest('A batch delete (_count) is a request of its own. Leave _count out, or send it by itself.');

function isBatchDelete({ method, query = '' }: BundleEntry): boolean {
  return method === 'DELETE' && /(?:^|&)_count(?:=|&|$)/.test(query);
}

/** What a conditional create has found is told as what it would have made. */
function unwritten(
  response: OperationResponse, { method }: BundleEntry, { request, wanted }: { readonly request: OperationRequest; readonly wanted: Preferences['return'] },
): EntryResult {
  const location = response.headers['Location'];
  const { outcome, ...result } = servedResult(response, method);
  if (location === undefined || outcome === undefined) return { ...servedResult(response, method), ...relative(location, request) };
  return { ...result, ...relative(location, request), [wanted === 'representation' ? 'resource' : 'outcome']: outcome };
}

function relative(location: string | undefined, { baseUrl }: OperationRequest): Pick<EntryResult, 'location'> {
  return location === undefined ? {} : { location: location.slice(baseUrl.length + 1) };
}

/** Under `minimal`, what was let pass stands in the resource itself, as text of an OperationOutcome. */
function issuesKept(json: string | undefined): string | undefined {
  const { extension } = json === undefined ? {} : (parseJson(json) as JsonObject);
  if (!Array.isArray(extension)) return undefined;
  const kept = extension.find((each: Json) => isObject(each) && each['url'] === validationIssueUrl) as JsonObject | undefined;
  return typeof kept?.['valueString'] === 'string' ? kept['valueString'] : undefined;
}
