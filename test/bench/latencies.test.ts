/** Percentiles by nearest rank over every latency measured. */
import { expect, test } from '@jest/globals';
import { Latencies } from '../../bench/latencies.ts';
import { seededRandom } from '../../bench/random.ts';

test('Percentiles are exact, whatever the order and however many', () => {
  const latencies = new Latencies();
  for (let value = 10_000; value > 0; value -= 1) latencies.add(value);
  expect(latencies.summary()).toEqual({ count: 10_000, p50Ms: 5000, p95Ms: 9500, p99Ms: 9900, maxMs: 10_000 });
});

test('Nothing measured is zeros', () => {
  expect(new Latencies().summary()).toEqual({ count: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 });
});

test('The same seed makes the same choices, and another seed others', () => {
  const choices = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => random.below(1000));
  };
  expect(choices(1)).toEqual(choices(1));
  expect(choices(1)).not.toEqual(choices(2));
  expect(new Set(choices(0)).size).toBeGreaterThan(40);
});
