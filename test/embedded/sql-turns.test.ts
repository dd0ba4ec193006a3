/** Whose question of SQL is next. */
import { describe, expect, test } from '@jest/globals';
import { sqlTurns } from '../../src/embedded/sql-turns.ts';

function asked() {
  const turns = sqlTurns(2);
  const begun: string[] = [];
  const back = new Map<string, () => void>();
  const ask = (store: object, name: string): (() => boolean) => turns.queue(store, (giveBack) => {
    begun.push(name);
    back.set(name, giveBack);
  });
  return { ask, begun, giveBack: (name: string) => back.get(name)!() };
}

describe('Questions of data stores', () => {
  test('run in their order, so many of a store at once', () => {
    const { ask, begun, giveBack } = asked();
    const store = {};
    for (const name of ['first', 'second', 'third', 'fourth']) ask(store, name);
    expect(begun).toEqual(['first', 'second']);
    giveBack('second');
    giveBack('second');
    expect(begun).toEqual(['first', 'second', 'third']);
  });

  test('do not wait for those of one other store, however many it has', () => {
    const { ask, begun } = asked();
    const [busy, other] = [{}, {}];
    for (const name of ['first', 'second', 'third']) ask(busy, name);
    ask(other, 'of another store');
    expect(begun).toEqual(['first', 'second', 'of another store']);
  });

  test('leave the queue before their turn, and not after it', () => {
    const { ask, begun, giveBack } = asked();
    const store = {};
    const [first, , third] = ['first', 'second', 'third'].map((name) => ask(store, name));
    expect([first!(), third!()]).toEqual([false, true]);
    giveBack('first');
    expect(begun).toEqual(['first', 'second']);
  });
});
