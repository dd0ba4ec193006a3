/** `DELETE [base]/viewdefinition-export/{exportId}`: ends an export of views; what it has made goes with the engine's answers. */
import type { Operation } from './operation.ts';
import type { ViewExportAnswering } from './start-view-export.ts';
import { exportOfPath, statesOf } from './views/view-export.ts';
import { informed } from './written.ts';

/** @throws FhirError 404 when there is no such export (any more) */
export function cancelViewExport({ engine, store }: ViewExportAnswering): Operation {
  return async (request) => {
    const found = exportOfPath(request, store.sealer);
    await statesOf(found, engine);
    await Promise.all(found.views.map(({ engineId }) => engine.cancel(engineId)));
    return { status: 202, headers: {}, json: informed('The export of views is cancelled.') };
  };
}
