/** The rows of a view in the format that was asked for. */
import type { OperationResponse } from '../operation.ts';
import type { ViewFormat } from './view-request.ts';
import type { AnsweredView } from './view-rows.ts';
import { gatheredLines } from './view-rows.ts';

const fresh = { 'Cache-Control': 'no-store' };

/** 200 with the rows, or 303 to the file where it lies elsewhere. @throws FhirError 403 for more JSON than an answer holds */
export async function viewAnswer(view: AnsweredView, format: ViewFormat): Promise<OperationResponse> {
  if (format === 'json') return text(`[${(await gatheredLines(view)).join(',\n')}]\n`, 'application/json');
  if (format === 'ndjson') return text((await gatheredLines(view)).map((line) => `${line}\n`).join(''), 'application/x-ndjson');
  const file = await view.engine.file(view.id, format);
  if ('url' in file) return { status: 303, headers: { ...fresh, Location: file.url } };
  const contentType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet';
  return { status: 200, headers: { ...fresh, 'Content-Type': contentType }, content: { ...file, isCompressible: format === 'csv' } };
}

function text(body: string, contentType: string): OperationResponse {
  return { status: 200, headers: { ...fresh, 'Content-Type': contentType }, content: new TextEncoder().encode(body) };
}
