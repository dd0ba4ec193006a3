import { describe, expect, test } from '@jest/globals';
import { badRequest } from '../../src/fhir/outcome.ts';
import type { Operation, OperationRequest } from '../../src/operations/operation.ts';
import { serve } from '../../src/operations/serve.ts';
import type { Fault } from '../../src/operations/serve.ts';
import { StorageFull, TableUnavailable } from '../../src/ports/ordered-table.ts';

const request: OperationRequest = { method: 'GET', baseUrl: 'http://x/r4', path: {}, query: '', headers: {}, caller: 'someone' };

function throwing(error: unknown): Operation {
  return async () => {
    throw error;
  };
}

function served(operation: Operation) {
  const faults: Fault[] = [];
  const answer = serve(operation, { ids: { uuid: () => 'fault-1' }, report: (fault) => faults.push(fault) });
  return { faults, answer: (changes: Partial<OperationRequest> = {}) => answer({ ...request, ...changes }) };
}

describe('serving an operation', () => {
  test('what was thrown for the client is an OperationOutcome with its status', async () => {
    const { faults, answer } = served(throwing(badRequest('Say more.', 'Patient.name')));
    const { status, headers, json } = await answer();
    expect(status).toBe(400);
    expect(headers).toEqual({ 'Content-Type': 'application/fhir+json; charset=utf-8' });
    expect(JSON.parse(json ?? '')).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'invalid', diagnostics: 'Say more.', expression: ['Patient.name'] }],
    });
    expect(faults).toEqual([]);
  });

  test('anything else is 500, reported under an id and told without details', async () => {
    const error = new TypeError('Smith, John is not a function');
    const { faults, answer } = served(throwing(error));
    const { status, json } = await answer();
    expect(status).toBe(500);
    expect(json).toContain('fault-1');
    expect(json).not.toContain('Smith');
    expect(faults).toEqual([{ id: 'fault-1', error }]);
  });

  test('a full disk is 507, and no fault of the server\'s', async () => {
    const { faults, answer } = served(throwing(new StorageFull('full')));
    const { status, headers, json } = await answer();
    expect([status, headers['Retry-After'], JSON.parse(json!).issue[0].code, faults]).toEqual([507, undefined, 'no-store', []]);
  });

  test('a table that cannot answer is 429 with Retry-After', async () => {
    const { faults, answer } = served(throwing(new TableUnavailable('busy')));
    const { status, headers, json } = await answer();
    expect(status).toBe(429);
    expect(headers['Retry-After']).toBe('1');
    expect(json).toContain('"throttled"');
    expect(faults).toEqual([]);
  });

  test('what is no resource says itself what it is', async () => {
    const { answer } = served(async () => ({ status: 200, headers: { 'Content-Type': 'application/json' }, json: '{}' }));
    expect((await answer()).headers['Content-Type']).toBe('application/json');
  });

  test('a file is answered whatever is accepted, and a refusal of it is an OperationOutcome', async () => {
    const asked = { path: { file: 'a.ndjson' }, headers: { accept: 'application/fhir+ndjson' } };
    const file = served(async () => ({ status: 200, headers: { 'Content-Type': 'application/fhir+ndjson' }, content: new Uint8Array(1) }));
    expect((await file.answer(asked)).status).toBe(200);
    const { status, headers } = await served(throwing(badRequest('Say more.'))).answer(asked);
    expect([status, headers['Content-Type']]).toEqual([400, 'application/fhir+json; charset=utf-8']);
  });

  test('nothing is done when no acceptable format is on offer', async () => {
    let calls = 0;
    const { answer } = served(async () => ({ status: 200, headers: {}, json: String(++calls) }));
    expect((await answer({ headers: { accept: 'application/fhir+xml' } })).status).toBe(406);
    expect(calls).toBe(0);
  });

  test('_pretty breaks lines and keeps the digits of decimals', async () => {
    const { answer } = served(async () => ({ status: 200, headers: {}, json: '{"value":1.10}' }));
    expect((await answer({ query: '_pretty=true' })).json).toBe('{\n  "value": 1.10\n}');
  });

  test('errors are pretty too', async () => {
    const { answer } = served(throwing(badRequest('No.')));
    expect((await answer({ query: '_pretty=true' })).json).toContain('\n  "issue"');
  });

  test('an answer without a body has no Content-Type', async () => {
    const { answer } = served(async () => ({ status: 204, headers: { ETag: 'W/"2"' } }));
    expect(await answer()).toEqual({ status: 204, headers: { ETag: 'W/"2"' } });
  });

  test('X-Request-Id is returned if it is sane', async () => {
    const { answer } = served(async () => ({ status: 204, headers: {} }));
    expect((await answer({ headers: { 'x-request-id': 'abc-1' } })).headers['X-Request-Id']).toBe('abc-1');
    expect((await answer({ headers: { 'x-request-id': 'a\r\nb' } })).headers['X-Request-Id']).toBeUndefined();
  });
});
