/** A document and what comes of it in the store (docs/enrichment.md), whatever others do to both. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { enrichDocument, giveUpDocument } from '../../../src/operations/enrichment/enrich-document.ts';
import { document, note, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

let notes: NoteStore;
beforeEach(() => {
  notes = noteStore();
});

const texts = async (type = 'Condition'): Promise<readonly string[]> => (await notes.all(type)).map(({ code }) => String((code as JsonObject).text)).toSorted((one, other) => one.localeCompare(other));
const named = async (text: string): Promise<Resource> => (await notes.all('Condition')).find(({ code }) => (code as JsonObject).text === text)!;
const change = (resource: Resource, elements: object) => notes.store.write({ interaction: 'update', resource: { ...resource, ...elements } as Resource & { id: string } });
const versions = async (type: string, id: string): Promise<number> => (await notes.store.read(type, id))!.versionId;

function statusOf(resource: Resource | undefined): unknown {
  const of = (holder: JsonObject | undefined, name: string) => (holder?.extension as JsonObject[] | undefined)?.find(({ url }) => url === `http://healthlake.amazonaws.com/${name}`);
  return of(of(resource, 'aws-cm/'), 'aws-cm/status/')?.valueString;
}

describe('A document that is read', () => {
  test('is written with its resources at one time, and what it makes is left as it is from then on', async () => {
    await notes.write('Denies fever. Has gout and asthma.');
    expect(await enrichDocument(note, notes)).toEqual({ came: 'read', versionId: 2 });
    expect(await texts()).toEqual(['asthma', 'gout']);
    const [one, two, itself] = [await named('gout'), await named('asthma'), await notes.read('DocumentReference/n1')];
    expect(new Set([one, two, itself].map((resource) => resource!.meta!.lastUpdated)).size).toBe(1);
    expect(statusOf(itself)).toBe('SUCCESS');
    expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
    // Not even where it is asked for.
    expect(await enrichDocument(note, notes, true)).toEqual({ came: 'read' });
    expect([await versions('DocumentReference', 'n1'), await versions('Condition', one.id!)]).toEqual([2, 1]);
  });

  test('is not read again for a client that sends it back as it was, and is where a client takes off what enrichment wrote', async () => {
    await notes.write('Has gout.');
    await enrichDocument(note, notes);
    await change((await notes.read('DocumentReference/n1'))!, { description: 'Visit' });
    expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
    await notes.write('Has gout.');
    expect(await enrichDocument(note, notes)).toEqual({ came: 'read', versionId: 5 });
    expect(await versions('Condition', (await named('gout')).id!)).toBe(1);
  });

  test('is read anew where a client changes it meanwhile: its text counts, and nothing of the former is written', async () => {
    await notes.write('Has gout.');
    let changed = false;
    const meddled = async (of: Parameters<NoteStore['textOf']>[0]) => {
      if (!changed) await notes.write('Has asthma.');
      changed = true;
      return notes.textOf(of);
    };
    expect(await enrichDocument(note, { ...notes, textOf: async (of) => { const text = await notes.textOf(of); await meddled(of); return text; } })).toMatchObject({ came: 'read', versionId: 3 });
    expect(await texts()).toEqual(['asthma']);
    expect((await notes.store.history({ type: 'Condition', count: 10 })).versions).toHaveLength(1);
  });

  test('whose text changes takes back what the former text gave, and gives it again when it has it again', async () => {
    await notes.write('Has gout and asthma.');
    await enrichDocument(note, notes);
    await notes.write('Visit today. Has gout and anemia.');
    await enrichDocument(note, notes);
    expect(await texts()).toEqual(['anemia', 'gout']);
    expect((await notes.all('Linkage'))[0]!.item).toHaveLength(3);
    await notes.write('Has gout and asthma.');
    await enrichDocument(note, notes);
    expect(await texts()).toEqual(['asthma', 'gout']);
    await notes.write('Feels well.');
    await enrichDocument(note, notes);
    expect([await texts(), await notes.all('Linkage'), await notes.all('Provenance')]).toEqual([[], [], []]);
  });

  test('that comes to be another patient’s takes its resources along', async () => {
    await notes.write('Has gout.');
    await enrichDocument(note, notes);
    await change((await notes.read('DocumentReference/n1'))!, { subject: { reference: 'Patient/p2' } });
    expect(await enrichDocument(note, notes)).toMatchObject({ came: 'read' });
    expect((await named('gout')).subject).toEqual({ reference: 'Patient/p2' });
  });

  test.each([{ status: 'entered-in-error' }, { status: 'superseded' }, { docStatus: 'entered-in-error' }])('that comes to be %j asserts nothing any more', async (elements) => {
    await notes.write('Has gout.');
    await enrichDocument(note, notes);
    await change((await notes.read('DocumentReference/n1'))!, elements);
    await enrichDocument(note, notes);
    expect(await texts()).toEqual([]);
    expect(statusOf(await notes.read('DocumentReference/n1'))).toBeUndefined();
    expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
  });

  test('that is deleted takes its resources along', async () => {
    await notes.write('Has gout.');
    await enrichDocument(note, notes);
    await notes.store.write({ interaction: 'delete', ...note });
    await enrichDocument(note, notes);
    expect([await texts(), await notes.all('Linkage'), await notes.all('Provenance')]).toEqual([[], [], []]);
    expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
  });

  test('with the tag SKIP is left as it is', async () => {
    await notes.write('Has gout.', { meta: { tag: [{ system: 'urn:caldera:nlp', code: 'SKIP' }] } });
    expect(await enrichDocument(note, notes, true)).toEqual({ came: 'left' });
    expect(await versions('DocumentReference', 'n1')).toBe(1);
  });

  test('without a text is left as it is', async () => {
    await notes.store.write({ interaction: 'update', resource: document('', { content: [{ attachment: { contentType: 'image/png', data: 'AAAA' } }] }) });
    expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
    expect(await versions('DocumentReference', 'n1')).toBe(1);
  });
});

describe('What a person said of a resource of a note holds:', () => {
  test('one that was marked as entered in error stays so, wherever its words stand now', async () => {
    await notes.write('Has gout and asthma.');
    await enrichDocument(note, notes);
    const wrong = { verificationStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'entered-in-error' }] }, clinicalStatus: undefined };
    await change(await named('gout'), wrong);
    await notes.write('Seen today. Has gout and asthma.');
    await enrichDocument(note, notes);
    expect(await texts()).toEqual(['asthma', 'gout']);
    expect((await named('gout')).verificationStatus).toEqual(wrong.verificationStatus);
    await notes.write('Feels well.');
    await enrichDocument(note, notes);
    expect(await texts()).toEqual(['gout']);
  });

  test('one that was removed is not made again, also after it was out of the note', async () => {
    await notes.write('Has gout and asthma.');
    await enrichDocument(note, notes);
    await notes.store.write({ interaction: 'delete', type: 'Condition', id: (await named('gout')).id! });
    for (const text of ['Today: has gout and asthma.', 'Has asthma.', 'Feels well.', 'Has gout and asthma.']) {
      await notes.write(text);
      await enrichDocument(note, notes);
    }
    expect(await texts()).toEqual(['asthma']);
    const [{ valueReference } = {}] = (await notes.all('Linkage'))[0]!.extension as JsonObject[];
    expect(JSON.stringify((await notes.read('DocumentReference/n1'))!.extension)).not.toContain((valueReference as JsonObject).reference);
  });

  test('the order of names in JSON is no change', async () => {
    await notes.write('Has gout.');
    await enrichDocument(note, notes);
    const { resourceType, ...rest } = await named('gout');
    await notes.store.write({ interaction: 'update', resource: { ...Object.fromEntries(Object.entries(rest).toReversed()), resourceType } as Resource & { id: string } });
    await notes.write('Feels well.');
    await enrichDocument(note, notes);
    expect(await texts()).toEqual([]);
  });
});

test('A document that was given up says so, and is read with its next version', async () => {
  await notes.write('Has gout.');
  await enrichDocument(note, notes);
  await giveUpDocument(note, notes);
  expect(statusOf(await notes.read('DocumentReference/n1'))).toBe('FAILED');
  expect(await texts()).toEqual(['gout']);
  expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
  await change((await notes.read('DocumentReference/n1'))!, { description: 'Again' });
  expect(await enrichDocument(note, notes)).toMatchObject({ came: 'read' });
  expect(statusOf(await notes.read('DocumentReference/n1'))).toBe('SUCCESS');
});

test('A document in another language says so, and makes nothing; a Composition is read by choice', async () => {
  await notes.write('Has gout.', { language: 'de' });
  await enrichDocument(note, notes);
  expect([statusOf(await notes.read('DocumentReference/n1')), await texts()]).toEqual(['NOT_READ', []]);
  expect(await enrichDocument(note, notes)).toEqual({ came: 'left' });
  const composition = {
    resourceType: 'Composition', id: 'c1', status: 'final', subject: { reference: 'Patient/p1' }, encounter: { reference: 'Encounter/e1' },
    section: [{ text: { status: 'generated', div: '<div>Has gout. Reports headache.</div>' } }],
  };
  await change(composition, {});
  expect(await enrichDocument({ type: 'Composition', id: 'c1' }, notes)).toEqual({ came: 'left' });
  await change(composition, { meta: { tag: [{ system: 'urn:caldera:nlp', code: 'READ' }] } });
  expect(await enrichDocument({ type: 'Composition', id: 'c1' }, notes)).toMatchObject({ came: 'read' });
  expect(await named('gout')).toMatchObject({ encounter: { reference: 'Encounter/e1' }, evidence: [{ detail: [{ reference: 'Composition/c1' }] }] });
  expect((await notes.all('Observation'))[0]).not.toHaveProperty('derivedFrom');
});

test('A document that was copied to another store with what it says of its reading is read when its note changes there', async () => {
  await notes.write('Has gout.');
  await enrichDocument(note, notes);
  const copied = (await notes.read('DocumentReference/n1'))!;
  const other = noteStore();
  await other.store.write({ interaction: 'update', resource: copied as Resource & { id: string } });
  expect(await enrichDocument(note, other)).toEqual({ came: 'left' });
  const changed = { ...copied, content: document('Has asthma.').content } as Resource & { id: string };
  await other.store.write({ interaction: 'update', resource: changed });
  expect(await enrichDocument(note, other)).toMatchObject({ came: 'read' });
  expect((await other.all('Condition')).map(({ code }) => (code as JsonObject).text)).toEqual(['asthma']);
});

test('A document that is deleted, and made again while what it gave is removed, has what it gives', async () => {
  await notes.write('Has gout.');
  await enrichDocument(note, notes);
  await notes.store.write({ interaction: 'delete', type: 'DocumentReference', id: 'n1' });
  const late = {
    ...notes,
    store: {
      ...notes.store,
      transact: async (writes: Parameters<NoteStore['store']['transact']>[0]) => {
        // Another reading finds the results there, and leaves them.
        if (writes.some(({ interaction }) => interaction === 'delete')) {
          await notes.write('Has gout.');
          await enrichDocument(note, notes);
        }
        return notes.store.transact(writes);
      },
    },
  };
  await enrichDocument(note, late);
  expect(await texts()).toEqual(['gout']);
});

test('Halves of characters, which no UTF-8 has, reach no engine', async () => {
  await notes.store.write({ interaction: 'update', resource: { resourceType: 'DiagnosticReport', id: 'd1', status: 'final', code: { text: 'Note' }, subject: { reference: 'Patient/p1' }, conclusion: 'Has gout \ud800.' } });
  const asked: string[] = [];
  const nlp = { ...notes.nlp, detectEntities: (text: string) => { asked.push(text); return notes.nlp.detectEntities(text); } };
  await enrichDocument({ type: 'DiagnosticReport', id: 'd1' }, { ...notes, nlp });
  expect(asked).toEqual(['Has gout \ufffd.']);
});
