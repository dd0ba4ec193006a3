/**
 * `$viewdefinition-run`, also called `$run`: the rows of a view, at once
 * (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/OperationDefinition-ViewDefinitionRun.html, docs/views.md). The rows are as
 * fresh as the lake.
 */
import { badRequest, notFound, notSupported, tooCostly } from '../fhir/outcome.ts';
import type { SqlEngine } from '../ports/sql-engine.ts';
import type { Operation } from './operation.ts';
import { viewAnswer } from './views/view-answer.ts';
import { foundView, storedView } from './views/found-view.ts';
import type { ViewStore } from './views/found-view.ts';
import { runWithinMs } from './views/view-limits.ts';
import { startedView, viewFailure, viewLimits, viewQuestion } from './views/view-question.ts';
import { formatOf, headerOf, limitOf, narrowingOf, refuseOtherParameters, sentParameters, wantedView } from './views/view-request.ts';

export interface ViewDependencies {
  readonly engine: SqlEngine;
  readonly store: ViewStore;
}

const everywhere = ['_format', 'header', 'patient', '_since', '_limit'];
const naming = ['viewReference', 'viewCanonical', 'viewResource'];

/**
 * Answers 200 with the rows, 303 to them where they lie elsewhere as a file.
 * @throws FhirError 400, 404, 406, 409 and 429 of the lake; 403 for what takes too long; 422 for a view that cannot be run
 */
export function runView({ engine, store }: ViewDependencies): Operation {
  return async (request) => {
    const sent = sentParameters(request);
    const { id: viewId } = request.path;
    if (viewId !== undefined && sent.some(({ name }) => naming.includes(name))) throw badRequest('The view is named by the path already.');
    refuseOtherParameters(sent, viewId === undefined ? [...everywhere, ...naming] : everywhere);
    const format = formatOf(sent, request);
    if (!headerOf(sent)) throw notSupported('A CSV begins with the names of its columns: leave its first line out.');
    const view = viewId === undefined ? await foundView(wantedView(sent), store, request.baseUrl) : await storedView(viewId, store);
    const { question, columns } = viewQuestion(view, narrowingOf(sent), limitOf(sent));
    const { id } = await startedView(engine, { ...question, limits: viewLimits(runWithinMs) });
    await waitFor(engine, id);
    return viewAnswer({ engine, id, columns }, format);
  };
}

async function waitFor(engine: SqlEngine, id: string): Promise<void> {
  const state = await engine.state(id, runWithinMs);
  if (state === undefined || state.state === 'cancelled') throw notFound('The view was stopped.');
  if (state.state === 'failed') throw viewFailure(state);
  if (state.state === 'succeeded') return;
  await engine.cancel(id);
  throw tooCostly('The view takes longer than a request may. Narrow it by patient, _since or its own where, or export it by $viewdefinition-export.');
}
