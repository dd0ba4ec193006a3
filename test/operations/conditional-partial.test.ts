/** Conditional interactions whose search does not come to its end: nothing is written on a part of the answer. */
import { describe, expect, test } from '@jest/globals';
import { conditionalDelete } from '../../src/operations/conditional-delete.ts';
import { conditionalPatch } from '../../src/operations/conditional-patch.ts';
import { conditionalUpdate } from '../../src/operations/conditional-update.ts';
import { create } from '../../src/operations/create.ts';
import type { Operation, OperationRequest } from '../../src/operations/operation.ts';
import { searchTimeBudgetMs } from '../../src/store/store-context.ts';
import { measuredStore, type MeasuredStore } from './measured-store.ts';

/** Neither has a way through the index: all patients are walked. */
const criteria = 'birthdate:missing=true&gender:missing=false';
const patients = 400;
const headers = { 'content-type': 'application/fhir+json' };
const body = JSON.stringify({ resourceType: 'Patient', active: true });
const json = { 'content-type': 'application/json-patch+json' };

const asked: readonly (readonly [string, (parts: MeasuredStore) => Operation, Partial<OperationRequest>])[] = [
  ['create', create, { method: 'POST', headers: { ...headers, 'if-none-exist': criteria }, body }],
  ['update', conditionalUpdate, { method: 'PUT', headers, body, query: criteria }],
  ['patch', conditionalPatch, { method: 'PATCH', headers: json, body: '[{"op":"add","path":"/language","value":"en"}]', query: criteria }],
  ['delete', conditionalDelete, { method: 'DELETE', query: criteria }],
  ['delete of several', conditionalDelete, { method: 'DELETE', query: `${criteria}&_count=10` }],
];

describe('a conditional interaction never acts on a part of a search', () => {
  test.each(asked)('%s: where the time of the search is spent, it is refused as too costly and nothing is written', async (_name, operation, sent) => {
    const parts = measuredStore();
    for (let one = 0; one < patients; one += 1) await parts.store.write({ interaction: 'create', resource: { resourceType: 'Patient', ...(one === 0 && { gender: 'female' }) } });
    const request: OperationRequest = { method: '', baseUrl: 'http://localhost/r4', path: { type: 'Patient' }, query: '', headers: {}, caller: '', ...sent };
    parts.pace.stepMs = searchTimeBudgetMs;
    const { result, writeUnits } = await parts.meter.measure(() => operation(parts)(request).then(() => undefined, (error: unknown) => error as { status?: number }));
    expect([result?.status, writeUnits]).toEqual([403, 0]);
  });
});
