import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../src/fhir/outcome.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { entryKeys, familyEntries, historyEntry, maxEntriesPerResource, maxValuesPerResource, searchEntries, storedEntries, type Entry } from '../../src/store/entries.ts';
import { partitions, shardOf } from '../../src/store/entry-partitions.ts';
import { stringPosition, stringPositionLength } from '../../src/store/entry-positions.ts';
import { instantKey, numberKey } from '../../src/store/order-preserving.ts';
import { encodeWriteId } from '../../src/store/write-id.ts';

const created = Date.UTC(2026, 0, 1);
/** Partitions by name, so that tests can read them. */
const rules = { generation: 1, shards: 1, omitted: new Set<string>(), hash: (...parts: readonly (string | number)[]) => parts.join('|') };
const family = partitions(rules);
const entriesOf = (resource: Resource): readonly Entry[] =>
  searchEntries(resource, { type: resource.resourceType, id: 'a', lastUpdated: created, created }, rules);
const positionsIn = (resource: Resource, pk: string): readonly string[] =>
  entriesOf(resource).filter((entry) => entry.pk === pk).map(({ position }) => position);

const observation: Resource = {
  resourceType: 'Observation',
  code: { coding: [{ system: 'http://loinc.org', code: 'ABC-1' }] },
  subject: { reference: 'Patient/p' },
};
const dated = (content: object): Resource => ({ ...observation, ...content });
const coded = family.token('Observation', 'code', 'abc-1');

describe('where an entry stands in the partition of a code', () => {
  test('by the start of a clinical date of up to a day', () => {
    const start = Date.UTC(2024, 0, 31);
    expect(positionsIn(dated({ effectiveDateTime: '2024-01-31' }), coded)).toEqual([`S${instantKey(start)}`]);
  });

  test.each<Resource>([
    dated({ effectiveDateTime: '2020-05-17' }),
    { resourceType: 'Condition', code: observation['code']!, onsetDateTime: '2020-05-17', recordedDate: '2021-01-01' },
    { resourceType: 'Encounter', type: [observation['code']!], period: { start: '2020-05-17', end: '2020-06-01' } },
    { resourceType: 'MedicationRequest', medicationCodeableConcept: observation['code']!, authoredOn: '2020-05-17' },
    { resourceType: 'Procedure', code: observation['code']!, performedPeriod: { start: '2020-05-17' } },
    { resourceType: 'ImagingStudy', reasonCode: [observation['code']!], started: '2020-05-17' },
  ])('which is an effective, onset, authored or other date, as of $resourceType', (resource) => {
    const parameter = { Encounter: 'type', ImagingStudy: 'reason' }[resource.resourceType] ?? 'code';
    const [position, ...more] = positionsIn(resource, family.token(resource.resourceType, parameter, 'abc-1'));
    expect([position?.slice(1), more]).toEqual([instantKey(Date.UTC(2020, 4, 17)), []]);
  });

  test('by its creation, when its type has no clinical date, whatever other dates it has', () => {
    const patient: Resource = { resourceType: 'Patient', birthDate: '1980-01-01', gender: 'female' };
    expect(positionsIn(patient, family.token('Patient', 'gender', 'female'))).toEqual([`N${instantKey(created)}`]);
  });

  test('apart, when the date is longer than a day', () => {
    expect(positionsIn(dated({ effectiveDateTime: '2024-01' }), coded)).toEqual([`L${instantKey(Date.UTC(2024, 0, 1))}`]);
    expect(positionsIn(dated({ effectivePeriod: { end: '2024-01-31' } }), coded)).toEqual([`L${instantKey(-Infinity)}`]);
  });

  test('by its creation, when it has no clinical date', () => {
    expect(positionsIn(observation, coded)).toEqual([`N${instantKey(created)}`]);
  });

  test('whatever the case of the code', () => {
    expect(family.token('Observation', 'code', 'aBC-1')).toBe(coded);
  });
});

describe('the entries of a resource', () => {
  test('are found by the patient, and by patient and code together', () => {
    expect(positionsIn(observation, family.reference('Observation', 'patient', 'p'))).toHaveLength(1);
    expect(positionsIn(observation, family.patientCode('Observation', 'p', 'abc-1'))).toHaveLength(1);
  });

  test('hold none twice', () => {
    const twice = { ...observation, category: [{ coding: [{ code: 'x' }, { code: 'X' }, { code: 'x' }] }] };
    const keys = entryKeys(entriesOf(twice), { type: 'Observation', id: 'a', lastUpdated: created, created }, encodeWriteId(created, new Uint8Array(10)));
    expect(new Set(keys.map(({ pk, sk }) => `${pk} ${sk}`)).size).toBe(keys.length);
  });

  test('stand under the end as well, when a date is long', () => {
    const stay: Resource = { resourceType: 'Encounter', period: { start: '2024-01-01', end: '2024-02-01' } };
    expect(positionsIn(stay, family.date('Encounter', 'date', 0))).toEqual([
      `L${instantKey(Date.UTC(2024, 0, 1))}`, `E${instantKey(Date.UTC(2024, 1, 2))}`,
    ]);
  });

  test('are one for every word start of a name', () => {
    const positions = positionsIn({ resourceType: 'Patient', name: [{ family: 'Ann Bee' }] }, family.string('Patient', 'name', 'a'));
    expect(positions).toEqual(['ann$bee']);
  });

  test(`are at most ${maxEntriesPerResource}, and what has more is refused with the reason`, () => {
    const coding = Array.from({ length: maxEntriesPerResource }, (_, number) => ({ code: `c${number}` }));
    expect(() => entriesOf({ ...observation, category: [{ coding }] })).toThrow(FhirError);
    expect(() => entriesOf({ ...observation, category: [{ coding }] })).toThrow(/searchable values/);
  });

  test('are one for a value that is there as often as a body has room for', () => {
    const given = Array.from({ length: maxValuesPerResource / 5 }, () => 'ab');
    expect(entriesOf({ resourceType: 'Patient', name: [{ given }] })).toHaveLength(3);
  });

  const words = Array.from({ length: 130 }, (_, word) => `w${word}`).join(' ');

  test.each([
    ['without an entry', { ...observation, category: [{ coding: Array.from({ length: maxValuesPerResource }, () => ({ display: 'a' })) }] }],
    ['words that are there again', { resourceType: 'Patient', name: [{ given: Array.from({ length: 2000 }, (_, one) => `${words} ${one}`) }] }],
    ['contained', { ...observation, contained: Array.from({ length: maxValuesPerResource }, (_, id) => ({ resourceType: 'Basic', id: String(id) })) }],
  ])(`are of ${maxValuesPerResource} values at most: %s`, (_what, resource) => {
    expect(() => entriesOf(resource)).toThrow(/more than 100000 values/);
  });

  test('can always be told of a stored version, so that it can be replaced', () => {
    const coding = Array.from({ length: maxValuesPerResource }, (_, number) => ({ code: `c${number % (2 * maxEntriesPerResource)}` }));
    const stored = { ...observation, category: [{ coding }] };
    const subject = { type: 'Observation', id: 'a', lastUpdated: created, created };
    expect(() => entriesOf(stored)).toThrow(FhirError);
    expect(storedEntries(stored, subject, rules).length).toBeGreaterThan(2 * maxEntriesPerResource);
    expect(storedEntries(observation, subject, rules)).toEqual(entriesOf(observation));
    expect(familyEntries(stored, [{ type: 'Observation', parameter: 'category' }], { subject, rules })).toHaveLength(2 * maxEntriesPerResource);
  });
});

describe('numbers', () => {
  const ucum = 'http://unitsofmeasure.org';
  const measured = (value: number, code = 'cm'): object => ({ valueQuantity: { value, system: ucum, code } });
  const written = family.number('Observation', 'value-quantity', { unit: '', shard: 0 });
  const inMetres = family.number('Observation', 'value-quantity', { unit: 'm', shard: 0 });

  test('stand as they are written, and in base units where their unit converts', () => {
    const height = dated(measured(176.4));
    expect([positionsIn(height, written), positionsIn(height, inMetres)]).toEqual([[`S${numberKey(176.4)}`], [`S${numberKey(1.764)}`]]);
    expect(positionsIn(dated(measured(7, '[pH]')), written)).toHaveLength(1);
  });

  test('of which a resource has several stand apart from those that are alone', () => {
    const component = [80, 120].map((value) => ({ code: observation.code, ...measured(value) }));
    const panel = dated({ component });
    expect(positionsIn(panel, written)).toEqual([`M${numberKey(80)}`, `M${numberKey(120)}`]);
  });

  test('that are ranges stand under both ends', () => {
    const less = dated({ valueQuantity: { value: 5, comparator: '<' } });
    expect(positionsIn(less, written)).toEqual([`L${numberKey(-Infinity)}`, `E${numberKey(4.999999999999999)}`]);
  });

  test('stand under the code that they were measured for', () => {
    const height = dated(measured(176.4));
    const under = (unit: string): string => family.composite('Observation', 'code-value-quantity', { code: 'ABC-1', unit });
    expect([positionsIn(height, under('')), positionsIn(height, under('m'))]).toEqual([[`S${numberKey(176.4)}`], [`S${numberKey(1.764)}`]]);
  });
});

describe('other families', () => {
  test('have a URI as it is, cut, and without what would end a position', () => {
    const set: Resource = { resourceType: 'ValueSet', url: `http://sets.example/a b#c${'d'.repeat(300)}` };
    const [position = '', ...more] = positionsIn(set, family.uri('ValueSet', 'url', 0));
    expect([position.startsWith('http://sets.example/a$b$cddd'), position.length, more]).toEqual([true, 256, []]);
  });

  test('have a place in a cell of some kilometres, under a large one', () => {
    const place: Resource = { resourceType: 'Location', position: { latitude: 57.64911, longitude: 10.40744 } };
    expect(positionsIn(place, family.position('Location', 'near', 'u4p'))).toEqual(['u4pruydqq']);
  });

  test('have the identifier of a logical reference', () => {
    const logical = dated({ subject: { identifier: { system: 's', value: 'A1' } } });
    expect(positionsIn(logical, family.identifier('Observation', 'patient', 'a1'))).toHaveLength(1);
  });

  test('have nothing of a concept that is text alone', () => {
    const plain = { resourceType: 'Observation', code: { text: 'weight' } };
    expect(entriesOf(plain).map(({ pk }) => pk.split('|')[1])).toEqual(['last-updated']);
  });

  test('have what a resource contains under a type of its own, leading to the container', () => {
    const order: Resource = { resourceType: 'MedicationRequest', contained: [{ resourceType: 'Medication', id: 'm', code: { coding: [{ code: 'X' }] } }] };
    expect(positionsIn(order, family.token('#Medication', 'code', 'x'))).toHaveLength(1);
    expect(positionsIn(order, family.lastUpdated('#Medication', 0))).toHaveLength(1);
  });

  test('have the parts of names and addresses in the whole', () => {
    const person: Resource = { resourceType: 'Patient', name: [{ family: 'Bee', given: ['Ann'] }] };
    expect(positionsIn(person, family.string('Patient', 'family', 'b'))).toEqual(['bee']);
    expect(family.string('Patient', 'given', 'a')).toBe(family.string('Patient', 'name', 'a'));
    expect(family.string('Organization', 'name', 'a')).not.toBe(family.string('Organization', 'address', 'a'));
  });
});

describe('the families that a store omits', () => {
  test('have no entries, and those that are found by them have none either', () => {
    const omitted = new Set(['Observation.combo-code', 'Observation.subject']);
    const subject = { type: 'Observation', id: 'a', lastUpdated: created, created };
    const found = searchEntries(observation, subject, { ...rules, omitted }).map(({ pk }) => pk);
    expect(found).not.toContain(coded);
    expect(found).not.toContain(family.reference('Observation', 'patient', 'p'));
    expect(found).toContain(family.patientCode('Observation', 'p', 'abc-1'));
  });
});

describe('the position of a text', () => {
  test('is cut without splitting a character', () => {
    const text = `${'a'.repeat(stringPositionLength - 1)}\u{1F600}b`;
    expect(stringPosition(text)).toBe('a'.repeat(stringPositionLength - 1));
  });

  test('begins as the text does, so that a range over a beginning finds it', () => {
    for (const text of ['ann bee', 'é x', 'a'.repeat(50), '\u{20000} b']) {
      const characters = [...text];
      for (const length of characters.keys()) {
        const beginning = characters.slice(0, length + 1).join('');
        expect(stringPosition(text).startsWith(stringPosition(beginning))).toBe(true);
      }
    }
  });
});

describe('the entry of history', () => {
  test('names the version and stays apart from the set that a search reads', () => {
    const subject = { type: 'Observation', id: 'a', lastUpdated: created, created, versionId: 7, writeId: encodeWriteId(created, new Uint8Array(10)) };
    const entry = historyEntry(subject, rules);
    expect(entry.attributes).toEqual({ version: 7 });
    expect(entriesOf(observation).map(({ pk }) => pk)).not.toContain(entry.pk);
  });
});

describe('shards', () => {
  test('keep a resource in one place and spread resources over all', () => {
    const ids = Array.from({ length: 400 }, (_, number) => `id-${number}`);
    expect(new Set(ids.map((id) => shardOf(id, 8))).size).toBe(8);
    expect(ids.every((id) => shardOf(id, 8) === shardOf(id, 8) && shardOf(id, 1) === 0)).toBe(true);
  });
});
