/** The steps of a note's way through a workflow: whatever is cut off or done twice, nothing is asked twice and nothing of the note is handed on. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { keptNotes, NoteClaimed, NoteGone } from '../../../src/operations/enrichment/kept-notes.ts';
import { claimMs, extractStep, readStep, settleStep } from '../../../src/operations/enrichment/note-steps.ts';
import type { NotePlace } from '../../../src/operations/enrichment/note-steps.ts';
import { noteCalls, piecesFor } from '../../../src/operations/enrichment/read-text.ts';
import type { NoteCall } from '../../../src/operations/enrichment/read-text.ts';
import type { ClinicalNlp } from '../../../src/ports/clinical-nlp.ts';
import { NlpUnavailable } from '../../../src/ports/clinical-nlp.ts';
import type { CreatesObjects, ObjectStore } from '../../../src/ports/object-store.ts';
import { randomIds } from '../../../src/machine/random-ids.ts';
import { document, engine, note, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

let notes: NoteStore;
let objects: Map<string, Uint8Array>;
let asked: string[];
let nlp: ClinicalNlp;
beforeEach(() => {
  [notes, objects, asked] = [noteStore(), new Map(), []];
  const telling = <Answer>(call: NoteCall, ask: (text: string) => Promise<Answer>) => async (text: string): Promise<Answer> => {
    asked.push(call);
    return ask(text);
  };
  nlp = {
    ...engine, detectEntities: telling('DetectEntitiesV2', engine.detectEntities), inferIcd10Cm: telling('InferICD10CM', engine.inferIcd10Cm),
    inferRxNorm: telling('InferRxNorm', engine.inferRxNorm), inferSnomedCt: telling('InferSNOMEDCT', engine.inferSnomedCt),
  };
});

const secret = new Uint8Array(32).fill(7);
const files: ObjectStore & CreatesObjects = {
  create: async (key, body) => !objects.has(key) && objects.set(key, body).size > 0,
  put: async (key, body) => void objects.set(key, body),
  get: async (key) => objects.get(key),
  delete: async (key) => void objects.delete(key),
  list: async ({ prefix }) => ({ keys: [...objects.keys()].filter((key) => key.startsWith(prefix)).sort() }),
};
const dependencies = () => ({ ...notes, nlp, engine: nlp.engine, kept: keptNotes(files), until: Infinity, secret, ids: randomIds });
const extract = (anew = false) => extractStep({ ...note, anew }, dependencies());
const extracted = async (anew = false): Promise<NotePlace> => await extract(anew) as NotePlace;
const readAll = ({ folder, reader }: NotePlace) => Promise.all(noteCalls.map((call) => readStep({ folder, call, reader }, dependencies())));
const settle = (place: NotePlace) => settleStep({ ...note, note: place }, dependencies());
const conditions = async (): Promise<number> => (await notes.all('Condition')).length;

describe('A note', () => {
  test('goes from step to step by where it is kept, and leaves nothing there', async () => {
    await notes.write('Denies fever. Has gout.');
    const place = await extracted();
    expect(Object.keys(place)).toEqual(['folder', 'version', 'reader']);
    expect(place.folder).toMatch(/^[0-9a-f]{64}$/);
    expect(await readAll(place)).toEqual(['read', 'read', 'read', 'read']);
    expect(await settle(place)).toEqual({ came: 'read' });
    expect([await conditions(), objects.size]).toEqual([1, 0]);
    expect(await extract()).toEqual({ came: 'left' });
  });

  test('of which a step is done again is asked for once, and settled once', async () => {
    await notes.write('Has gout.');
    const place = await extracted();
    expect(await extracted()).toEqual({ ...place, reader: expect.any(String) });
    await readAll(place);
    await readAll(await extracted());
    expect(asked).toHaveLength(4);
    await settle(place);
    const { versionId } = (await notes.store.read(note.type, note.id))!;
    expect(await settle(place)).toEqual({ came: 'read' });
    expect((await notes.store.read(note.type, note.id))!.versionId).toBe(versionId);
    await extracted(true);
    expect(objects.size).toBe(1);
  });

  test('too long for one time goes on where it was, piece by piece', async () => {
    const lines = Array.from({ length: 400 }, (_, day) => `Day ${day}: has gout, takes metformin 500 mg PO BID.`).join('\n');
    await notes.write(lines);
    const place = await extracted();
    const [call, until] = ['InferSNOMEDCT', 0] as const;
    const pieces = piecesFor(call, lines).length;
    let turns = 1;
    while ((await readStep({ ...place, call }, { ...dependencies(), until })) === 'unfinished') turns += 1;
    expect([turns, asked.length]).toEqual([pieces, pieces]);
    expect(pieces).toBeGreaterThan(2);
    await readAll(place);
    expect(asked.filter((each) => each === call)).toHaveLength(pieces);
    await settle(place);
    expect(await conditions()).toBe(400);
  });

  test('whose document changes meanwhile, or is deleted, is left to another reading', async () => {
    await notes.write('Has gout.');
    const place = await extracted();
    await readAll(place);
    await notes.write('Has asthma.');
    await expect(settle(place)).rejects.toThrow(NoteGone);
    const next = await extracted();
    expect(next.folder).not.toBe(place.folder);
    await notes.store.write({ interaction: 'delete', ...note });
    await expect(settle(next)).rejects.toThrow(NoteGone);
    expect(await extract()).toEqual({ came: 'left' });
  });

  test('of which nothing is kept any more is left to another reading', async () => {
    await notes.write('Has gout.');
    const place = await extracted();
    await readAll(place);
    objects.delete([...objects.keys()].find((key) => key.includes('InferRxNorm') && !key.includes('='))!);
    await expect(settle(place)).rejects.toThrow(NoteGone);
    objects.clear();
    await expect(readStep({ ...place, call: 'InferRxNorm' }, dependencies())).rejects.toThrow(NoteGone);
    expect(await conditions()).toBe(0);
  });

  test('that is written to by another while it is settled is settled again by what is there then', async () => {
    await notes.write('Has gout.');
    const place = await extracted();
    await readAll(place);
    let meddled = false;
    const transact: NoteStore['store']['transact'] = async (writes, options) => {
      if (!meddled) {
        meddled = true;
        const made = writes.find((write) => write.interaction === 'update' && write.resource.resourceType === 'Condition')!;
        await notes.store.write({ interaction: 'update', resource: (made as { resource: Parameters<typeof document>[1] & { resourceType: string; id: string } }).resource });
      }
      return notes.store.transact(writes, options);
    };
    expect(await settleStep({ ...note, note: place }, { ...dependencies(), store: { ...notes.store, transact } })).toEqual({ came: 'read' });
    expect([meddled, await conditions()]).toEqual([true, 1]);
  });
});

describe('Two runs that read one note at a time', () => {
  const call = 'InferRxNorm';
  /** An engine that answers when it is let to, or fails. */
  function held() {
    const gate = Promise.withResolvers<void>();
    const slow = async (text: string) => {
      asked.push(call);
      await gate.promise;
      return engine.inferRxNorm(text);
    };
    return { gate, nlp: { ...engine, inferRxNorm: slow } };
  }
  const underWay = async () => {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  };

  test('ask for each piece once: one asks, the other waits for what is answered', async () => {
    await notes.write('Has gout.');
    const [one, other] = [await extracted(), await extracted()];
    expect(one.reader).not.toBe(other.reader);
    const { gate, nlp: slow } = held();
    const first = readStep({ ...one, call }, { ...dependencies(), nlp: slow });
    await underWay();
    await expect(readStep({ ...other, call }, dependencies())).rejects.toThrow(NoteClaimed);
    gate.resolve();
    expect(await first).toBe('read');
    expect(await readStep({ ...other, call }, dependencies())).toBe('read');
    expect(asked).toEqual([call]);
    await Promise.all([readAll(one), readAll(other).catch(() => {})]);
    await readAll(other);
    expect(await Promise.all([settle(one), settle(other)].map((each) => each.catch((error: Error) => error.name)))).toContainEqual({ came: 'read' });
    expect(await settle(other)).toEqual({ came: 'read' });
    expect([asked.length, await conditions(), objects.size]).toEqual([4, 1, 0]);
  });

  test('and of which one was killed lose its piece alone, for as long as a question takes', async () => {
    await notes.write('Has gout.');
    const [one, other] = [await extracted(), await extracted()];
    void readStep({ ...one, call }, { ...dependencies(), nlp: held().nlp });
    await underWay();
    await expect(readStep({ ...other, call }, dependencies())).rejects.toThrow(NoteClaimed);
    notes.clock.ms += claimMs;
    expect(await readStep({ ...other, call }, dependencies())).toBe('read');
    expect(asked).toEqual([call, call]);
  });

  test('do not wait for one that was told that the engine is away', async () => {
    await notes.write('Has gout.');
    const [one, other] = [await extracted(), await extracted()];
    const away = { ...engine, inferRxNorm: async () => { throw new NlpUnavailable('throttled'); } };
    await expect(readStep({ ...one, call }, { ...dependencies(), nlp: away })).rejects.toThrow(NlpUnavailable);
    expect(await readStep({ ...other, call }, dependencies())).toBe('read');
  });

  test('are told from the attempts of one, which wait for nobody', async () => {
    await notes.write('Has gout.');
    const place = await extracted();
    void readStep({ ...place, call }, { ...dependencies(), nlp: held().nlp });
    await underWay();
    expect(await readStep({ ...place, call }, dependencies())).toBe('read');
  });

  test('are one where the answer to its claim was lost', async () => {
    await notes.write('Has gout.');
    const place = await extracted();
    const lossy = { ...files, create: async (key: string, body: Uint8Array) => { await files.create(key, body); return false; } };
    expect(await readStep({ ...place, call }, { ...dependencies(), kept: keptNotes(lossy) })).toBe('read');
  });
});

test('The names under which a note is kept tell nothing to whoever guesses its words and has not the secret of its store', async () => {
  await notes.write('Has gout.');
  const place = await extracted();
  await readAll(place);
  const names = [...objects.keys()];
  const guessed = ['Has gout.', '"Has gout."'].map((guess) => createHash('sha256').update(guess).digest('hex'));
  expect(names.filter((name) => guessed.some((guess) => name.includes(guess)))).toEqual([]);
  expect(names.every((name) => /^[0-9a-f]{64}\/(?:text|\w+\/[0-9a-f]{64}(?:=1)?)$/.test(name))).toBe(true);
  const elsewhere = await extractStep(note, { ...dependencies(), secret: new Uint8Array(32).fill(8) }) as NotePlace;
  expect(elsewhere.folder).not.toBe(place.folder);
  await readAll(elsewhere);
  const pieces = (folder: string) => [...objects.keys()].filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(64));
  expect(pieces(elsewhere.folder).filter((name) => pieces(place.folder).includes(name))).toEqual(['/text']);
});

test('What is not to be read is settled with the first step, and nothing is kept', async () => {
  await notes.write('Nichts.', { language: 'de' });
  expect(await extract()).toEqual({ came: 'told', versionId: 2 });
  expect(await extractStep({ ...note, id: 'n9' }, dependencies())).toEqual({ came: 'left' });
  expect(objects.size).toBe(0);
});

test('Two documents with the same words are kept apart', async () => {
  await notes.write('Has gout.');
  await notes.store.write({ interaction: 'update', resource: { ...document('Has gout.'), id: 'n2' } });
  const other = await extractStep({ ...note, id: 'n2' }, dependencies()) as NotePlace;
  expect(other.folder).not.toBe((await extracted()).folder);
});
