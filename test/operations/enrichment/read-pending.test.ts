/** Documents that are pending: none is lost by what an engine does, and none is tried for ever for what it is itself. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { noteReader } from '../../../src/operations/enrichment/enrich-document.ts';
import { followDocuments } from '../../../src/operations/enrichment/follow-documents.ts';
import { pendingNotes } from '../../../src/operations/enrichment/pending-notes.ts';
import type { PendingNotes } from '../../../src/operations/enrichment/pending-notes.ts';
import { maxFailures, readPending, retryAfterMs } from '../../../src/operations/enrichment/read-pending.ts';
import type { Change } from '../../../src/ports/change-feed.ts';
import { NlpUnavailable } from '../../../src/ports/clinical-nlp.ts';
import type { ClinicalNlp } from '../../../src/ports/clinical-nlp.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { engine, note, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

let notes: NoteStore;
let pending: PendingNotes;
let faults: unknown[];
beforeEach(async () => {
  [notes, pending, faults] = [noteStore(), pendingNotes(memoryTable()), []];
  await notes.write('Has gout.');
  await pending.add([note], 1);
});

const failing = (error: Error): ClinicalNlp => ({
  ...engine,
  inferRxNorm: async () => {
    throw error;
  },
});
const first = async () => (await pending.list(1)).notes[0];
const reads = async (nlp: ClinicalNlp = engine) => readPending((await first())!, { reader: noteReader({ ...notes, nlp }), clock: notes.clock, pending, report: (error) => faults.push(error) });

test('a document that was read is pending no more', async () => {
  expect(await reads()).toBe('done');
  expect([await first(), (await notes.all('Condition')).length]).toEqual([undefined, 1]);
});

test('an engine that answers nobody has it wait, as often as it takes, and nothing is reported of the document', async () => {
  for (let time = 0; time < 3 * maxFailures; time += 1) expect(await reads(failing(new NlpUnavailable('throttled')))).toBe('wait');
  expect(await first()).toMatchObject({ failures: 0, notBefore: 0 });
  expect(faults).toEqual([]);
  await reads();
  expect(await notes.all('Condition')).toHaveLength(1);
});

test('a document that an engine fails at is tried again later and later, and then its status says that it was given up', async () => {
  for (let failures = 1; failures < maxFailures; failures += 1) {
    await reads(failing(new TypeError('its text is in here')));
    const { notBefore } = (await first())!;
    expect(await first()).toMatchObject({ failures });
    expect(notBefore - notes.clock.ms).toBeLessThanOrEqual(retryAfterMs(failures));
    notes.clock.ms = notBefore;
  }
  await reads(failing(new TypeError('its text is in here')));
  expect(await first()).toBeUndefined();
  expect(faults).toHaveLength(maxFailures);
  expect(JSON.stringify(await notes.read('DocumentReference/n1'))).toContain('"valueString":"FAILED"');
});

test('a document that changes while it is read stays pending for its new version', async () => {
  const changing: NoteStore['textOf'] = async (document) => {
    await pending.add([note], 2);
    return notes.textOf(document);
  };
  await readPending((await first())!, { reader: noteReader({ ...notes, textOf: changing }), clock: notes.clock, pending, report: (error) => faults.push(error) });
  expect(await first()).toMatchObject({ revision: 2 });
});

describe('The change feed', () => {
  const changes: readonly Change[] = [
    { sequence: 4, item: { pk: 'Patient/p1', sk: '@', attributes: { version: 1 }, announce: true } },
    { sequence: 5, item: { pk: 'DocumentReference/n2', sk: '@', attributes: { version: 7 }, announce: true } },
    { sequence: 6, item: { pk: 'DocumentReference/n3', sk: '@', attributes: { version: 2 }, announce: true } },
    { sequence: 9, item: { pk: 'bundles/0', sk: 'b', attributes: { state: 'committed' }, announce: true } },
  ];
  const follow = async (isOn: boolean, own: readonly string[] = []) => {
    const acknowledged: number[] = [];
    const feed = { read: async (): Promise<readonly Change[]> => changes, acknowledge: async (_consumer: string, sequence: number) => void acknowledged.push(sequence) };
    pending = pendingNotes(memoryTable());
    expect(await followDocuments({ feed, consumer: 'enrichment', pending, isOn: () => isOn, own: new Set(own) })).toBe(4);
    expect(acknowledged).toEqual([9]);
    return (await pending.list(10)).notes.map(({ id }) => id);
  };

  test('has documents read, and nothing else', async () => expect(await follow(true)).toEqual(['n2', 'n3']));
  test('has none read where notes are not to be read', async () => expect(await follow(false)).toEqual([]));
  test('has no version read that enrichment wrote', async () => expect(await follow(true, ['DocumentReference/n2/7'])).toEqual(['n3']));
});
