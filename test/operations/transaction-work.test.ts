/** Work of the queue of asynchronous bundles: jobs to run, and jobs to be looked after. */
import { describe, expect, test } from '@jest/globals';
import { conflict, notFound } from '../../src/fhir/outcome.ts';
import type { FhirError } from '../../src/fhir/outcome.ts';
import { overdueMs, transactionWork, workOnTransactions } from '../../src/operations/bundle/transaction-work.ts';
import type { TransactionWork } from '../../src/operations/bundle/transaction-work.ts';
import { emptyDisk, platform } from './bundle-platform.ts';

const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { resourceType: 'Patient', id: 'a' }, request: { method: 'PUT', url: 'Patient/a' } }] };

function setting(left: readonly number[] = []) {
  const disk = emptyDisk();
  const server = platform(disk);
  const sent: TransactionWork[] = [];
  const work = workOnTransactions({
    runnerOf: async () => server.runner,
    queue: {
      async send(messages) {
        sent.push(...messages);
        return left;
      },
    },
    clock: { now: () => disk.time.now },
  });
  const submit = async () => {
    const { headers } = await server.send('POST', '/', { body: bundle, headers: { prefer: 'respond-async' } });
    return headers['Content-Location']!.split('/').at(-1)!;
  };
  return { disk, server, sent, work, submit };
}

describe('a job', () => {
  test('is run to its end, and once only', async () => {
    const { server, work, submit } = setting();
    const jobId = await submit();
    await work({ datastoreId: 'store', jobId });
    await work({ datastoreId: 'store', jobId });
    expect(await server.runner.pending()).toEqual([]);
    expect((await server.send('GET', '/Patient/a')).headers['ETag']).toBe('W/"1"');
  });

  test('that is overdue is sent once more, and one that is not is left alone', async () => {
    const { disk, sent, work, submit } = setting();
    const jobId = await submit();
    disk.time.now += overdueMs + 1000;
    await submit();
    await work({ datastoreId: 'store', due: 'transactions' });
    expect(sent).toEqual([{ datastoreId: 'store', jobId }]);
  });

  test('that could not be sent is sent by the next attempt', async () => {
    const { disk, work, submit } = setting([0]);
    await submit();
    disk.time.now += overdueMs + 1000;
    await expect(work({ datastoreId: 'store', due: 'transactions' })).rejects.toThrow('1 overdue');
  });

  test('of a data store that is no more is done; of one that does not serve yet it is tried again', async () => {
    const over = (failure: FhirError) => {
      const runnerOf = async (): Promise<never> => {
        throw failure;
      };
      return workOnTransactions({ runnerOf, queue: { send: async () => [] }, clock: { now: () => 0 } });
    };
    await expect(over(notFound('gone'))({ datastoreId: 'store', jobId: 'a' })).resolves.toBeUndefined();
    await expect(over(conflict('not yet'))({ datastoreId: 'store', jobId: 'a' })).rejects.toThrow('not yet');
  });
});

test.each([null, 'text', {}, { datastoreId: 'store' }, { jobId: 'a' }, { datastoreId: 'store', due: 'sweep' }])('a message that names no job is refused: %j', (message) => {
  expect(() => transactionWork(message)).toThrow('names no job');
});
