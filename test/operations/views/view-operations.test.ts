import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import type { OperationRequest } from '../../../src/operations/operation.ts';
import { cancelViewExport } from '../../../src/operations/cancel-view-export.ts';
import { exportedView } from '../../../src/operations/exported-view.ts';
import { runView } from '../../../src/operations/run-view.ts';
import { serve } from '../../../src/operations/serve.ts';
import { startViewExport } from '../../../src/operations/start-view-export.ts';
import { viewExportStatus } from '../../../src/operations/view-export-status.ts';
import type { SqlEngine, SqlQuestion, SqlState } from '../../../src/ports/sql-engine.ts';
import { sealer } from '../../../src/store/sealer.ts';

const baseUrl = 'https://caldera.test/r4';
const view: JsonObject = {
  resourceType: 'ViewDefinition', status: 'active', name: 'people', resource: 'Patient', select: [{ column: [{ name: 'id', path: 'getResourceKey()' }, { name: 'birthDate', path: 'birthDate' }] }],
};

let asked: SqlQuestion[] = [];
let state: SqlState = { state: 'succeeded', scannedBytes: 1, runMs: 1 };
const cancelled: string[] = [];

/** Answers each question by two rows on two pages. */
const engine: SqlEngine = {
  start: async (question) => ({ id: `q-${asked.push(question)}`, asOf: 0 }),
  state: async (id) => (cancelled.includes(id) ? { state: 'cancelled' } : state),
  page: async (_id, { next }) => ({
    columns: [{ name: 'id', type: 'varchar' }, { name: 'birthDate', type: 'varchar' }],
    ...(next === undefined ? { rows: [['a', '2000-01-01']], next: '2' } : { rows: [['b', null]] }),
  }),
  file: async (_id, format) => ({ sizeBytes: 3, open: async () => (async function* () { yield Buffer.from(format.slice(0, 3)); })() }),
  cancel: async (id) => void cancelled.push(id),
};

const stored: Readonly<Record<string, JsonObject>> = { mine: view };
const store = {
  sealer: sealer(new Uint8Array(32)),
  read: async (type: string, id: string) => (type === 'ViewDefinition' && stored[id] !== undefined
    ? { type, id, versionId: 1, lastUpdated: 0, interaction: 'create' as const, json: JSON.stringify(stored[id]) }
    : undefined),
  search: async () => ({ matches: [] }) as never,
};
const dependencies = { engine, store, clock: { now: () => Date.UTC(2026, 0, 1) } };
const operations = {
  run: runView(dependencies), start: startViewExport(dependencies), status: viewExportStatus(dependencies), cancel: cancelViewExport(dependencies), file: exportedView(dependencies),
};

beforeEach(() => {
  asked = [];
  cancelled.length = 0;
  state = { state: 'succeeded', scannedBytes: 1, runMs: 1 };
});

async function send(name: keyof typeof operations, request: Partial<OperationRequest> & { readonly parameters?: readonly JsonObject[] } = {}) {
  const { parameters, ...rest } = request;
  const body = parameters === undefined ? {} : { method: 'POST', body: JSON.stringify({ resourceType: 'Parameters', parameter: parameters }) };
  const served = serve(operations[name], { ids: { uuid: () => 'fault' }, report: ({ error }) => { throw error; }, ownFormats: true });
  const response = await served({ method: 'GET', baseUrl, path: {}, query: '', caller: 'someone', ...rest, ...body, headers: { 'content-type': 'application/fhir+json', ...rest.headers } });
  return { ...response, body: (response.json === undefined ? {} : JSON.parse(response.json)) as JsonObject, text: response.content instanceof Uint8Array ? new TextDecoder().decode(response.content) : '' };
}

const inline = { name: 'viewResource', resource: view };
const diagnosticsOf = ({ body }: { readonly body: JsonObject }) => (body['issue'] as unknown as readonly { diagnostics: string; expression?: string[] }[])[0]!;

describe('$viewdefinition-run', () => {
  test('answers a view of the server as NDJSON unless told otherwise', async () => {
    const { status, headers, text } = await send('run', { path: { type: 'ViewDefinition', id: 'mine' } });
    expect([status, headers['Content-Type']]).toEqual([200, 'application/x-ndjson']);
    expect(text).toBe('{"id":"a","birthDate":"2000-01-01"}\n{"id":"b","birthDate":null}\n');
    expect(asked[0]!.tables).toEqual(['patient']);
    expect(asked[0]!.statement).toContain('FROM "patient"');
  });

  test('answers one that is sent, as JSON, CSV or Parquet', async () => {
    expect((await send('run', { parameters: [inline, { name: '_format', valueCode: 'json' }] })).text).toBe('[{"id":"a","birthDate":"2000-01-01"},\n{"id":"b","birthDate":null}]\n');
    const csv = await send('run', { parameters: [inline], headers: { accept: 'text/csv' } });
    expect(csv.headers['Content-Type']).toBe('text/csv; charset=utf-8');
    expect((await send('run', { parameters: [inline], query: '_format=parquet' })).content).toMatchObject({ sizeBytes: 3 });
    expect((await send('run', { parameters: [inline], query: '_format=xml' })).status).toBe(406);
  });

  test('narrows by patients, whose compartments the resources are in, by instant and by number', async () => {
    const observations = { ...view, resource: 'Observation', select: [{ column: [{ name: 'id', path: 'id' }] }] };
    await send('run', { parameters: [
      { name: 'viewResource', resource: observations }, { name: 'patient', valueReference: { reference: 'Patient/p1' } },
      { name: '_since', valueInstant: '2024-01-01T00:00:00+01:00' }, { name: '_limit', valueInteger: 7 },
    ] });
    const { statement } = asked[0]!;
    expect(statement).toContain(`'p1'`);
    expect(statement).toContain('"performer"');
    expect(statement).toContain(`TIMESTAMP '2023-12-31 23:00:00.000'`);
    expect(statement).toMatch(/LIMIT 7$/);
    const device = await send('run', { parameters: [{ name: 'viewResource', resource: { ...observations, resource: 'Device' } }, { name: 'patient', valueString: 'Patient/p1' }] });
    expect([device.status, diagnosticsOf(device).expression]).toEqual([422, ['ViewDefinition.resource']]);
  });

  test('takes views that are brought along, by id and by url', async () => {
    expect((await send('run', { path: { type: 'ViewDefinition', id: 'patient-demographics' }, query: '_format=csv' })).status).toBe(200);
    expect((await send('run', { query: 'viewCanonical=urn:caldera:view:conditions&_format=csv' })).status).toBe(200);
    expect((await send('run', { query: 'viewReference=ViewDefinition/mine' })).status).toBe(200);
  });

  test('refuses what names no view or several, and parameters that are not offered', async () => {
    expect((await send('run')).status).toBe(400);
    expect((await send('run', { query: 'viewReference=ViewDefinition/mine&viewCanonical=urn:x' })).status).toBe(400);
    expect((await send('run', { query: 'viewReference=ViewDefinition/none' })).status).toBe(404);
    expect((await send('run', { query: 'viewCanonical=urn:none' })).status).toBe(404);
    expect((await send('run', { path: { id: 'mine' }, query: 'group=Group/1' })).status).toBe(400);
    expect((await send('run', { path: { id: 'mine' }, query: 'header=false' })).status).toBe(400);
  });

  test('names the element of a view that cannot be run', async () => {
    const wrong = await send('run', { parameters: [{ name: 'viewResource', resource: { ...view, select: [{ column: [{ name: 'a', path: 'name' }] }] } }] });
    expect([wrong.status, diagnosticsOf(wrong).expression]).toEqual([422, ['ViewDefinition.select[0].column[0].path']]);
  });

  test('says what to do with what fails, and ends what takes too long', async () => {
    state = { state: 'failed', reason: 'failed', message: 'A text is no number.' };
    const failed = await send('run', { path: { id: 'mine' } });
    expect([failed.status, diagnosticsOf(failed).diagnostics]).toEqual([422, expect.stringContaining('first()')]);
    state = { state: 'running' };
    expect((await send('run', { path: { id: 'mine' } })).status).toBe(403);
    expect(cancelled).toEqual(['q-2']);
  });
});

describe('$viewdefinition-export', () => {
  const begin = (parameters: readonly JsonObject[] = []) => send('start', { parameters: [
    { name: 'view', part: [{ name: 'name', valueString: 'own' }, inline] }, { name: 'view', part: [{ name: 'viewReference', valueReference: { reference: 'ViewDefinition/mine' } }] }, ...parameters,
  ] });
  const outputsOf = ({ body }: { readonly body: JsonObject }) => (body['parameter'] as unknown as readonly { name: string; part: readonly JsonObject[] }[])
    .filter(({ name }) => name === 'output').map(({ part }) => [part[0]!['valueString'], String(part[1]!['valueUri']).split('/').at(-1)]);
  const idOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => headers['Content-Location']!.split('/').at(-1)!;

  test('begins, is polled, and ends in a list of files', async () => {
    state = { state: 'running' };
    const begun = await begin([{ name: '_format', valueCode: 'csv' }, { name: 'clientTrackingId', valueString: 'mine' }]);
    expect(begun.status).toBe(202);
    const exportId = idOf(begun);
    expect((await send('status', { path: { exportId } })).status).toBe(202);
    expect((await send('file', { path: { exportId, file: 'result' } })).status).toBe(404);
    state = { state: 'succeeded', scannedBytes: 1, runMs: 1 };
    const ended = await send('status', { path: { exportId } });
    expect([ended.status, ended.headers['Location']]).toEqual([303, `${baseUrl}/viewdefinition-export/${exportId}/result`]);
    const result = await send('file', { path: { exportId, file: 'result' } });
    expect(outputsOf(result)).toEqual([['own', '0.csv'], ['people', '1.csv']]);
    expect(JSON.stringify(result.body)).toContain('"clientTrackingId","valueString":"mine"');
    expect((await send('file', { path: { exportId, file: '1.csv' } })).headers['Content-Type']).toBe('text/csv; charset=utf-8');
    expect((await send('file', { path: { exportId, file: '2.csv' } })).status).toBe(404);
  });

  test('is NDJSON unless told otherwise', async () => {
    const exportId = idOf(await begin());
    expect((await send('file', { path: { exportId, file: '0.ndjson' } })).text).toBe('{"id":"a","birthDate":"2000-01-01"}\n{"id":"b","birthDate":null}\n');
  });

  test('can be cancelled, and is then not there', async () => {
    state = { state: 'running' };
    const exportId = idOf(await begin());
    expect((await send('cancel', { path: { exportId }, method: 'DELETE' })).status).toBe(202);
    expect(cancelled).toEqual(['q-1', 'q-2']);
    expect((await send('status', { path: { exportId } })).status).toBe(404);
    expect((await send('status', { path: { exportId: `${exportId.slice(0, -2)}AA` } })).status).toBe(404);
  });

  test('begins no view when one of them cannot be run', async () => {
    const wrong = await begin([{ name: 'view', part: [{ name: 'viewResource', resource: { ...view, resource: 'Nothing' } }] }]);
    expect([wrong.status, asked.length]).toEqual([422, 0]);
    expect((await send('start', { parameters: [] })).status).toBe(400);
  });
});
