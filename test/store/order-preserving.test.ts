import { describe, expect, test } from '@jest/globals';
import { afterAllKeys, behindKey, instantKey, keyInstant, numberKey } from '../../src/store/order-preserving.ts';

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

const numbers = [
  -Infinity, -1.7976931348623157e308, -100, -1, -0.1, -2.2250738585072014e-308, -5e-324, 0, 5e-324, 1e-300, 0.1, 0.3, 0.30000000000000004,
  1, 1.5, 2, 5.35, 63, 64, 100, 9007199254740991, 1e21, 1.7976931348623157e308, Infinity,
];

describe('the key of a number', () => {
  test('orders by its bytes as the numbers do, however long each is spelled', () => {
    // In a sort key, `#` follows a position.
    const keys = numbers.map((number) => `${numberKey(number)}#`);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(numbers.length);
  });

  test('is the same for both zeros', () => {
    expect(numberKey(-0)).toBe(numberKey(0));
  });

  test('has a bound behind it that no greater number comes before', () => {
    for (const [place, number] of numbers.entries()) {
      const bound = behindKey(numberKey(number));
      expect(`${numberKey(number)}#` < bound).toBe(true);
      expect(numbers.slice(place + 1).every((greater) => bound < numberKey(greater))).toBe(true);
    }
  });

  test('is at most eleven characters, and short for what people write', () => {
    expect(Math.max(...numbers.map((number) => numberKey(number).length))).toBe(11);
    expect([0, 1, 5, 37.5, 120].map((number) => numberKey(number).length)).toEqual([1, 2, 3, 3, 3]);
  });

  test('comes before the end of all keys', () => {
    expect(numberKey(Infinity) < afterAllKeys).toBe(true);
  });
});
