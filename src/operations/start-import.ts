/**
 * `POST [base]/$import`: begins a bulk import
 * (https://github.com/smart-on-fhir/bulk-import/blob/master/import-manifest.md#bulk-data-import-kick-off-request).
 */
import { badRequest, FhirError, notSupported, throttled } from '../fhir/outcome.ts';
import { ControlError } from './control/control-error.ts';
import { importStatusUrl } from './import/import-answer.ts';
import { postedImport } from './import/posted-import.ts';
import type { Submission, WantedJob } from './jobs/submit-job.ts';
import type { Operation } from './operation.ts';
import { parseParameters, refuseOthers } from './parameters.ts';
import { preferences } from './prefer.ts';
import { informed } from './written.ts';

/** When to ask again where as many imports as may be have not ended, in seconds. */
const retryAfterSeconds = 60;

export interface StartImportOperationDependencies {
  /** Takes the job in and has it worked on: `startImport` of import/start-import.ts, for the data store. Absent where nothing runs imports. */
  readonly start?: (wanted: Omit<WantedJob, 'kind'>) => Promise<Submission>;
}

/** Answers 202 with the `Content-Location` of the job. @throws FhirError 400, 413, 415; 429 where too many have not ended */
export function startImportOperation({ start }: StartImportOperationDependencies): Operation {
  return async (request) => {
    refuseOthers(parseParameters(request.query), []);
    if (start === undefined) throw notSupported('$import is not offered by this version of the platform.');
    if (!preferences(request.headers['prefer']).respondAsync) throw badRequest('An import is answered later alone. Send the header Prefer: respond-async.');
    const submission = await started(() => start({ ...postedImport(request), caller: request.caller }));
    if (!('refused' in submission)) {
      const headers = { 'Content-Location': importStatusUrl(request.baseUrl, submission.job.id) };
      return { status: 202, headers, json: informed('The import was submitted. Content-Location tells how it goes.') };
    }
    if (submission.refused === 'token-reused') throw badRequest('The ClientToken came with another request before. Send a new one.');
    throw throttled('As many imports as may be have not ended. Begin this one when one has.', retryAfterSeconds);
  };
}

/** What StartFHIRImportJob refuses, this does. */
async function started(start: () => Promise<Submission>): Promise<Submission> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ControlError && error.status < 500) throw new FhirError(error.status, [{ severity: 'error', code: 'invalid', diagnostics: error.message }]);
    throw error;
  }
}
