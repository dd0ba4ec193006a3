/** Waiting for what the server does in its own time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Values } from './command.ts';
import type { Option } from './command.ts';
import { Failed } from './failure.ts';

/** The first look comes soon, for what is done in a moment; then less and less often. */
const firstPauseMs = 200;
const longestPauseMs = 5_000;
/** HealthLake itself takes up to half an hour for a data store. */
const defaultPatienceSeconds = 3_600;
const longestPatienceSeconds = 7 * 24 * 3_600;

export const timeoutOption: Option = { value: 'SECONDS', says: `how long to wait at most (${defaultPatienceSeconds} unless given)` };

/**
 * Asks until there is an answer.
 * @param ask resolves with undefined while there is none
 * @param longestMs between two questions
 * @throws Failed when `--timeout` is over; what is going on goes on
 */
export async function waited<T>(ask: () => Promise<T | undefined>, options: Values, longestMs = longestPauseMs): Promise<T> {
  const seconds = options.number('timeout', { least: 1, most: longestPatienceSeconds }) ?? defaultPatienceSeconds;
  const end = performance.now() + seconds * 1000;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestMs, pauseMs * 1.5)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const leftMs = end - performance.now();
    if (leftMs <= 0) throw new Failed(`It is not done after ${seconds} s, and goes on. Wait longer with --timeout.`);
    await sleep(Math.min(pauseMs, leftMs));
  }
}
