import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { countTypes } from '../../../src/operations/search/count-types.ts';
import { openSystemCursor, sealSystemCursor } from '../../../src/operations/search/system-cursor.ts';
import type { SystemCursor } from '../../../src/operations/search/system-cursor.ts';
import { maxTypesAtOnce } from '../../../src/operations/search/walk-types.ts';
import { routedTypes } from '../../../src/operations/route.ts';
import { maxCursorBytes } from '../../../src/store/cursor.ts';
import { sealer } from '../../../src/store/sealer.ts';
import { wholeTimeBudgetMs } from '../../../src/store/store-context.ts';
import { queriesOf, stockedStore } from './stocked-store.ts';

const seals = sealer(new Uint8Array(32));
const queries = queriesOf(['Patient', 'Group'], [['_count', '5']]);

describe('the cursor of a search across types', () => {
  test.each<[string, SystemCursor]>([
    ['a type to begin', { place: { position: 1 } }],
    ['a type that was begun', { place: { position: 1, inner: 'opaque' }, total: 12 }],
    ['a version', { place: { type: 'Group', id: 'a', versionId: 3 }, total: 0 }],
  ])('leads back to %s', (_title, cursor) => {
    expect(openSystemCursor(seals, queries, sealSystemCursor(seals, queries, cursor))).toEqual(cursor);
  });

  test('has room for the longest cursor of a store', () => {
    const inner = 'x'.repeat(maxCursorBytes);
    const sealed = sealSystemCursor(seals, queries, { place: { position: 143, inner }, total: 500_000 });
    expect(openSystemCursor(seals, queries, sealed).place).toEqual({ position: 143, inner });
  });

  test('is of no use for other types, other parameters, or when changed', () => {
    const sealed = sealSystemCursor(seals, queries, { place: { position: 1 } });
    const others = [queriesOf(['Patient'], [['_count', '5']]), queriesOf(['Group', 'Patient'], [['_count', '5']]), queriesOf(['Patient', 'Group'], [['_count', '6']])];
    for (const other of others) expect(() => openSystemCursor(seals, other, sealed)).toThrow(FhirError);
    for (const forged of ['', 'forged', `${sealed}x`, seals.seal('Patient?'), seals.seal('cursor[]')]) {
      expect(() => openSystemCursor(seals, queries, forged)).toThrow(FhirError);
    }
  });
});

describe('the total of a search across types', () => {
  test('is the sum of what each type has, whatever the page', async () => {
    const parts = stockedStore({ Patient: [{}, {}], Group: [{}] });
    const counting = queriesOf(['Patient', 'Group', 'Device'], [['_total', 'accurate']]);
    expect((await countTypes(parts, counting)).total).toBe(3);
    expect(parts.asked).toEqual(['Patient:0', 'Group:0', 'Device:0']);
  });

  test('is refused when the types take longer to count than a request has', async () => {
    const parts = stockedStore({}, wholeTimeBudgetMs / maxTypesAtOnce);
    const counting = queriesOf(routedTypes.slice(0, 2 * maxTypesAtOnce), [['_total', 'accurate']]);
    await expect(countTypes(parts, counting)).rejects.toMatchObject({ status: 403, message: expect.stringMatching(/Name fewer types/) });
    expect(parts.asked).toHaveLength(maxTypesAtOnce);
  });
});
