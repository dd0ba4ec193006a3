import { expect, test } from '@jest/globals';
import { fairTurns, longestRunMs } from '../../src/embedded/fair-turns.ts';

test('a chain of reads is overdue after its time, and begins anew in the next turn of the event loop', async () => {
  let now = 0;
  const turns = fairTurns(() => now);
  expect(turns.isOverdue()).toBe(false);
  now += longestRunMs;
  expect(turns.isOverdue()).toBe(false);
  now += 1;
  expect(turns.isOverdue()).toBe(true);
  await turns.next();
  expect(turns.isOverdue()).toBe(false);
});

test('others get their turn before one that is overdue goes on', async () => {
  const turns = fairTurns();
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  await turns.next();
  order.push('overdue');
  expect(order).toEqual(['other', 'overdue']);
});
