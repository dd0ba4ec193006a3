import { describe, expect, test } from '@jest/globals';
import { afterAllKeys, instantKey, keyInstant } from '../../src/store/order-preserving.ts';

const instants = [
  -Infinity, Date.parse('0001-01-02T00:00:00Z'), Date.UTC(1850, 0, 1), -1, 0, 1, 63, 64, Date.UTC(2024, 1, 29), Date.UTC(9999, 11, 31, 23, 59, 59, 999), Infinity,
];

describe('the key of an instant', () => {
  test('orders by its bytes as the instants do, open ends outermost', () => {
    const keys = instants.map(instantKey);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(instants.length);
  });

  test('gives the instant back to the millisecond', () => {
    expect(instants.map((instant) => keyInstant(instantKey(instant)))).toEqual(instants);
  });

  test('comes before the end of all keys', () => {
    expect(instantKey(Infinity) < afterAllKeys).toBe(true);
  });
});
