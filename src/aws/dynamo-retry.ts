/**
 * What is tried again and for how long
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html). The SDK has tried a few
 * times at short intervals before an error comes here.
 */
import { setTimeout } from 'node:timers/promises';
import { TableUnavailable } from '../ports/ordered-table.ts';

/** Attempts without any progress: with the delays below some 10 s, a third of what a gateway waits for an answer. */
export const maxAttempts = 10;
export const firstDelayMs = 25;
/** An on-demand table doubles its capacity within seconds; waiting longer at a time gains nothing. */
export const maxDelayMs = 3_000;

export interface Backoff {
  sleep(durationMs: number): Promise<unknown>;
  /** From 0 to below 1. */
  random(): number;
}

export const defaultBackoff: Backoff = { sleep: (durationMs) => setTimeout(durationMs), random: () => Math.random() };

const throttled = new Set([
  'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException', 'ThrottledException',
  'ReplicatedWriteConflictException', 'TransactionInProgressException', 'TransactionConflictException',
]);

/** Refused before anything happened: safe to send again. */
export function isThrottled(error: unknown): boolean {
  return throttled.has((error as Error).name);
}

/** No answer, or one that does not say what happened: 5xx, a time-out, a broken connection. */
export function isAmbiguous(error: unknown): boolean {
  const { name, code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  if (($metadata?.httpStatusCode ?? 0) >= 500) return true;
  return name === 'TimeoutError' || name === 'AbortError' || name === 'InternalServerError' || (code !== undefined && /^E[A-Z_]+$/.test(code));
}

/** Waits before attempt `attempt` (from 1), a random part of a delay that doubles. */
export async function waitBefore(attempt: number, { sleep, random }: Backoff): Promise<void> {
  if (attempt >= maxAttempts) throw new TableUnavailable(`DynamoDB was still throttling after ${maxAttempts} attempts.`);
  await sleep(Math.ceil(random() * Math.min(maxDelayMs, firstDelayMs * 2 ** attempt)));
}

/**
 * Sends until it is no longer throttled.
 * @throws TableUnavailable when the bound is reached, or when nobody can say whether the request was carried out
 */
export async function retryThrottled<Output>(send: () => Promise<Output>, backoff: Backoff): Promise<Output> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (isAmbiguous(error)) throw new TableUnavailable('DynamoDB gave no certain answer.', { cause: error });
      if (!isThrottled(error)) throw error;
    }
    await waitBefore(attempt, backoff);
  }
}
