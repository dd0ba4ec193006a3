import { describe, expect, test } from '@jest/globals';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { TableUnavailable, type OrderedTable } from '../../src/ports/ordered-table.ts';
import type { Claim } from '../../src/store/data-store.ts';
import { openDataStore } from '../../src/store/open-data-store.ts';
import { memoryTable } from './memory-table.ts';

const claim: Claim = { criteria: 'identifier=a', matches: ({ active }) => active === true };
const patient = (active = true): Resource => ({ resourceType: 'Patient', active });
const objects = { put: async () => {}, get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) };

function storeOver(resources: OrderedTable) {
  return openDataStore({
    resources, index: memoryTable(), objects, clock: systemClock, ids: randomIds, secret: new Uint8Array(32), shards: 1,
  });
}

describe('a conditional create', () => {
  test('makes one resource of many requests with equal criteria', async () => {
    const store = storeOver(memoryTable());
    const results = await Promise.all(Array.from({ length: 50 }, () => store.createUnderClaim(patient(), claim)));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
  });

  test('of other criteria, or of another type, makes another', async () => {
    const store = storeOver(memoryTable());
    const first = await store.createUnderClaim(patient(), claim);
    const second = await store.createUnderClaim(patient(), { ...claim, criteria: 'identifier=b' });
    const third = await store.createUnderClaim({ resourceType: 'Person', active: true }, claim);
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  });

  test('makes a new resource when the claimed one is deleted or no longer matches', async () => {
    const store = storeOver(memoryTable());
    const first = await store.createUnderClaim(patient(), claim);
    await store.write({ interaction: 'update', resource: { ...patient(false), id: first.id } });
    const second = await store.createUnderClaim(patient(), claim);
    await store.write({ interaction: 'delete', type: 'Patient', id: second.id });
    const results = await Promise.all(Array.from({ length: 20 }, () => store.createUnderClaim(patient(), claim)));
    expect(new Set([first.id, second.id, ...results.map(({ id }) => id)]).size).toBe(3);
  });

  test('completes the claim of one that died before it created', async () => {
    const resources = memoryTable();
    let claimed = '';
    const dying: OrderedTable = {
      ...resources,
      async put(item, condition) {
        if (!item.pk.startsWith('claims/')) throw new TableUnavailable('the process dies here');
        claimed = item.attributes!.id as string;
        return resources.put(item, condition);
      },
    };
    await expect(storeOver(dying).createUnderClaim(patient(), claim)).rejects.toThrow(TableUnavailable);
    const made = await storeOver(resources).createUnderClaim(patient(), claim);
    expect(made).toMatchObject({ id: claimed, created: true });
  });
});
