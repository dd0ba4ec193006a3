/** Requests beyond the connections wait for their turn. */
import { expect, test } from '@jest/globals';
import { limitedSends } from '../../src/aws/limited-sends.ts';

function setting(maxUnderWay: number) {
  const underWay: { readonly command: number; readonly end: (error?: Error) => void }[] = [];
  const client = {
    send: (command: number) =>
      new Promise<number>((resolve, reject) => {
        underWay.push({ command, end: (error) => (error === undefined ? resolve(command) : reject(error)) });
      }),
  };
  const { send } = limitedSends(client, maxUnderWay);
  const settled = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return underWay.map(({ command }) => command);
  };
  return { send, underWay, settled };
}

test('as many as allowed are under way, the others follow in their order', async () => {
  const { send, underWay, settled } = setting(2);
  const answers = [1, 2, 3, 4].map((command) => send(command));
  expect(await settled()).toEqual([1, 2]);
  underWay[1]!.end();
  expect(await settled()).toEqual([1, 2, 3]);
  underWay[0]!.end();
  expect(await settled()).toEqual([1, 2, 3, 4]);
  underWay.forEach(({ end }) => end());
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4]);
});

test('a request that fails makes room like any other', async () => {
  const { send, underWay, settled } = setting(1);
  const failing = send(1);
  const following = send(2);
  underWay[0]!.end(new Error('x'));
  await expect(failing).rejects.toThrow('x');
  expect(await settled()).toEqual([1, 2]);
  underWay[1]!.end();
  expect(await following).toBe(2);
});

test('when all are answered, as many may be under way as before', async () => {
  const { send, underWay, settled } = setting(1);
  for (const command of [1, 2, 3]) {
    const answer = send(command);
    await settled();
    underWay.at(-1)!.end();
    expect(await answer).toBe(command);
  }
});
