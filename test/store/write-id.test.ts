import { describe, expect, test } from '@jest/globals';
import { randomIds } from '../../src/machine/random-ids.ts';
import { encodeWriteId, writeIdLength, writeIdTime } from '../../src/store/write-id.ts';

const instants = [0, 1, 1_700_000_000_000, 1_763_821_537_123, 2 ** 48 - 1];

describe('write ids', () => {
  test.each(instants)('of the instant %d are 22 characters that tell it', (instant) => {
    const writeId = randomIds.writeId(instant);
    expect(writeId).toMatch(/^[-0-9A-Z_a-z]{22}$/);
    expect(writeId).toHaveLength(writeIdLength);
    expect(writeIdTime(writeId)).toBe(instant);
  });

  test('are the digits of a UUID of version 7 and variant 10', () => {
    expect(encodeWriteId(0, new Uint8Array(10))).toBe('--------R-1-----------');
    expect(encodeWriteId(2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe('zzzzzzzzUzyzzzzzzzzzzk');
  });

  test('sort by their bytes as their instants do', () => {
    const writeIds = Array.from({ length: 300 }, (_, index) => randomIds.writeId(1_763_821_537_000 + index * index));
    expect(writeIds.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(writeIds);
  });

  test.each(['', 'short', '!'.repeat(22), `${randomIds.writeId(5)}x`])('%j is none', (text) => {
    expect(() => writeIdTime(text)).toThrow(RangeError);
  });

  test.each([-1, 0.5, NaN, 2 ** 48])('the instant %d has none', (instant) => {
    expect(() => randomIds.writeId(instant)).toThrow(RangeError);
  });
});

test('ids are fresh, revs short and uuids of version 4', () => {
  const many = (make: () => string) => new Set(Array.from({ length: 5000 }, make)).size;
  expect(many(() => randomIds.rev())).toBe(5000);
  expect(many(() => randomIds.uuid())).toBe(5000);
  expect(many(() => randomIds.writeId(7))).toBe(5000);
  expect(randomIds.rev()).toMatch(/^[\w-]{16}$/);
  expect(randomIds.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
