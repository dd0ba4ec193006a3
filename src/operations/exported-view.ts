/** `GET [base]/viewdefinition-export/{exportId}/{file}`: the result of an export of views, and the files that it names. */
import { notFound } from '../fhir/outcome.ts';
import type { Operation, OperationResponse } from './operation.ts';
import type { ViewExportAnswering } from './start-view-export.ts';
import { exportOfPath, fileName, manifest, noSuchExport, statesOf } from './views/view-export.ts';
import type { ViewExport } from './views/view-export.ts';
import { viewFailure } from './views/view-question.ts';
import { viewAnswer } from './views/view-answer.ts';

/** @throws FhirError 404 when there is no such export or file; what became of the export where it failed */
export function exportedView({ engine, store }: ViewExportAnswering): Operation {
  return async (request) => {
    const found = exportOfPath(request, store.sealer);
    await requireEnded(found, engine);
    if (request.path['file'] === 'result') {
      const json = JSON.stringify(manifest(request.path['exportId']!, found, { status: 'completed', outputs: true, request }));
      return { status: 200, headers: { 'Cache-Control': 'no-store' }, json };
    }
    return fileOf(found, request.path['file'] ?? '', engine);
  };
}

async function requireEnded(found: ViewExport, engine: ViewExportAnswering['engine']): Promise<void> {
  for (const state of await statesOf(found, engine)) {
    if (state.state === 'failed') throw viewFailure(state);
    if (state.state !== 'succeeded') throw notFound('The export of views still runs. Ask for its status.');
  }
}

async function fileOf(found: ViewExport, name: string, engine: ViewExportAnswering['engine']): Promise<OperationResponse> {
  const index = found.views.findIndex((_view, place) => fileName(place, found.format) === name);
  const view = found.views[index];
  if (view === undefined) throw noSuchExport();
  return viewAnswer({ engine, id: view.engineId }, found.format);
}
