/**
 * `$viewdefinition-export`: the rows of views as files, made behind the request
 * (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/OperationDefinition-ViewDefinitionExport.html, docs/views.md).
 */
import type { JsonObject } from '../fhir/json.ts';
import { badRequest } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sealer } from '../store/data-store.ts';
import type { Operation } from './operation.ts';
import type { ViewDependencies } from './run-view.ts';
import { foundView, storedView } from './views/found-view.ts';
import { exportId, exportUrl, manifest } from './views/view-export.ts';
import type { ExportedView, ViewExport } from './views/view-export.ts';
import { exportTimeoutMs, maxExportedViews } from './views/view-limits.ts';
import { startedView, viewLimits, viewQuestion } from './views/view-question.ts';
import type { ViewQuestion } from './views/view-question.ts';
import { formatOf, narrowingOf, only, refuseOtherParameters, sentParameters, wantedView } from './views/view-request.ts';
import type { SentParameter } from './views/view-request.ts';

export interface ViewExportDependencies extends ViewDependencies {
  readonly store: ViewDependencies['store'] & { readonly sealer: Sealer };
  readonly clock: Pick<Clock, 'now'>;
}

/** What answers for an export that was begun. */
export interface ViewExportAnswering {
  readonly engine: ViewDependencies['engine'];
  readonly store: { readonly sealer: Sealer };
}

/** What a name of an output may be: it stands in file lists and URLs of clients. */
const outputName = /^[A-Za-z0-9_.-]{1,64}$/;

/** Answers 202 with where to ask. @throws FhirError as `$viewdefinition-run` */
export function startViewExport({ engine, store, clock }: ViewExportDependencies): Operation {
  return async (request) => {
    const sent = sentParameters(request);
    const { id: viewId } = request.path;
    refuseOtherParameters(sent, ['_format', 'clientTrackingId', 'patient', '_since', ...(viewId === undefined ? ['view'] : [])]);
    const format = only(sent, '_format') === undefined ? 'ndjson' : formatOf(sent, request);
    const trackingId = trackingIdOf(sent);
    const wanted = viewId === undefined ? await viewsOf(sent, { store, baseUrl: request.baseUrl }) : [{ view: await storedView(viewId, store) }];
    const narrowing = narrowingOf(sent);
    // Every view is held against its reasons before one is begun.
    const questions = wanted.map(({ view, name }) => ({ name: name ?? nameOf(view), asked: viewQuestion(view, narrowing) }));
    const found: ViewExport = {
      views: await begun(questions, engine), format, startedAt: clock.now(), ...(trackingId === undefined ? {} : { trackingId }),
    };
    const id = exportId(found, store.sealer);
    const json = JSON.stringify(manifest(id, found, { status: 'accepted', outputs: false, request }));
    return { status: 202, headers: { 'Content-Location': exportUrl(request, id) }, json };
  };
}

interface NamedQuestion {
  readonly name: string;
  readonly asked: ViewQuestion;
}

/** All of them, or none: what began is ended where another cannot. */
async function begun(questions: readonly NamedQuestion[], engine: ViewDependencies['engine']): Promise<readonly ExportedView[]> {
  const views: ExportedView[] = [];
  try {
    for (const { name, asked } of questions) {
      const { id } = await startedView(engine, { ...asked.question, limits: viewLimits(exportTimeoutMs) });
      views.push({ name, engineId: id });
    }
    return views;
  } catch (error) {
    await Promise.all(views.map(({ engineId }) => engine.cancel(engineId)));
    throw error;
  }
}

async function viewsOf(sent: readonly SentParameter[], { store, baseUrl }: { readonly store: ViewDependencies['store']; readonly baseUrl: string }) {
  const asked = sent.filter(({ name }) => name === 'view');
  if (asked.length === 0 || asked.length > maxExportedViews) throw badRequest(`Name from 1 to ${maxExportedViews} views, each in a parameter view with viewReference, viewCanonical or viewResource.`);
  return Promise.all(asked.map(async ({ parts = [] }) => {
    refuseOtherParameters(parts, ['name', 'viewReference', 'viewCanonical', 'viewResource']);
    const name = only(parts, 'name')?.text;
    if (name !== undefined && !outputName.test(name)) throw badRequest('The name of an output has letters, digits, dots, dashes and underscores, 64 at most.');
    return { view: await foundView(wantedView(parts), store, baseUrl), ...(name === undefined ? {} : { name }) };
  }));
}

function nameOf({ name, resource }: JsonObject): string {
  if (typeof name === 'string' && outputName.test(name)) return name;
  return typeof resource === 'string' ? resource.toLowerCase() : 'view';
}

function trackingIdOf(sent: readonly SentParameter[]): string | undefined {
  const id = only(sent, 'clientTrackingId')?.text;
  if (id !== undefined && !/^[\x21-\x7e]{1,128}$/.test(id)) throw badRequest('clientTrackingId has 1 to 128 characters of ASCII.');
  return id;
}
