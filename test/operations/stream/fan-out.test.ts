import { describe, expect, test } from '@jest/globals';
import { cleanUpFollower, fanOut, settleAfterSeconds } from '../../../src/operations/stream/fan-out.ts';
import type { Follower, SetAsideRecord } from '../../../src/operations/stream/fan-out.ts';
import type { CleanUpWork } from '../../../src/operations/stream/clean-up-work.ts';
import type { Delivery } from '../../../src/ports/change-feed.ts';
import type { StoreChange } from '../../../src/store/change.ts';
import { MemoryQueue } from './memory-queue.ts';

const datastoreId = 'a'.repeat(32);
const stream = 'the stream';
const version = (position: string, id: string, versionId = 1): Delivery =>
  ({ stream, position, datastoreId, item: { pk: `Patient/${id}`, sk: '@', attributes: { version: versionId } } });
const flip = (position: string, bundleId: string): Delivery =>
  ({ stream, position, datastoreId, item: { pk: 'bundles/3', sk: bundleId, attributes: { state: 'committed' } } });

/** Follows every change, as the capabilities to come will. */
function followed() {
  const changes = new MemoryQueue<StoreChange>();
  const follower: Follower = { queue: changes, workOf: (change) => change };
  return { changes, follower };
}

const idOf = (change: StoreChange): string => (change.kind === 'version' ? change.id : change.bundleId);

describe('the consumer of a stream', () => {
  test('gives each capability the changes that concern it, in their order', async () => {
    const cleanUp = new MemoryQueue<CleanUpWork>();
    const { changes, follower } = followed();
    const deliver = fanOut({ followers: [cleanUpFollower(cleanUp), follower], setAside: new MemoryQueue() });
    expect(await deliver([version('1', 'a'), flip('2', 'bundle-1'), version('3', 'a', 2)])).toEqual([]);
    expect(cleanUp.messages).toEqual([{ datastoreId, bundle: 'bundle-1' }]);
    expect(changes.messages).toEqual([
      { kind: 'version', type: 'Patient', id: 'a', versionId: 1 },
      { kind: 'transaction', bundleId: 'bundle-1' },
      { kind: 'version', type: 'Patient', id: 'a', versionId: 2 },
    ]);
  });

  test('leaves a transaction to its coordinator for a while', async () => {
    const cleanUp = new MemoryQueue<CleanUpWork>();
    await fanOut({ followers: [cleanUpFollower(cleanUp)], setAside: new MemoryQueue() })([flip('1', 'bundle-1')]);
    expect(cleanUp.options).toEqual([{ delaySeconds: settleAfterSeconds }]);
  });

  test.each<[string, Omit<Delivery, 'stream' | 'position'>]>([
    ['has no item', { datastoreId }],
    ['comes from no store that we know', { item: { pk: 'Patient/a', sk: '@', attributes: { version: 1 } } }],
    ['is neither a version nor a transaction', { datastoreId, item: { pk: 'claims/1', sk: '@' } }],
    ['has a version that is no number', { datastoreId, item: { pk: 'Patient/a', sk: '@', attributes: { version: 'one' } } }],
    ['has a transaction that is not committed', { datastoreId, item: { pk: 'bundles/0', sk: 'b', attributes: { state: 'pending' } } }],
  ])('sets a record aside that %s, and holds up no other', async (_, poison) => {
    const { changes, follower } = followed();
    const setAside = new MemoryQueue<SetAsideRecord>();
    const deliver = fanOut({ followers: [follower], setAside });
    const again = await deliver([version('1', 'before'), { stream, position: '2', ...poison }, version('3', 'behind')]);
    expect(again).toEqual([]);
    expect(changes.messages.map(idOf)).toEqual(['before', 'behind']);
    expect(setAside.messages).toEqual([{ stream, position: '2' }]);
  });

  test('sets a change aside that a queue does not take, once, and holds up neither other changes nor other capabilities', async () => {
    const { changes, follower } = followed();
    const broken = [followed(), followed()];
    for (const { changes: queue } of broken) queue.refuses = (change) => idOf(change) === 'b';
    const setAside = new MemoryQueue<SetAsideRecord>();
    const deliver = fanOut({ followers: [...broken.map((one) => one.follower), follower], setAside });
    expect(await deliver([version('1', 'a'), version('2', 'b'), version('3', 'c')])).toEqual([]);
    expect(changes.messages.map(idOf)).toEqual(['a', 'b', 'c']);
    expect(broken.map((one) => one.changes.messages.map(idOf))).toEqual([['a', 'c'], ['a', 'c']]);
    expect(setAside.messages).toEqual([{ stream, position: '2' }]);
  });

  test('has those delivered again that could not be set aside', async () => {
    const { changes, follower } = followed();
    const setAside = new MemoryQueue<SetAsideRecord>();
    changes.refuses = (change) => idOf(change) === 'c';
    setAside.refuses = () => true;
    const deliver = fanOut({ followers: [follower], setAside });
    const again = await deliver([version('1', 'a'), { stream, position: '2' }, version('3', 'c'), version('4', 'd')]);
    expect(again.toSorted()).toEqual(['2', '3']);
    expect(changes.messages.map(idOf)).toEqual(['a', 'd']);
  });
});
