/**
 * `POST [base]/$enrich` and `POST [base]/DocumentReference/$enrich?date=ge2024`: reads the notes of all documents that a search finds,
 * whether they were read before or not, or with `_unread=true` those that were not, as a job (https://hl7.org/fhir/R4/async.html).
 */
import { badRequest, conflict, FhirError, unprocessable } from '../fhir/outcome.ts';
import { parseSearch } from '../fhir/search/parse.ts';
import type { Ids } from '../ports/ids.ts';
import { enrichStatusUrl, kept, noProgress } from './enrichment/enrich-job.ts';
import type { EnrichInput } from './enrichment/enrich-job.ts';
import type { JobRecord } from './jobs/job-record.ts';
import { submitJob } from './jobs/submit-job.ts';
import type { JobPorts } from './jobs/submit-job.ts';
import { requireNoParameters } from './no-parameters.ts';
import type { Operation, OperationRequest, StoreOf } from './operation.ts';
import { formatParameters, parseParameters, single } from './parameters.ts';
import { noteTypes } from './table.ts';
import { informed } from './written.ts';

export interface StartEnrichDependencies extends JobPorts, StoreOf<'searchParameters'> {
  readonly ids: Pick<Ids, 'uuid'>;
  /** Whether notes of the store are to be read at all. */
  readonly readsNotes: () => boolean | Promise<boolean>;
  /** Has the job worked on. May be called again for a job that is being worked on. */
  readonly wake: (jobId: string) => Promise<void> | void;
}

/** As JSON: what a job asks for lies in an item of a table. */
const maxQueryLength = 16 * 1024;
/** Beside the search: with `true`, documents whose text the engine has read are left as they are, and nobody pays for them. */
const unreadParameter = '_unread';
/** What says how a page is answered; nobody is answered one. */
const ofPages: ReadonlySet<string> = new Set(['_count', '_cursor', '_summary', '_elements', '_include', '_revinclude', '_sort', '_total', '_contained', '_format', '_pretty']);

/**
 * Answers 202 with the `Content-Location` of the job. @throws FhirError 400 for a search that is none, 409 with the job that there is,
 * 422 where notes of the store are not to be read
 */
export function startEnrich(dependencies: StartEnrichDependencies): Operation {
  return async (request) => {
    const { baseUrl, caller } = request;
    requireNoParameters(request, '$enrich');
    if (!(await dependencies.readsNotes())) throw unprocessable('Notes of this data store are not read. Enable NlpConfiguration (caldera datastore update --nlp enabled), and send this again.');
    const input = await enrichInputOf(request, dependencies);
    const submission = await submitJob({ kind: 'enrich', caller, input: kept(input), progress: kept(noProgress), most: 1 }, dependencies);
    if (submission.job !== undefined) await dependencies.wake(submission.job.id);
    if ('refused' in submission) throw running(baseUrl, submission.job);
    return { status: 202, headers: { 'Content-Location': enrichStatusUrl(baseUrl, submission.job.id) }, json: informed('The enrichment was submitted. Content-Location tells how it goes.') };
  };
}

async function enrichInputOf({ baseUrl, query, path }: OperationRequest, { store }: StartEnrichDependencies): Promise<EnrichInput> {
  if (query.length > maxQueryLength) throw badRequest(`The search is longer than ${maxQueryLength} characters. Ask for less at a time.`);
  const sent = parseParameters(query);
  const parameters = sent.filter(([name]) => name !== unreadParameter);
  const unread = single(sent, unreadParameter) ?? 'false';
  if (unread !== 'true' && unread !== 'false') throw badRequest(`${unreadParameter} is true or false.`);
  const paging = parameters.find(([name]) => ofPages.has(name.split(':')[0] ?? name));
  if (paging !== undefined) throw badRequest(`$enrich reads all that is found. Leave out what says how pages are answered: ${[...ofPages].join(', ')}.`);
  const context = { baseUrl, searchParameters: await store.searchParameters() };
  const types = path['type'] === undefined ? noteTypes : [path['type']];
  // Whatever is wrong with it is said now.
  for (const type of types) parseSearch(type, parameters, context);
  return { baseUrl, searches: types.map((type) => ({ type, query: formatParameters(parameters) })), ...(unread === 'true' && { unread: true }) };
}

function running(baseUrl: string, job: JobRecord | undefined): FhirError {
  const { status, issues } = conflict('Documents of the data store are being enriched already. Wait for the end of that job or cancel it, and send this again.');
  return new FhirError(status, issues, job === undefined ? {} : { 'Content-Location': enrichStatusUrl(baseUrl, job.id) });
}
