/**
 * What who asked is told of a query, in the format that was asked for: JSON page by page, or the whole as CSV or Parquet
 * (docs/sql.md). The id that clients know is the engine's own and how fresh the answer is, sealed: nothing has to be kept for
 * it, and nobody can say that an answer is fresher than it is.
 */
import { badRequest, FhirError, notAcceptable, notFound, notSupported, tooCostly } from '../../fhir/outcome.ts';
import type { SqlEngine, SqlFailure, SqlFileFormat, SqlState } from '../../ports/sql-engine.ts';
import type { Sealer } from '../../store/data-store.ts';
import { parseAccept } from '../media-type.ts';
import type { OperationRequest, OperationResponse } from '../operation.ts';
import { parseParameters, single } from '../parameters.ts';
import { preferences } from '../prefer.ts';
import { informed } from '../written.ts';
import { answerWithinMs, defaultCount, maxCount } from './limits.ts';

export interface QueryDependencies {
  readonly engine: SqlEngine;
  readonly store: { readonly sealer: Sealer };
}

/** A query as its client knows it. */
export interface AskedQuery {
  readonly id: string;
  readonly engineId: string;
  readonly asOf: number;
}

const purpose = 'sql-query ';

export function askedQuery(engineId: string, asOf: number, { store }: Pick<QueryDependencies, 'store'>): AskedQuery {
  return { id: store.sealer.seal(`${purpose}${engineId} ${asOf}`), engineId, asOf };
}

/** @throws FhirError 404 for what is no such id */
export function queryOfPath({ path }: Pick<OperationRequest, 'path'>, { store }: Pick<QueryDependencies, 'store'>): AskedQuery {
  const id = path['queryId'] ?? '';
  const text = store.sealer.unseal(id);
  if (text?.startsWith(purpose) !== true) throw noSuchQuery();
  const [engineId = '', asOf = ''] = text.slice(purpose.length).split(' ');
  return { id, engineId, asOf: Number(asOf) };
}

export function noSuchQuery(): FhirError {
  return notFound('There is no query of this id. It never was, was cancelled, or its time is over.');
}

function queryUrl({ baseUrl }: Pick<OperationRequest, 'baseUrl'>, { id }: Pick<AskedQuery, 'id'>): string {
  return `${baseUrl}/sql/${id}`;
}

type Format = 'json' | SqlFileFormat;

const formats: ReadonlyMap<string, Format> = new Map([
  ['application/json', 'json'], ['application/fhir+json', 'json'], ['application/*', 'json'], ['*/*', 'json'], ['json', 'json'],
  ['text/csv', 'csv'], ['text/*', 'csv'], ['csv', 'csv'],
  ['application/vnd.apache.parquet', 'parquet'], ['parquet', 'parquet'],
]);

const contentTypes: Readonly<Record<SqlFileFormat, string>> = {
  csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet',
};

const howToAsk = 'Accept application/json, text/csv or application/vnd.apache.parquet, or send _format=json, csv or parquet.';

/** `_format` goes before `Accept`. @throws FhirError 406 */
function formatOf({ query, headers }: Pick<OperationRequest, 'query' | 'headers'>): Format {
  const wanted = single(parseParameters(query), '_format')?.toLowerCase();
  const accept = headers['accept'] ?? '';
  const names = wanted !== undefined ? [wanted] : accept === '' ? ['*/*'] : parseAccept(accept).map(({ name }) => name);
  const format = names.map((name) => formats.get(name)).find((each) => each !== undefined);
  if (format === undefined) throw notAcceptable(`Answers are JSON, CSV or Parquet. ${howToAsk}`);
  return format;
}

/**
 * How long the client is willing to wait: `Prefer: respond-async`, and `wait` in seconds
 * (https://www.rfc-editor.org/rfc/rfc7240#section-4.3).
 */
function waitOf({ headers }: Pick<OperationRequest, 'headers'>): number {
  const { respondAsync, waitSeconds } = preferences(headers['prefer']);
  if (waitSeconds !== undefined) return Math.min(answerWithinMs, waitSeconds * 1000);
  return respondAsync ? 0 : answerWithinMs;
}

/** @throws FhirError 400 unless it is a number from 1 to {@link maxCount} */
function countOf({ query }: Pick<OperationRequest, 'query'>): number {
  const count = single(parseParameters(query), '_count');
  if (count === undefined) return defaultCount;
  if (!/^\d{1,6}$/.test(count) || Number(count) < 1 || Number(count) > maxCount) {
    throw badRequest(`_count is the number of rows of a page, from 1 to ${maxCount}.`);
  }
  return Number(count);
}

/** How the answer is wanted. @throws FhirError 400, 406 */
export function answerWishes(request: OperationRequest): { readonly format: Format; readonly count: number } {
  return { format: formatOf(request), count: countOf(request) };
}

/**
 * Waits as long as the client does, and answers 200 with what came of the query, or 202 while it runs.
 * @throws FhirError 404 when there is no such query; 400, 403 or 422 where it failed
 */
export async function queryAnswer(
  request: OperationRequest, asked: AskedQuery, dependencies: QueryDependencies,
): Promise<OperationResponse> {
  const { format, count } = answerWishes(request);
  const next = positionOf(request, asked, dependencies);
  const state = await dependencies.engine.state(asked.engineId, waitOf(request));
  if (state === undefined || state.state === 'cancelled') throw noSuchQuery();
  if (state.state === 'failed') throw failureOf(state);
  if (state.state === 'running') return underWay(request, asked);
  if (format !== 'json') return fileAnswer(request, asked, { format, engine: dependencies.engine });
  return pageAnswer(request, asked, { state, count, next, ...dependencies });
}

function underWay(request: OperationRequest, asked: AskedQuery): OperationResponse {
  return {
    status: 202,
    headers: { 'Content-Location': queryUrl(request, asked), 'Retry-After': '1' },
    json: informed('The query runs. Content-Location has its answer, and waits for it.'),
  };
}

const fileNames: Readonly<Record<SqlFileFormat, string>> = { csv: 'answer.csv', parquet: 'answer.parquet' };

interface WantedFile extends Pick<QueryDependencies, 'engine'> {
  readonly format: SqlFileFormat;
}

async function fileAnswer(request: OperationRequest, asked: AskedQuery, wanted: WantedFile): Promise<OperationResponse> {
  const { format, engine } = wanted;
  const file = await engine.file(asked.engineId, format);
  const location = { 'Content-Location': queryUrl(request, asked), 'Cache-Control': 'no-store' };
  // To be got, however the query was sent.
  if ('url' in file) return { status: 303, headers: { ...location, Location: file.url } };
  const disposition = `attachment; filename="${fileNames[format]}"`;
  const headers = { ...location, 'Content-Type': contentTypes[format], 'Content-Disposition': disposition };
  return { status: 200, headers, content: { ...file, isCompressible: format === 'csv' } };
}

interface Page extends QueryDependencies {
  readonly state: Extract<SqlState, { readonly state: 'succeeded' }>;
  readonly count: number;
  readonly next: string | undefined;
}

async function pageAnswer(request: OperationRequest, asked: AskedQuery, page: Page): Promise<OperationResponse> {
  const { engine, store, state: { scannedBytes, runMs }, count, next: from } = page;
  const part = { limit: count, ...(from === undefined ? {} : { next: from }) };
  const { columns, rows, next } = await engine.page(asked.engineId, part);
  const url = queryUrl(request, asked);
  const counted = count === defaultCount ? '' : `_count=${count}&`;
  const json = JSON.stringify({
    columns,
    rows,
    ...(next === undefined ? {} : { next: `${url}?${counted}next=${store.sealer.seal(`sql ${asked.engineId} ${next}`)}` }),
    asOf: new Date(asked.asOf).toISOString(),
    scannedBytes,
    runMs,
  });
  const headers = { 'Content-Type': 'application/json', 'Content-Location': url, 'Cache-Control': 'no-store' };
  return { status: 200, headers, json };
}

/** @throws FhirError 400 when the page is none of this query */
function positionOf({ query }: OperationRequest, { engineId }: AskedQuery, { store }: QueryDependencies): string | undefined {
  const token = single(parseParameters(query), 'next');
  if (token === undefined) return undefined;
  const prefix = `sql ${engineId} `;
  const text = store.sealer.unseal(token);
  if (text?.startsWith(prefix) !== true) {
    throw badRequest('The parameter next is none of this query. Take the address of the next page as it was told.');
  }
  return text.slice(prefix.length);
}

const failures: Readonly<Record<SqlFailure, (diagnostics: string) => FhirError>> = {
  timeout: tooCostly,
  'too-many-rows': tooCostly,
  'too-many-bytes': tooCostly,
  'out-of-memory': tooCostly,
  refused: notSupported,
  failed: (diagnostics) => new FhirError(422, [{ severity: 'error', code: 'processing', diagnostics }]),
};

function failureOf({ reason, message }: Extract<SqlState, { readonly state: 'failed' }>): FhirError {
  return failures[reason](message);
}
