import { describe, expect, test } from '@jest/globals';
import { notFound } from '../../../src/fhir/outcome.ts';
import { cleanUp, sweepParts } from '../../../src/operations/stream/clean-up.ts';
import { cleanUpWork } from '../../../src/operations/stream/clean-up-work.ts';
import type { CleanUpWork } from '../../../src/operations/stream/clean-up-work.ts';
import { dueWork } from '../../../src/operations/stream/due-work.ts';
import { cleanUpFollower, fanOut } from '../../../src/operations/stream/fan-out.ts';
import type { Cleaner, SweepSlice } from '../../../src/store/cleaner.ts';
import { abandonedAfterMs } from '../../../src/store/store-context.ts';
import type { DatastoreRecord } from '../../../src/operations/datastore/datastore-record.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { FeedStore } from './feed-store.ts';
import { MemoryQueue } from './memory-queue.ts';

const datastoreId = 'a'.repeat(32);
const family = ['one', 'two', 'three'].map((id) => ({ interaction: 'update' as const, resource: { resourceType: 'Patient', id } }));

const jobs = memoryTable();
const jobsOf = async () => ({ jobs, clock: { now: () => 0 } });

/** Works on the queue until nothing is in it. */
async function drain(queue: MemoryQueue<CleanUpWork>, work: (work: CleanUpWork) => Promise<void>): Promise<number> {
  let done = 0;
  for (let next = queue.messages.shift(); next !== undefined; next = queue.messages.shift(), done += 1) {
    await work(JSON.parse(JSON.stringify(next)) as CleanUpWork);
  }
  return done;
}

const intentsIn = ({ resources }: FeedStore) => resources.all().filter(({ attributes, sk }) => attributes?.bundle !== undefined || sk.startsWith('i#'));

describe('the clean-up', () => {
  test('settles what a transaction left whose coordinator died right after it was committed', async () => {
    const feed = new FeedStore();
    const queue = new MemoryQueue<CleanUpWork>();
    void feed.open(({ attributes }) => attributes?.state === 'committed').transact(family);
    while (feed.announced.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(intentsIn(feed)).not.toEqual([]);

    const deliver = fanOut({ followers: [cleanUpFollower(queue)], setAside: new MemoryQueue() });
    expect(await deliver(feed.announced.map((item, index) => ({ stream: 'the stream', position: String(index), datastoreId, item })))).toEqual([]);
    const work = cleanUp({ jobsOf, cleanerOf: async () => feed.open().cleaner, queue, clock: feed.clock });
    expect(await drain(queue, work)).toBe(1);
    expect(intentsIn(feed)).toEqual([]);
    expect(await feed.open().read('Patient', 'three')).toMatchObject({ versionId: 1 });
    // Twice is once.
    await work({ datastoreId, bundle: feed.announced[0]!.sk });
    expect(intentsIn(feed)).toEqual([]);
  });

  test('aborts expired transactions when it is due', async () => {
    const feed = new FeedStore();
    const state = { pending: false };
    void feed.open(({ attributes }) => (state.pending = attributes?.bundle !== undefined)).transact(family);
    while (!state.pending) await new Promise((resolve) => setImmediate(resolve));
    feed.now += abandonedAfterMs;
    const work = cleanUp({ jobsOf, cleanerOf: async () => feed.open().cleaner, queue: new MemoryQueue(), clock: feed.clock });
    await work({ datastoreId, due: 'settle' });
    expect(intentsIn(feed)).toEqual([]);
    expect(await feed.open().read('Patient', 'one')).toBeUndefined();
  });

  test('removes entries that were reported once they are old enough, and none that leads somewhere', async () => {
    const feed = new FeedStore();
    const store = feed.open();
    await store.write(family[0]!);
    const left = feed.index.all();
    await store.write({ interaction: 'delete', type: 'Patient', id: 'one' });
    const live = feed.index.all();
    await feed.index.batchWrite({ puts: left });
    const work = cleanUp({ jobsOf, cleanerOf: async () => feed.open().cleaner, queue: new MemoryQueue(), clock: feed.clock });
    const stale = left.filter(({ attributes }) => attributes === undefined);
    await work({ datastoreId, stale });
    expect(feed.index.all().length).toBeGreaterThan(live.length);
    feed.now += 2 * abandonedAfterMs;
    await work({ datastoreId, stale });
    expect(feed.index.all()).toEqual(live);
  });

  test('sweeps a store in slices, each sent on by the one before', async () => {
    const feed = new FeedStore();
    const queue = new MemoryQueue<CleanUpWork>();
    for (const write of family) await feed.open().write(write);
    const tables = new Map(Array.from({ length: 4 }, (_, index) => [index, { table: 'index' as const, after: { pk: String(index), sk: '-' } }]));
    const begun: unknown[] = [];
    const cleaner = {
      sweepSlice: async ({ from }: { from?: unknown }) => {
        begun.push(from);
        const next = tables.get(begun.length - 1);
        return { removed: 0, ...(next === undefined ? {} : { next }) };
      },
    } as unknown as Cleaner;
    const work = cleanUp({ jobsOf, cleanerOf: async () => cleaner, queue, clock: feed.clock });
    await work({ datastoreId, due: 'sweep' });
    expect(await drain(queue, work)).toBe(4);
    expect(begun).toEqual([undefined, ...tables.values()]);
  });

  test('sweeps another part of the store each day, and all of it in a month', async () => {
    const seen = new Set<string>();
    let now = 0;
    const cleaner = { sweepSlice: async ({ part }: SweepSlice) => { seen.add(JSON.stringify(part)); return { removed: 0 }; } } as unknown as Cleaner;
    const clock = { now: () => now, sleep: async () => {} };
    const work = cleanUp({ jobsOf, cleanerOf: async () => cleaner, queue: new MemoryQueue<CleanUpWork>(), clock });
    for (let day = 0; day < sweepParts; day += 1, now += 24 * 60 * 60 * 1000) await work({ datastoreId, due: 'sweep' });
    expect(seen.size).toBe(sweepParts);
  });

  test('gives up no part of a sweep: where the rest cannot be sent, the slice comes again', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    queue.refuses = () => true;
    const cleaner = { sweepSlice: async () => ({ removed: 0, next: { table: 'index' } }) } as unknown as Cleaner;
    const work = cleanUp({ jobsOf, cleanerOf: async () => cleaner, queue, clock: new FeedStore().clock });
    await expect(work({ datastoreId, due: 'sweep' })).rejects.toThrow('could not be sent on');
  });

  test('has nothing to do for a store that is gone, and fails where it cannot tell', async () => {
    const dependencies = { queue: new MemoryQueue<CleanUpWork>(), clock: new FeedStore().clock };
    const gone = cleanUp({ jobsOf, ...dependencies, cleanerOf: () => Promise.reject(notFound('There is no such data store.')) });
    await expect(gone({ datastoreId, due: 'settle' })).resolves.toBeUndefined();
    const broken = cleanUp({ jobsOf, ...dependencies, cleanerOf: () => Promise.reject(new Error('The control table does not answer.')) });
    await expect(broken({ datastoreId, due: 'settle' })).rejects.toThrow('does not answer');
  });

  test.each([[{}], [null], ['text'], [{ datastoreId }], [{ datastoreId, stale: [{}] }], [{ bundle: 'b' }], [{ datastoreId, due: 'nothing' }]])(
    'refuses a message that says nothing to be done: %j', (message) => {
      expect(() => cleanUpWork(message)).toThrow('says nothing');
    },
  );
});

describe('a schedule', () => {
  const record = (id: string, status: DatastoreRecord['status']): DatastoreRecord => ({ id, name: id, status, created: 0, secret: new Uint8Array(32) });
  const stores = [
    record('active', 'ACTIVE'), record('creating', 'CREATING'), record('updating', 'UPDATING'), record('failed', 'UPDATE_FAILED'),
    record('deleted', 'DELETED'), record('deleting', 'DELETING'),
  ];
  const records = { list: async () => stores };

  test('gives every store that takes writes its own piece of work', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    await dueWork('sweep', { records, queue })();
    expect(queue.messages).toEqual(['active', 'updating', 'failed'].map((id) => ({ datastoreId: id, due: 'sweep' })));
  });

  test('fails when a piece could not be sent, after it has sent the others', async () => {
    const queue = new MemoryQueue<CleanUpWork>();
    queue.refuses = (work) => work.datastoreId === 'active';
    await expect(dueWork('settle', { records, queue })()).rejects.toThrow('1 data stores');
    expect(queue.messages).toHaveLength(2);
  });
});
