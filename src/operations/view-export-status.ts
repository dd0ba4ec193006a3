/** `GET [base]/viewdefinition-export/{exportId}`: 202 while an export of views runs, then 303 to its result. */
import type { Operation, OperationResponse } from './operation.ts';
import type { ViewExportAnswering } from './start-view-export.ts';
import { exportOfPath, exportUrl, manifest, statesOf } from './views/view-export.ts';

/** When to ask again, in seconds. */
const retryAfterSeconds = 2;

/** @throws FhirError 404 when there is no such export (any more) */
export function viewExportStatus({ engine, store }: ViewExportAnswering): Operation {
  return async (request): Promise<OperationResponse> => {
    const found = exportOfPath(request, store.sealer);
    const id = request.path['exportId']!;
    const states = await statesOf(found, engine);
    const ended = states.filter(({ state }) => state !== 'running').length;
    if (ended === states.length) return { status: 303, headers: { Location: `${exportUrl(request, id)}/result`, 'Cache-Control': 'no-store' } };
    const json = JSON.stringify(manifest(id, found, { status: 'in-progress', outputs: false, request }));
    return { status: 202, headers: { 'Retry-After': String(retryAfterSeconds), 'X-Progress': `${ended} of ${states.length} views` }, json };
  };
}
