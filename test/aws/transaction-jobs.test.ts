/** The consumer of the queue of asynchronous bundles: what it answers Lambda. */
import { describe, expect, test } from '@jest/globals';
import { firstRetrySeconds, lastRetrySeconds, transactionJobHandler } from '../../src/aws/transaction-job-handler.ts';
import type { QueueEvent } from '../../src/aws/transaction-job-handler.ts';

function event(...bodies: string[]): QueueEvent {
  return {
    Records: bodies.map((body, place) => ({
      messageId: `m${place}`, receiptHandle: `r${place}`, body, attributes: { ApproximateReceiveCount: String(place + 1), SentTimestamp: '0' },
    })),
  };
}

function setting(work: (message: unknown) => Promise<void>, postpone: () => Promise<void> = async () => {}) {
  const postponed: [string, number][] = [];
  const errors: unknown[] = [];
  const handle = transactionJobHandler({
    work,
    async postpone(...given) {
      postponed.push(given);
      await postpone();
    },
    report: (error) => void errors.push(error),
  });
  return { handle, postponed, errors };
}

const fails = () => Promise.reject(new Error('x'));

describe('a message', () => {
  test('is worked on, and done', async () => {
    const worked: unknown[] = [];
    const { handle, postponed } = setting(async (message) => void worked.push(message));
    expect(await handle(event('{"jobId":"a"}', '{"jobId":"b"}'))).toEqual({ batchItemFailures: [] });
    expect(worked).toEqual([{ jobId: 'a' }, { jobId: 'b' }]);
    expect(postponed).toEqual([]);
  });

  test('that fails comes back after a while that grows, and the others are done', async () => {
    const { handle, postponed, errors } = setting((message) => (message === 'b' ? Promise.resolve() : fails()));
    expect(await handle(event('"a"', '"b"', '"c"'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }] });
    expect(postponed).toEqual([['r0', firstRetrySeconds], ['r2', firstRetrySeconds * 4]]);
    expect(errors).toHaveLength(2);
  });

  test('is never postponed for longer than the longest function lives', async () => {
    const { handle, postponed } = setting(fails);
    await handle({ Records: [{ ...event('"a"').Records[0]!, attributes: { ApproximateReceiveCount: '40', SentTimestamp: '0' } }] });
    expect(postponed).toEqual([['r0', lastRetrySeconds]]);
  });

  test('that cannot be postponed comes back when its time is over', async () => {
    const { handle, errors } = setting(fails, fails);
    expect(await handle(event('"a"'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(errors).toHaveLength(2);
  });

  test('that is no JSON fails, to be laid among the failures', async () => {
    const { handle, errors } = setting(async () => {});
    expect(await handle(event('{'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(errors).toHaveLength(1);
  });
});
