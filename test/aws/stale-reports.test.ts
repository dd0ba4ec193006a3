/** What a search found to lead nowhere, told when it is done. */
import { expect, test } from '@jest/globals';
import { maxReportedEntries, reportingStale } from '../../src/aws/stale-reports.ts';
import type { ReportStale } from '../../src/aws/stale-reports.ts';
import type { CleanUpWork } from '../../src/operations/stream/clean-up-work.ts';
import { maxSortKeyBytes } from '../../src/ports/ordered-table.ts';
import { maxMessageBytes } from '../../src/ports/queue.ts';
import { entrySuffix } from '../../src/store/keys.ts';
import { abandonedAfterMs } from '../../src/store/store-context.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';

const now = 1_800_000_000_000;
const old = now - abandonedAfterMs - 1;

const entry = (id: string, writtenAt: number) => ({ pk: 'family', sk: `S2024${entrySuffix('Patient', id, encodeWriteId(writtenAt, new Uint8Array(10)))}` });

function setting(left: readonly number[] = []) {
  const sent: CleanUpWork[] = [];
  const queue = {
    async send(messages: readonly CleanUpWork[]) {
      sent.push(...messages);
      return left;
    },
  };
  const reporting = (work: (reportStale: ReportStale) => (asked: string) => Promise<string>) =>
    reportingStale({ datastoreId: 'store', queue, clock: { now: () => now } }, work);
  return { sent, reporting };
}

test('stale entries are told in one message, before the answer is given', async () => {
  const { sent, reporting } = setting();
  const answer = reporting((reportStale) => async () => {
    reportStale(entry('a', old));
    reportStale(entry('a', old));
    reportStale(entry('b', old));
    return 'answer';
  });
  expect(await answer('asked')).toBe('answer');
  expect(sent).toEqual([{ datastoreId: 'store', stale: [entry('a', old), entry('b', old)] }]);
  await answer('again');
  expect(sent).toHaveLength(2);
});

test('entries of writes that may still be under way are not told', async () => {
  const { sent, reporting } = setting();
  await reporting((reportStale) => async () => {
    reportStale(entry('a', now - 1000));
    return '';
  })('asked');
  expect(sent).toEqual([]);
});

test('a message holds a bounded number of entries', async () => {
  const { sent, reporting } = setting();
  await reporting((reportStale) => async () => {
    for (let number = 0; number < maxReportedEntries + 10; number += 1) reportStale(entry(`id-${number}`, old));
    return '';
  })('asked');
  expect(sent).toMatchObject([{ stale: { length: maxReportedEntries } }]);
});

test('a message of the longest keys fits the queue', async () => {
  const { sent, reporting } = setting();
  await reporting((reportStale) => async () => {
    for (let number = 100; number < 100 + maxReportedEntries; number += 1) {
      const { pk, sk } = entry(`id-${number}`, old);
      reportStale({ pk: pk.padEnd(64, 'x'), sk: sk.padStart(maxSortKeyBytes, 'x') });
    }
    return '';
  })('asked');
  expect(sent).toMatchObject([{ stale: { length: maxReportedEntries } }]);
  expect(JSON.stringify(sent[0]).length).toBeLessThan(maxMessageBytes);
});

test('a search that fails tells what it found, and fails', async () => {
  const { sent, reporting } = setting();
  const answer = reporting((reportStale) => async () => {
    reportStale(entry('a', old));
    throw new Error('x');
  });
  await expect(answer('asked')).rejects.toThrow('x');
  expect(sent).toHaveLength(1);
});

test('a queue that does not take the message costs no answer', async () => {
  const { reporting } = setting([0]);
  const answer = reporting((reportStale) => async () => {
    reportStale(entry('a', old));
    return 'answer';
  });
  expect(await answer('asked')).toBe('answer');
});
