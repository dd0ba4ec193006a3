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

describe('a claim for a create in a transaction', () => {
  const create = (id: string) => [{ interaction: 'create' as const, resource: patient(), id }];

  test('is of one id, whoever asks, until a resource stands under it', async () => {
    const store = storeOver(memoryTable());
    const first = await store.reserve('Patient', claim, 'first');
    const second = await store.reserve('Patient', claim, 'second');
    expect([first, second]).toEqual([{ id: 'first' }, { id: 'first' }]);
    await store.transact(create(first.id));
    const third = await store.reserve('Patient', claim, 'third');
    expect(third).toMatchObject({ id: 'first', standing: { versionId: 1 } });
  });

  test('is completed by a plain conditional create, and the transaction is then refused as a duplicate', async () => {
    const store = storeOver(memoryTable());
    const { id } = await store.reserve('Patient', claim, 'of-the-transaction');
    expect(await store.createUnderClaim(patient(), claim)).toMatchObject({ id, created: true });
    await expect(store.transact(create(id))).rejects.toMatchObject({ status: 409, issues: [{ code: 'duplicate' }] });
  });

  test('is taken over with a new id when its resource is deleted, though the old one is wanted', async () => {
    const store = storeOver(memoryTable());
    const { id } = await store.reserve('Patient', claim, 'wanted');
    await store.transact(create(id));
    await store.write({ interaction: 'delete', type: 'Patient', id });
    const again = await store.reserve('Patient', claim, 'wanted');
    expect(again.id).not.toBe('wanted');
    expect(again.standing).toBeUndefined();
  });

  test('by many at a time leaves one resource, made by whichever commits', async () => {
    const store = storeOver(memoryTable());
    const results = await Promise.allSettled(Array.from({ length: 12 }, async (_, i) => {
      const { id, standing } = await store.reserve('Patient', claim, `wanted-${i}`);
      return standing ?? store.transact(create(id));
    }));
    const made = results.filter(({ status }) => status === 'fulfilled');
    expect(made.length).toBeGreaterThanOrEqual(1);
    const { id, standing } = await store.reserve('Patient', claim, 'afterwards');
    expect(standing).toMatchObject({ id, versionId: 1 });
  });
});
