/** Documents that a queue names: none is lost, whatever the engine does. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { noteReader } from '../../../src/operations/enrichment/enrich-document.ts';
import { NoteUnfinished, ReaderBroken } from '../../../src/operations/enrichment/note-reader.ts';
import type { NoteReader } from '../../../src/operations/enrichment/note-reader.ts';
import { maxFailures, maxGivingUp } from '../../../src/operations/enrichment/read-pending.ts';
import { maxDelaySeconds, maxWaits, readQueued, renewAfterMs, waitSeconds } from '../../../src/operations/enrichment/read-queued.ts';
import { enrichmentWork } from '../../../src/operations/stream/enrichment-work.ts';
import type { EnrichmentWork } from '../../../src/operations/stream/enrichment-work.ts';
import { noteFollower } from '../../../src/operations/stream/fan-out.ts';
import { NlpUnavailable } from '../../../src/ports/clinical-nlp.ts';
import { MemoryQueue } from '../stream/memory-queue.ts';
import { datastoreId, note, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

let notes: NoteStore;
let queue: MemoryQueue<EnrichmentWork>;
let reported: unknown[];
beforeEach(async () => {
  notes = noteStore();
  queue = new MemoryQueue();
  reported = [];
  await notes.write('Denies fever. Has gout.');
});

const work = { datastoreId, ...note };
/** Messages that have just been sent. */
const fresh = (read: ReturnType<typeof readQueued>) => (message: EnrichmentWork) => read(message, notes.clock.ms);
const report = (error: unknown): void => void reported.push(error);
const reading = (changes: Partial<NoteStore> = {}) => fresh(readQueued({ readerOf: async () => noteReader({ ...notes, ...changes }), queue, clock: notes.clock, report }));
const failing = (error: Error) => reading({ nlp: { ...notes.nlp, inferRxNorm: thrower(error) } });
const thrower = (error: Error) => async () => {
  throw error;
};
const status = async (): Promise<string> => JSON.stringify(await notes.read('DocumentReference/n1'));

describe('A document that a message names', () => {
  test('becomes resources, and its message is done', async () => {
    await reading()(work);
    await reading()(work);
    expect([(await notes.all('Condition')).length, queue.messages, reported]).toEqual([1, [], []]);
  });

  test('is left where its store is gone, or has its notes not read', async () => {
    await fresh(readQueued({ readerOf: async () => undefined, queue, clock: notes.clock, report }))(work);
    expect([await notes.all('Condition'), queue.messages]).toEqual([[], []]);
  });

  test('waits where the engine answers nobody, and pays for it with no attempt', async () => {
    await failing(new NlpUnavailable('throttled'))({ ...work, failures: maxFailures - 1 });
    expect([queue.messages, queue.options, reported]).toEqual([[{ ...work, failures: maxFailures - 1, waits: 1 }], [{ delaySeconds: waitSeconds }], []]);
    await reading()(queue.messages[0]!);
    expect(await notes.all('Condition')).toHaveLength(1);
  });

  test('waits longer and longer, and after a day of it is told to be given up as one that cannot be read', async () => {
    const read = failing(new NlpUnavailable('throttled'));
    await read(work);
    for (let at = 0; at < queue.messages.length; at += 1) await read(queue.messages[at]!);
    const delays = queue.options.map((options) => options?.delaySeconds ?? 0);
    expect(delays.slice(0, 6)).toEqual([60, 120, 240, 480, maxDelaySeconds, maxDelaySeconds]);
    const unpaid = queue.messages.flatMap(({ failures }, index) => (failures === undefined ? [delays[index]!] : []));
    expect(unpaid).toHaveLength(maxWaits);
    expect(unpaid.reduce((sum, delay) => sum + delay, 0)).toBeGreaterThan(24 * 3600);
    expect(queue.messages.slice(maxWaits).map(({ failures }) => failures)).toEqual(Array.from({ length: maxFailures }, (_, index) => index + 1));
    expect([await status(), reported]).toEqual([expect.stringContaining('FAILED'), []]);
  });

  test('that cannot be told to be given up is not read again for it, comes later and later, and is let go of in the end', async () => {
    let [asked, told] = [0, 0];
    const reader: NoteReader = { enrich: async () => { asked += 1; throw new Error('refused'); }, giveUp: async () => { told += 1; throw new Error('refused too'); } };
    const read = fresh(readQueued({ readerOf: async () => reader, queue, clock: notes.clock, report }));
    await read({ ...work, failures: maxFailures - 1 });
    for (let at = 0; at < queue.messages.length; at += 1) await read(queue.messages[at]!);
    expect([asked, told]).toEqual([1, maxGivingUp - maxFailures]);
    expect(queue.messages.map(({ failures }) => failures)).toEqual(Array.from({ length: told - 1 }, (_, index) => maxFailures + 1 + index));
    expect(Math.max(...queue.options.map((options) => options?.delaySeconds ?? 0))).toBe(maxDelaySeconds);
    expect(reported).toHaveLength(1 + told);
  });

  test.each([new NlpUnavailable('throttled'), new ReaderBroken('no permission')])('that cannot be told to be given up by %s is told as soon as it can', async (error) => {
    const reader = { ...noteReader(notes), giveUp: thrower(error) };
    const read = fresh(readQueued({ readerOf: async () => reader, queue, clock: notes.clock, report }));
    for (let time = 0; time < 3 * maxFailures; time += 1) await read(queue.messages.at(-1) ?? { ...work, failures: maxFailures });
    expect(queue.messages.at(-1)).toEqual({ ...work, failures: maxFailures });
    await reading()(queue.messages.at(-1)!);
    expect(await status()).toContain('FAILED');
  });

  test('that the engine fails at comes again later and later, and is told to be given up in the end', async () => {
    const read = failing(new Error('refused'));
    await read(work);
    for (let at = 0; at < queue.messages.length; at += 1) await read(queue.messages[at]!);
    expect(queue.messages.map(({ failures }) => failures)).toEqual(Array.from({ length: maxFailures - 1 }, (_, index) => index + 1));
    const delays = queue.options.map((options) => options?.delaySeconds ?? 0);
    expect([delays[0], Math.max(...delays)]).toEqual([1, 900]);
    expect(reported).toHaveLength(maxFailures);
    expect(await status()).toContain('FAILED');
  });

  test('that is too long for one reading comes again at once, and pays for it with no attempt', async () => {
    const asked: unknown[] = [];
    const reader: NoteReader = { ...noteReader(notes), enrich: async (_key, anew) => { asked.push(anew); throw new NoteUnfinished(); } };
    await fresh(readQueued({ readerOf: async () => reader, queue, clock: notes.clock, report }))({ ...work, failures: 3, anew: true });
    expect([queue.messages, queue.options, reported, asked]).toEqual([[{ ...work, failures: 3, anew: true }], [{ delaySeconds: 0 }], [], [true]]);
  });

  test('is delivered again where whoever reads cannot be asked, and pays for it with no attempt', async () => {
    const reader: NoteReader = { ...noteReader(notes), enrich: async () => { throw new ReaderBroken('no permission'); } };
    await expect(fresh(readQueued({ readerOf: async () => reader, queue, clock: notes.clock, report }))(work)).rejects.toThrow(ReaderBroken);
    expect([queue.messages, reported]).toEqual([[], []]);
  });

  test('that has lain in the queue for days is sent anew before it could be lost, as it was, and read when it comes again', async () => {
    const read = readQueued({ readerOf: async () => noteReader(notes), queue, clock: notes.clock, report });
    await read({ ...work, failures: 2, waits: 3, anew: true }, notes.clock.ms - renewAfterMs);
    expect([queue.messages, queue.options, await notes.all('Condition')]).toEqual([[{ ...work, failures: 2, waits: 3, anew: true }], [{ delaySeconds: 0 }], []]);
    await read(queue.messages[0]!, notes.clock.ms);
    expect([(await notes.all('Condition')).length, queue.messages.length]).toEqual([1, 1]);
    expect(renewAfterMs).toBeLessThan(7 * 24 * 60 * 60 * 1000);
  });

  test('is delivered again where it can neither be read nor be sent', async () => {
    const full = { send: async () => [0] };
    const read = fresh(readQueued({ readerOf: async () => noteReader({ ...notes, textOf: thrower(new NlpUnavailable('throttled')) }), queue: full, clock: notes.clock, report }));
    await expect(read(work)).rejects.toThrow('could not be sent');
  });
});

describe('Of what changes,', () => {
  const { workOf } = noteFollower(new MemoryQueue());

  test('documents are named, once', () => {
    expect(workOf({ kind: 'version', type: 'DocumentReference', id: 'n1', versionId: 2 }, datastoreId)).toEqual(work);
    expect(workOf({ kind: 'version', type: 'DocumentReference', id: 'n1', versionId: 2, isAffirmed: true }, datastoreId)).toBeUndefined();
    expect(workOf({ kind: 'version', type: 'Patient', id: 'p1', versionId: 1 }, datastoreId)).toBeUndefined();
  });

  test('a message that names none is refused', () => {
    expect(enrichmentWork({ ...work, failures: 3, waits: 4 })).toEqual({ ...work, failures: 3, waits: 4 });
    expect(enrichmentWork({ ...work, anew: true, more: 1 })).toEqual({ ...work, anew: true });
    expect(() => enrichmentWork({ datastoreId })).toThrow('names no document');
  });
});
