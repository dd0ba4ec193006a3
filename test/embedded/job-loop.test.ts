/** The loop that runs asynchronous bundles in the embedded runtime. */
import { describe, expect, test } from '@jest/globals';
import { firstRetryMs, jobLoop } from '../../src/embedded/job-loop.ts';
import type { LoopedRunner } from '../../src/embedded/job-loop.ts';

/** What a job asks to be left alone for. */
const pauseMs = 5000;

function harness(jobs: readonly string[]) {
  const pending = [...jobs];
  const ran: string[] = [];
  const reported: unknown[] = [];
  const failing = new Set<string>();
  const unfinished = new Map<string, number>();
  const atOnce = { now: 0, most: 0 };
  const time = { now: 0 };
  let settle = (): void => {};
  const runner: LoopedRunner = {
    pending: async () => [...pending],
    async run(id) {
      atOnce.most = Math.max(atOnce.most, ++atOnce.now);
      await Promise.resolve();
      atOnce.now--;
      ran.push(id);
      if (failing.has(id)) throw new Error('not now');
      if ((unfinished.get(id) ?? 0) > 0) {
        unfinished.set(id, unfinished.get(id)! - 1);
        return pauseMs;
      }
      pending.splice(pending.indexOf(id), 1);
      if (pending.length === 0) settle();
      return undefined;
    },
    sweep: async () => 0,
  };
  const clock = {
    now: () => time.now,
    sleep: async (durationMs: number) => {
      time.now += durationMs;
      // A macrotask: what was woken gets its turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const idle = (): Promise<void> => new Promise((resolve) => (settle = resolve));
  return { pending, ran, reported, failing, unfinished, atOnce, time, idle, loop: jobLoop({ runner, clock, report: (error) => reported.push(error) }) };
}

describe('the job loop', () => {
  test('goes on with a job that has not come to its end, when it wants to be gone on with', async () => {
    const { loop, ran, unfinished, time, reported, idle } = harness(['1']);
    unfinished.set('1', 2);
    const done = idle();
    loop.start();
    await done;
    await loop.stop();
    expect(ran).toEqual(['1', '1', '1']);
    expect(time.now).toBe(2 * pauseMs);
    expect(reported).toEqual([]);
  });

  test('takes up at its start what an earlier process left, oldest first, one at a time', async () => {
    const { loop, ran, atOnce, idle } = harness(['1', '2', '3']);
    const done = idle();
    loop.start();
    await done;
    await loop.stop();
    expect(ran).toEqual(['1', '2', '3']);
    expect(atOnce.most).toBe(1);
  });

  test('runs what it is woken for, and nothing before its start or after its end', async () => {
    const { loop, ran, pending, idle } = harness(['1']);
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual([]);
    const first = idle();
    loop.start();
    await first;
    const second = idle();
    pending.push('2');
    loop.wake();
    await second;
    await loop.stop();
    pending.push('3');
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual(['1', '2']);
  });

  test('reports a job that fails, lets others go on, and tries it again after a while', async () => {
    const { loop, ran, pending, failing, reported, time, idle } = harness(['1', '2']);
    failing.add('1');
    loop.start();
    while (time.now < firstRetryMs) await new Promise((resolve) => setImmediate(resolve));
    expect(ran.slice(0, 2)).toEqual(['1', '2']);
    expect(reported.length).toBeGreaterThan(0);
    const done = idle();
    failing.delete('1');
    await done;
    await loop.stop();
    expect(pending).toEqual([]);
  });
});
