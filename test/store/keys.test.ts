import { describe, expect, test } from '@jest/globals';
import { bundleRecordKey, bundleShards, entrySuffix, entryTarget, resourcePartition, versionKey } from '../../src/store/keys.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';

const writeId = encodeWriteId(Date.UTC(2026, 0, 1), new Uint8Array(10));

describe('the key of an index entry', () => {
  test.each(['Patient', 'VisionPrescription', 'Account'])('names its resource of type %s and the attempt that wrote it', (type) => {
    const id = 'a-.Z9';
    expect(entryTarget(`S123${entrySuffix(type, id, writeId)}`)).toEqual({ position: 'S123', type, id, writeId });
  });

  test('keeps a position that holds the separator apart from the id', () => {
    expect(entryTarget(`a#b${entrySuffix('Patient', 'x', writeId)}`)).toMatchObject({ position: 'a#b', id: 'x' });
  });

  test('puts a position before every longer one that begins with it', () => {
    for (const longer of ['an-', 'an.', 'an0', 'an$b', 'anz', 'ané']) {
      expect(`an${entrySuffix('Patient', 'zzz', writeId)}` < `${longer}${entrySuffix('Patient', '-', writeId)}`).toBe(true);
    }
  });
});

describe('the keys of resources', () => {
  test('are the type and the id', () => {
    expect(resourcePartition('Patient', 'x')).toBe('Patient/x');
  });

  test('order past versions by their number', () => {
    const keys = [1, 2, 9, 10, 999, 1000, 9_999_999_999].map(versionKey);
    expect([...keys].sort()).toEqual(keys);
  });

  test('spread the records of transactions over all shards, each always in the same one', () => {
    const ids = Array.from({ length: 200 }, (_, number) => encodeWriteId(number * 1000, new Uint8Array(10).fill(number)));
    expect(new Set(ids.map((id) => bundleRecordKey(id).pk)).size).toBe(bundleShards);
    expect(bundleRecordKey(ids[0]!)).toEqual(bundleRecordKey(ids[0]!));
  });
});
