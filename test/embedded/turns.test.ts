import { describe, expect, test } from '@jest/globals';
import { minTurnBytes, turns } from '../../src/embedded/turns.ts';

const settled = () => new Promise(setImmediate);

describe('turns', () => {
  const size = minTurnBytes;

  async function taken(sizes: readonly number[], limitBytes: number) {
    const { take } = turns(limitBytes);
    const begun: number[] = [];
    const giveBack = new Map<number, () => void>();
    const note = async (index: number, turn: Promise<() => void>) => {
      const give = await turn;
      begun.push(index);
      giveBack.set(index, give);
    };
    for (const [index, each] of sizes.entries()) {
      void note(index, take(each));
    }
    await settled();
    const end = async (index: number) => {
      giveBack.get(index)!();
      await settled();
    };
    return { begun, end };
  }

  test('begin while they fit, and then in their order as others end', async () => {
    const { begun, end } = await taken([size, size, size, size], 2 * size);
    expect(begun).toEqual([0, 1]);
    await end(1);
    expect(begun).toEqual([0, 1, 2]);
    await end(0);
    expect(begun).toEqual([0, 1, 2, 3]);
  });
  test('a body over the limit waits until it is alone, and no later one goes before it', async () => {
    const { begun, end } = await taken([size, 9 * size, size], 2 * size);
    expect(begun).toEqual([0]);
    await end(0);
    expect(begun).toEqual([0, 1]);
    await end(1);
    expect(begun).toEqual([0, 1, 2]);
  });
  test('small bodies never wait', async () => {
    const { begun } = await taken([size, size - 1, size - 1], size);
    expect(new Set(begun)).toEqual(new Set([0, 1, 2]));
  });
  test('a turn given back twice counts once', async () => {
    const { begun, end } = await taken([size, size, size], size);
    await end(0);
    await end(0);
    expect(begun).toEqual([0, 1]);
  });
});
