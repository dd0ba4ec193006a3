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

test('pieces of long work go on one in each turn of the loop, in their order', async () => {
  const turns = fairTurns();
  let turn = 0;
  const count = (): void => {
    turn += 1;
    if (turn < 10) setImmediate(count);
  };
  count();
  const begun: (readonly [name: string, turn: number])[] = [];
  await Promise.all(['a', 'b', 'c'].map(async (name) => {
    await turns.own();
    begun.push([name, turn]);
  }));
  expect(begun.map(([name]) => name)).toEqual(['a', 'b', 'c']);
  expect(new Set(begun.map(([, at]) => at)).size).toBe(3);
});

test('a piece of long work has a whole turn', async () => {
  let now = 0;
  const turns = fairTurns(() => now);
  expect(turns.isOverdue()).toBe(false);
  now += longestRunMs + 1;
  await turns.own();
  now += longestRunMs;
  expect(turns.isOverdue()).toBe(false);
  now += 1;
  expect(turns.isOverdue()).toBe(true);
});
