import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import { maxUnknown, maxValues } from '../../../src/fhir/lake/element-columns.ts';
import type { LakeTable } from '../../../src/fhir/lake/lake-table.ts';
import { lakeTable } from '../../../src/fhir/lake/lake-tables.ts';
import { RowColumns } from '../../../src/fhir/lake/row-columns.ts';
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';
import { elementsOfRow, ordered } from './elements-of-row.ts';
import { rowsOfColumns } from './rows-of-columns.ts';

const version = { version: 1, validFrom: Date.UTC(2024, 2, 1, 12, 30, 5, 7), layer: 'recent' } as const;

function rowOf(json: string | Uint8Array, table?: LakeTable): JsonObject {
  const bytes = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  const { resourceType, id } = parseJson(new TextDecoder().decode(bytes)) as { resourceType: string; id: string };
  const columns = new RowColumns(table ?? lakeTable(resourceType));
  columns.append({ ...version, id, json: bytes });
  return rowsOfColumns(columns)[0]!;
}

/** The row of an Observation with these members. */
function observation(members: string): JsonObject {
  return rowOf(`{"resourceType":"Observation","id":"o",${members}}`);
}

function patient(members: string): JsonObject {
  return rowOf(`{"resourceType":"Patient","id":"p",${members}}`);
}

/** Whether every element comes back from the row, to the digit. */
function comesBack(json: string): void {
  const row = rowOf(json);
  const { resourceType } = parseJson(json) as { resourceType: string };
  expect(ordered(elementsOfRow(lakeTable(resourceType), row))).toBe(ordered(parseJson(json)));
  expect(row.unknown_elements).toBeUndefined();
}

describe('the row of a resource', () => {
  test('has every element of every synthetic resource', () => {
    const types = new Set<string>();
    for (const resources of syntheticPopulation({ patients: 3, seed: 1, present: '2024-01-01' })) {
      for (const resource of resources) {
        types.add(resource.resourceType);
        comesBack(JSON.stringify(resource));
      }
    }
    expect(types.size).toBeGreaterThan(15);
  });

  test('has what is nested, repeated, contained and extended', () => {
    comesBack('{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Organization","id":"c","name":"a \\"b\\" \\\\ c"}],'
      + '"name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"u","valueDecimal":1.10}]}]},{"family":"F"}],'
      + '"_birthDate":{"id":"x"},"identifier":[{"assigner":{"identifier":{"assigner":{"display":"deep"}}}}],"multipleBirthInteger":2}');
    comesBack(`{"resourceType":"Questionnaire","id":"q","item":[${'{"linkId":"1","item":['.repeat(9)}{"linkId":"last"}${']}'.repeat(9)}]}`);
    comesBack('{"resourceType":"Bundle","id":"b","type":"collection","entry":[{"resource":{"resourceType":"Patient","birthDate":"1970"}}]}');
    comesBack('{"resourceType":"MolecularSequence","id":"m","coordinateSystem":0,"quality":[{"type":"snp","roc":{"precision":[0.10,2,1e-9],"score":[1,2]}}]}');
  });

  test('has the version in its columns', () => {
    expect(patient('"active":true')).toEqual({
      id: 'p', active: true, resource_version: 1, valid_from: '2024-03-01 12:30:05.007', resource_deleted: false, layer: 'recent',
    });
  });

  test('of a deletion has the id and the version alone', () => {
    const columns = new RowColumns(lakeTable('Patient'));
    columns.append({ ...version, id: 'p', layer: 'past', validTo: version.validFrom + 1 });
    expect(rowsOfColumns(columns)[0]).toEqual({
      id: 'p', resource_version: 1, valid_from: '2024-03-01 12:30:05.007', valid_to: '2024-03-01 12:30:05.008', resource_deleted: true, layer: 'past',
    });
  });

  test.each([
    ['2024', '2024-01-01 00:00:00'],
    ['2024-03', '2024-03-01 00:00:00'],
    ['2024-02-29', '2024-02-29 00:00:00'],
    ['2023-02-29', undefined],
    ['1900-02-29', undefined],
    ['2024-13-01', undefined],
    ['2024-03-01T12:30:05Z', '2024-03-01 12:30:05'],
    ['2024-03-01T00:30:05.25+02:00', '2024-02-29 22:30:05.25'],
    ['2023-12-31T20:00:00-05:30', '2024-01-01 01:30:00'],
    ['1969-12-31T23:59:59.123456789Z', '1969-12-31 23:59:59.123456'],
    ['0001-01-01T00:00:00+14:00', undefined],
    ['9999-12-31T23:59:59Z', '9999-12-31 23:59:59'],
    ['2024-03-01T12:30:05', undefined],
    ['2024-03-01T12:30Z', undefined],
    ['2024-03-01T12:30:05Zx', undefined],
    ['2016-12-31T23:59:60Z', '2017-01-01 00:00:00'],
  ])('has the first moment of %s in UTC', (text, moment) => {
    expect(observation(`"effectiveDateTime":"${text}"`)).toMatchObject({ effectivedatetime: text });
    expect(observation(`"effectiveDateTime":"${text}"`).effectivedatetime_timestamp).toBe(moment);
  });

  test('has the first day of a date', () => {
    expect(patient('"birthDate":"1970-02"')).toMatchObject({ birthdate: '1970-02', birthdate_date: '1970-02-01' });
    expect(patient('"birthDate":"long ago"')).not.toHaveProperty('birthdate_date');
  });

  test.each([
    ['1.1', 1.1, undefined],
    ['1.10', 1.1, '1.10'],
    ['100', 100, undefined],
    ['-0', 0, '-0'],
    ['0.0000001', 1e-7, '0.0000001'],
    ['1e3', 1000, '1e3'],
    ['12345678901234567890', 12345678901234567000, '12345678901234567890'],
    ['0.1234567890123456', 0.1234567890123456, undefined],
    ['1e400', null, '1e400'],
    ['-0.5', -0.5, undefined],
  ])('tells the digits of %s where a double does not', (digits, value, literal) => {
    const quantity = JSON.parse(JSON.stringify(observation(`"valueQuantity":{"value":${digits}}`).valuequantity)) as JsonObject;
    expect(quantity.value ?? null).toBe(value);
    expect(quantity.value_literal).toBe(literal);
  });

  test.each([
    ['Patient/1', { reference_type: 'Patient', reference_id: '1' }],
    ['Patient/a-B.3/_history/2', { reference_type: 'Patient', reference_id: 'a-B.3' }],
    ['Unknown/1', {}],
    ['Patient/', {}],
    [`Patient/${'x'.repeat(65)}`, {}],
    ['Patient/1/other', {}],
    ['Patient?identifier=1', {}],
    ['#contained', {}],
    ['urn:uuid:75a4631d-2cd8-4c77-afb6-740bad394ea1', {}],
    ['http://example.org/fhir/Patient/1', {}],
  ])('splits the reference %s when it leads to a resource of the store', (reference, parts) => {
    expect(observation(`"subject":{"reference":"${reference}"}`).subject).toEqual({ reference, ...parts });
  });

  test('has the moments of each item of a list', () => {
    const row = rowOf('{"resourceType":"ServiceRequest","id":"s","occurrenceTiming":{"event":["2024",null,"x"],"_event":[null,{"id":"e"},null]}}');
    expect(row.occurrencetiming).toEqual({ event: ['2024', null, 'x'], event_timestamp: ['2024-01-01 00:00:00', null, null], _event: [null, '{"id":"e"}', null] });
  });

  test('has no moment of an item that is no text', () => {
    const row = rowOf('{"resourceType":"ServiceRequest","id":"s","occurrenceTiming":{"event":[2024,"2025",{"a":2024},["2024"],true]}}');
    expect(row.occurrencetiming).toEqual({ event: [null, '2025', null, null, null], event_timestamp: [null, '2025-01-01 00:00:00', null, null, null] });
    expect(row.unknown_elements).toBe(
      '{"occurrenceTiming.event[0]":2024,"occurrenceTiming.event[2]":{"a":2024},"occurrenceTiming.event[3]":["2024"],"occurrenceTiming.event[4]":true}',
    );
  });

  test('keeps what R4 does not define, or not so, with its place', () => {
    const row = patient('"future":{"a":1.10},"name":[{"family":"F"},{"family":7,"x":null,"given":"not a list"},5],"gender":{"a":1},'
      + '"active":"yes","multipleBirthInteger":1.5,"deceasedBoolean":1,"_gender":5,"gender":"twice"');
    expect(row.name).toEqual([{ family: 'F' }, {}, null]);
    expect(row.unknown_elements).toBe('{"future":{"a":1.10},"name[1].family":7,"name[1].x":null,"name[1].given":"not a list","name[2]":5,'
      + '"gender":{"a":1},"active":"yes","multipleBirthInteger":1.5,"deceasedBoolean":1,"gender":"twice"}');
    expect(row._gender).toBe('5');
    expect(rowOf('{"resourceType":"Patient","id":"p","__proto__":{"a":1}}').unknown_elements).toBe('{"__proto__":{"a":1}}');
  });

  test('keeps the whole resource where more than a bound is unknown', () => {
    const json = `{"resourceType":"Patient","id":"p","name":[${'1.5,'.repeat(maxUnknown)}1.5]}`;
    expect(rowOf(json).unknown_elements).toBe(`{"":${json}}`);
  });

  test('keeps nothing but the whole resource where its values are too many for columns', () => {
    const json = `{"resourceType":"Patient","id":"p","active":true,"name":[${'{},'.repeat(maxValues)}{}]}`;
    const row = rowOf(json);
    expect(row.unknown_elements).toBe(`{"":${json}}`);
    expect(Object.keys(row)).toEqual(['id', 'unknown_elements', 'resource_version', 'valid_from', 'resource_deleted', 'layer']);
  });

  test('keeps an id or a type that are not those of the row', () => {
    const columns = new RowColumns(lakeTable('Patient'));
    columns.append({ ...version, id: 'p', json: new TextEncoder().encode('{"resourceType":"Group","id":"q"}') });
    expect(rowsOfColumns(columns)[0]).toMatchObject({ id: 'p', unknown_elements: '{"resourceType":"Group","id":"q"}' });
  });

  test('has texts as they are meant, and JSON as it was written', () => {
    const row = patient('"text":{"status":"generated","div":"a\\u0000b\\ud800c\\ud83d\\ude00d\\"\\\\"},\n\t"extension": [ {"url" : "u\\n", "valueString":"\\ud800"} ]');
    expect(row.text).toEqual({ status: 'generated', div: 'a\0b\ufffdc\u{1f600}d"\\' });
    expect(row.extension).toEqual(['{"url":"u\\n","valueString":"\\ud800"}']);
  });

  test('may be many times as long as the resource and as large as a resource can be', () => {
    const row = observation(`"effectiveTiming":{"event":[${Array(20_000).fill('"2024"').join(',')}]},"unknown":"${'x'.repeat(2_000_000)}"`);
    expect((row.effectivetiming as { event_timestamp: Json[] }).event_timestamp).toHaveLength(20_000);
    expect((row.unknown_elements as string).length).toBeGreaterThan(2_000_000);
  });

  test('may be of a resource that is nested deeply', () => {
    const deep = `${'{"extension":['.repeat(20_000)}{"url":"u"}${']}'.repeat(20_000)}`;
    expect((patient(`"extension":[${deep}]`).extension as Json[])[0]).toBe(deep);
    const arrays = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(patient(`"name":${arrays}`).unknown_elements).toBe(`{"name[0]":${arrays.slice(1, -1)}}`);
  });

  test('has the value of a configured extension', () => {
    const extensionColumns = [
      { name: 'birthsex', type: 'Patient', url: 'http://b' },
      { name: 'race', type: 'Patient', url: 'http://r' },
      { name: 'weight', type: 'Patient', url: 'http://w' },
      { name: 'absent', type: 'Patient', url: 'http://a' },
    ];
    const row = rowOf('{"resourceType":"Patient","id":"p","extension":[{"url":"http://w","valueDecimal":1.10},{"url":"http://b","valueCode":"F"},'
      + '{"url":"http://r","extension":[{"url":"text","valueString":"White"}]},{"url":"http://b","valueCode":"M"}]}', lakeTable('Patient', { extensionColumns }));
    expect(row).toMatchObject({ extension_birthsex: 'F', extension_race: '[{"url":"text","valueString":"White"}]', extension_weight: '1.10' });
    expect(row).not.toHaveProperty('extension_absent');
  });

  test('is refused without a word of it when it is no JSON', () => {
    for (const json of ['{"active":"secret"', '{"active":', '{"secret"}', '[]', '', '{"name":[{]}', '{"name":[1 2]}', '{"extension":[{"secret"']) {
      const columns = new RowColumns(lakeTable('Patient'));
      const append = () => columns.append({ ...version, id: 'p', json: new TextEncoder().encode(json) });
      expect(append).toThrow(/^The JSON of a resource is malformed\.$/);
    }
  });
});

describe('the rows of a table', () => {
  const appended = (...resources: readonly string[]): RowColumns => {
    const columns = new RowColumns(lakeTable('Patient'));
    for (const [index, json] of resources.entries()) columns.append({ ...version, id: `p${index}`, json: new TextEncoder().encode(json) });
    return columns;
  };

  test('have the columns and fields that occur, the id and the version', () => {
    const { columns, rows } = appended('{"resourceType":"Patient","id":"p0","name":[{"family":"F"}],"contact":[{}]}', '{"resourceType":"Patient","id":"p1","birthDate":"1970"}');
    expect(columns.map(({ field }) => field.name)).toEqual([
      'id', 'name', 'birthdate', 'birthdate_date', 'resource_version', 'valid_from', 'valid_to', 'resource_deleted', 'layer',
    ]);
    expect(columns[1]!.children.map(({ field }) => field.name)).toEqual(['family']);
    expect(rows).toBe(2);
  });

  test('are each as it would be alone, also beside one that has too many values, and whatever values have a hash in common', () => {
    const whole = `{"resourceType":"Patient","id":"p1","name":[{"family":"kept","given":["a"]},${'{},'.repeat(maxValues)}{}],"birthDate":"1971"}`;
    const name = '"name":[{"given":["a",null,"b"]},null,{"family":"F"}],"birthDate":"1970-05-06"';
    // Told apart by a byte that the hash does not see.
    const long = Array.from({ length: 300 }, (_none, index) => `{"family":"${'x'.repeat(30)}${String.fromCharCode(0x100 + index)}${'y'.repeat(60)}"}`);
    const columns = appended(`{"resourceType":"Patient","id":"p0",${name}}`, whole, `{"resourceType":"Patient","id":"p2",${name}}`, `{"resourceType":"Patient","id":"p3","name":[${[...long, ...long].join(',')}]}`);
    const rows = rowsOfColumns(columns);
    expect(rows[2]).toEqual({ ...rows[0], id: 'p2' });
    expect(rows[0]).toMatchObject({ name: [{ given: ['a', null, 'b'] }, null, { family: 'F' }], birthdate: '1970-05-06', birthdate_date: '1970-05-06' });
    expect(rows[1]!.unknown_elements).toBe(`{"":${whole}}`);
    expect(rows[3]!.name).toEqual([...long, ...long].map((json) => JSON.parse(json) as JsonObject));
  });

  test('have what stands beside a text whenever it is said again', () => {
    const columns = new RowColumns(lakeTable('Observation'));
    const said = ['"2024-02-30"', '"2024"', 'null', '"2024"', '"2024-02-30"', '"2025-01-01T01:00:00+01:00"', '"2024"'];
    const references = ['Patient/1', 'urn:x', 'Patient/1', 'Device/1', 'urn:x', 'Patient/1/_history/2', 'Device/1'];
    for (const [index, text] of said.entries()) {
      const json = `{"resourceType":"Observation","id":"o","effectiveDateTime":${text},"subject":{"reference":"${references[index]}"}}`;
      columns.append({ ...version, id: 'o', json: new TextEncoder().encode(json) });
    }
    const rows = rowsOfColumns(columns);
    const year = '2024-01-01 00:00:00';
    expect(rows.map((row) => row.effectivedatetime_timestamp)).toEqual([undefined, year, undefined, year, undefined, '2025-01-01 00:00:00', year]);
    expect(rows.map((row) => Object.values(row.subject as JsonObject).slice(1).join('/'))).toEqual(['Patient/1', '', 'Patient/1', 'Device/1', '', 'Patient/1', 'Device/1']);
  });

  test('have every length of text, told apart by each of its bytes', () => {
    const texts = Array.from({ length: 60 }, (_none, length) => Array.from({ length: length + 1 }, (_same, place) => `${'a'.repeat(place)}${place < length ? 'b' : ''}${'a'.repeat(Math.max(0, length - place - 1))}`)).flat();
    const [row] = rowsOfColumns(appended(JSON.stringify({ resourceType: 'Patient', id: 'p0', name: [{ given: [...texts, ...texts] }] })));
    expect(row!.name).toEqual([{ given: [...texts, ...texts] }]);
  });

  test('count as large as they are in columns, where a resource has many small values', () => {
    const small = `{"resourceType":"Patient","id":"p0","name":[${'{},'.repeat(9_999)}{}]}`;
    const text = `{"resourceType":"Patient","id":"p0","language":"${'x'.repeat(30_000)}"}`;
    expect([appended(small).sizeBytes > 150_000, appended(text).sizeBytes]).toEqual([true, text.length]);
  });
});
