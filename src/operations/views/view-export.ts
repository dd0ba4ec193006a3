/**
 * An export of views: the queries of its views, which the engine keeps with their answers. Nothing else is kept of it: its id,
 * which only this server can make, says which queries they are.
 */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { notFound } from '../../fhir/outcome.ts';
import type { SqlEngine, SqlState } from '../../ports/sql-engine.ts';
import type { Sealer } from '../../store/data-store.ts';
import type { OperationRequest } from '../operation.ts';
import type { ViewFormat } from './view-request.ts';

export interface ExportedView {
  readonly name: string;
  /** Of the query, as the engine knows it. */
  readonly engineId: string;
}

export interface ViewExport {
  readonly views: readonly ExportedView[];
  readonly format: ViewFormat;
  readonly startedAt: number;
  /** What the client calls it. */
  readonly trackingId?: string;
}

const purpose = 'view-export ';

export function exportId({ views, format, startedAt, trackingId }: ViewExport, sealer: Pick<Sealer, 'seal'>): string {
  const text = JSON.stringify({ v: views.map(({ name, engineId }) => [name, engineId]), f: format, s: startedAt, ...(trackingId === undefined ? {} : { t: trackingId }) });
  return sealer.seal(purpose + text);
}

/** @throws FhirError 404 for an id that is none */
export function exportOfPath({ path }: Pick<OperationRequest, 'path'>, sealer: Pick<Sealer, 'unseal'>): ViewExport {
  const text = sealer.unseal(path['exportId'] ?? '');
  const value = text?.startsWith(purpose) === true ? parseJson(text.slice(purpose.length)) : undefined;
  if (!isObject(value)) throw noSuchExport();
  const { v, f, s, t } = value as { v: [string, string][]; f: ViewFormat; s: number; t?: string };
  return { views: v.map(([name, engineId]) => ({ name, engineId })), format: f, startedAt: s, ...(t === undefined ? {} : { trackingId: t }) };
}

export function noSuchExport() {
  return notFound('There is no export of views of this id. It never was, was cancelled, or its time is over.');
}

export function exportUrl({ baseUrl }: Pick<OperationRequest, 'baseUrl'>, id: string): string {
  return `${baseUrl}/viewdefinition-export/${id}`;
}

/** Where each of its queries is. @throws FhirError 404 when one of them is not kept any more, or was cancelled */
export async function statesOf({ views }: ViewExport, engine: Pick<SqlEngine, 'state'>, waitMs = 0): Promise<readonly SqlState[]> {
  const states = await Promise.all(views.map(({ engineId }) => engine.state(engineId, waitMs)));
  return states.map((state) => {
    if (state === undefined || state.state === 'cancelled') throw noSuchExport();
    return state;
  });
}

const extensions: Readonly<Record<ViewFormat, string>> = { json: 'json', ndjson: 'ndjson', csv: 'csv', parquet: 'parquet' };

/** The name of the file of a view: its place in the export and what it is. */
export function fileName(index: number, format: ViewFormat): string {
  return `${index}.${extensions[format]}`;
}

/** https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/OperationDefinition-ViewDefinitionExport.html: what is told of an export. */
export function manifest(id: string, found: ViewExport, { status, outputs, request }: { readonly status: string; readonly outputs: boolean; readonly request: Pick<OperationRequest, 'baseUrl'> }): JsonObject {
  const url = exportUrl(request, id);
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'exportId', valueString: id },
      ...(found.trackingId === undefined ? [] : [{ name: 'clientTrackingId', valueString: found.trackingId }]),
      { name: 'status', valueCode: status },
      { name: 'location', valueUri: url },
      { name: 'cancelUrl', valueUri: url },
      { name: '_format', valueCode: found.format },
      { name: 'exportStartTime', valueInstant: new Date(found.startedAt).toISOString() },
      ...(outputs ? found.views.map(({ name }, index) => ({
        name: 'output',
        part: [{ name: 'name', valueString: name }, { name: 'location', valueUri: `${url}/${fileName(index, found.format)}` }],
      })) : []),
    ],
  };
}
