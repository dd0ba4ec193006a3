/** https://hl7.org/fhir/R4/fhirpatch.html, sentence by sentence */
import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { parseFhirPathPatch } from '../../../src/fhir/patch/fhirpath-operations.ts';
import { applyPatch } from '../../../src/fhir/patch/patch.ts';
import type { Resource } from '../../../src/fhir/resource.ts';

type Parts = Readonly<Record<string, Json>>;

/** A part is its value under its own name, or a whole part but for its name. */
function operation(type: string, path: string, parts: Parts = {}): JsonObject {
  const others = Object.entries(parts).map(([name, value]): JsonObject => {
    if (typeof value === 'number') return { name, valueInteger: value };
    return typeof value === 'string' ? { name, valueString: value } : { name, ...(value as JsonObject) };
  });
  return { name: 'operation', part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...others] };
}

function patched(resource: JsonObject, ...operations: JsonObject[]): Json {
  const before = { id: '1', ...resource } as unknown as Resource;
  const text = JSON.stringify(before);
  const result = applyPatch(before, { form: 'fhirpath-patch', operations: parseFhirPathPatch({ resourceType: 'Parameters', parameter: operations }) });
  expect(JSON.stringify(before)).toBe(text);
  const { id: _id, ...rest } = result as JsonObject;
  return rest;
}

function refused(resource: JsonObject, ...operations: JsonObject[]): number {
  try {
    patched(resource, ...operations);
  } catch (error) {
    if (error instanceof FhirError) return error.status;
    throw error;
  }
  throw new Error('It was not refused.');
}

const patient = (rest: JsonObject = {}): JsonObject => ({ resourceType: 'Patient', ...rest });
const identifiers = (...values: string[]): JsonObject => patient({ identifier: values.map((value) => ({ system: 'urn:x', value })) });

describe('add', () => {
  test('a value is appended to the element under the name', () => {
    expect(patched(patient(), operation('add', 'Patient', { name: 'birthDate', value: { valueDate: '1930-01-01' } }))).toEqual(patient({ birthDate: '1930-01-01' }));
    expect(patched(identifiers('a'), operation('add', 'Patient', { name: 'identifier', value: { valueIdentifier: { system: 'urn:x', value: 'b' } } }))).toEqual(identifiers('a', 'b'));
  });

  test('it can be used for elements that do not repeat as long as they do not exist', () => {
    expect(refused(patient({ birthDate: '1920' }), operation('add', 'Patient', { name: 'birthDate', value: { valueDate: '1930' } }))).toBe(422);
    expect(refused(patient({ deceasedBoolean: true }), operation('add', 'Patient', { name: 'deceased', value: { valueDateTime: '1930' } }))).toBe(422);
  });

  test('a value of a choice is named without its type', () => {
    expect(patched(patient(), operation('add', 'Patient', { name: 'deceased', value: { valueBoolean: true } }))).toEqual(patient({ deceasedBoolean: true }));
    expect(refused(patient(), operation('add', 'Patient', { name: 'deceasedBoolean', value: { valueBoolean: true } }))).toBe(422);
  });

  test('a value of a type without a name comes in parts', () => {
    const value = { part: [{ name: 'name', valueHumanName: { text: 'a name' } }, { name: 'relationship', valueCodeableConcept: { text: 'one' } }, { name: 'relationship', valueCodeableConcept: { text: 'two' } }] };
    expect(patched(patient(), operation('add', 'Patient', { name: 'contact', value }))).toEqual(
      patient({ contact: [{ name: { text: 'a name' }, relationship: [{ text: 'one' }, { text: 'two' }] }] }),
    );
  });

  test('an extension of a primitive finds room beside it', () => {
    const value = { part: [{ name: 'url', valueUri: 'urn:e' }, { name: 'value', valueString: 'x' }] };
    expect(patched(patient({ birthDate: '1920' }), operation('add', 'Patient.birthDate', { name: 'extension', value }))).toEqual(
      patient({ birthDate: '1920', _birthDate: { extension: [{ url: 'urn:e', valueString: 'x' }] } }),
    );
  });

  test('what was added may be changed by the operations that follow', () => {
    const patch = [
      operation('add', 'Patient', { name: 'contact', value: { part: [{ name: 'gender', valueCode: 'male' }] } }),
      operation('replace', "Patient.contact.where(gender = 'male').gender", { value: { valueCode: 'female' } }),
    ];
    expect(patched(patient(), ...patch)).toEqual(patient({ contact: [{ gender: 'female' }] }));
  });
});

describe('insert', () => {
  test.each([[0, ['x', 'a', 'b']], [1, ['a', 'x', 'b']], [2, ['a', 'b', 'x']]])('at index %i', (index, after) => {
    const value = { valueIdentifier: { system: 'urn:x', value: 'x' } };
    expect(patched(identifiers('a', 'b'), operation('insert', 'Patient.identifier', { index, value }))).toEqual(identifiers(...after));
  });

  test('the index is mandatory, and equal to or less than the number of elements', () => {
    const value = { valueIdentifier: { value: 'x' } };
    expect(refused(identifiers('a'), operation('insert', 'Patient.identifier', { index: 2, value }))).toBe(422);
    expect(refused(identifiers('a'), operation('insert', 'Patient.identifier', { value }))).toBe(400);
    expect(patched(patient(), operation('insert', 'Patient.identifier', { index: 0, value }))).toEqual(patient({ identifier: [{ value: 'x' }] }));
  });

  test('extensions of primitives stay with their values', () => {
    const before = patient({ name: [{ given: ['a', 'b'], _given: [null, { id: 'of-b' }] }] });
    expect(patched(before, operation('insert', 'Patient.name[0].given', { index: 0, value: { valueString: 'x' } }))).toEqual(
      patient({ name: [{ given: ['x', 'a', 'b'], _given: [null, null, { id: 'of-b' }] }] }),
    );
  });
});

describe('delete', () => {
  test('an element, if found', () => {
    expect(patched(patient({ birthDate: '1920', active: true }), operation('delete', 'Patient.birthDate'))).toEqual(patient({ active: true }));
    expect(patched(patient({ active: true }), operation('delete', 'Patient.birthDate'))).toEqual(patient({ active: true }));
    expect(patched(identifiers('a', 'b'), operation('delete', "Patient.identifier.where(value = 'a')"))).toEqual(identifiers('b'));
  });

  test('the last of a list takes the list with it, the last of an element the element', () => {
    expect(patched(identifiers('a'), operation('delete', 'Patient.identifier[0]'))).toEqual(patient());
    expect(patched(patient({ contact: [{ gender: 'male' }] }), operation('delete', 'Patient.contact[0].gender'))).toEqual(patient());
    const withExtension = patient({ birthDate: '1920', _birthDate: { extension: [{ url: 'urn:e', valueString: 'x' }] } });
    expect(patched(withExtension, operation('delete', "Patient.birthDate.extension('urn:e')"))).toEqual(patient({ birthDate: '1920' }));
    expect(patched(withExtension, operation('delete', 'Patient.birthDate'))).toEqual(patient());
  });

  test('only a single element can be deleted, and not the resource', () => {
    expect(refused(identifiers('a', 'b'), operation('delete', 'Patient.identifier'))).toBe(422);
    expect(refused(patient(), operation('delete', 'Patient'))).toBe(422);
  });
});

describe('replace', () => {
  test('a value, and one of another type where the element is a choice', () => {
    expect(patched(patient({ birthDate: '1920' }), operation('replace', 'Patient.birthDate', { value: { valueDate: '1930' } }))).toEqual(patient({ birthDate: '1930' }));
    expect(patched(patient({ deceasedBoolean: true }), operation('replace', 'Patient.deceased', { value: { valueDateTime: '1930' } }))).toEqual(patient({ deceasedDateTime: '1930' }));
    expect(patched(identifiers('a', 'b'), operation('replace', 'Patient.identifier[1].value', { value: { valueString: 'c' } }))).toEqual(identifiers('a', 'c'));
  });

  test('the path leads to one element', () => {
    expect(refused(patient(), operation('replace', 'Patient.birthDate', { value: { valueDate: '1930' } }))).toBe(422);
    expect(refused(identifiers('a', 'b'), operation('replace', 'Patient.identifier.value', { value: { valueString: 'c' } }))).toBe(422);
  });

  test('the type of the value must be correct for the place', () => {
    expect(refused(patient({ birthDate: '1920' }), operation('replace', 'Patient.birthDate', { value: { valueBoolean: true } }))).toBe(422);
    expect(refused(patient({ deceasedBoolean: true }), operation('replace', 'Patient.deceased', { value: { valueString: 'yes' } }))).toBe(422);
    expect(patched(patient({ gender: 'male' }), operation('replace', 'Patient.gender', { value: { valueString: 'female' } }))).toEqual(patient({ gender: 'female' }));
  });

  test('decimals keep their digits, where they are touched and where they are not', () => {
    const before = parseJson('{"resourceType":"Observation","valueQuantity":{"value":1.10,"unit":"kg"},"referenceRange":[{"low":{"value":1.0}}]}') as JsonObject;
    const value = parseJson('{"valueDecimal":7.00}');
    const after = '{"resourceType":"Observation","valueQuantity":{"value":7.00,"unit":"kg"},"referenceRange":[{"low":{"value":1.0}}]}';
    expect(JSON.stringify(patched(before, operation('replace', 'Observation.value.value', { value })))).toBe(after);
  });

  test('what identifies the resource and its version is the server’s', () => {
    expect(refused(patient(), operation('replace', 'Patient.id', { value: { valueId: '2' } }))).toBe(422);
    expect(refused(patient(), operation('delete', 'Patient.id'))).toBe(422);
    expect(refused(patient({ meta: { versionId: '1' } }), operation('replace', 'Patient.meta.versionId', { value: { valueId: '2' } }))).toBe(422);
  });
});

describe('move', () => {
  test.each([
    [3, 1, ['a', 'd', 'b', 'c']],
    [3, 0, ['d', 'a', 'b', 'c']],
    [0, 3, ['b', 'c', 'd', 'a']],
    [1, 2, ['a', 'c', 'b', 'd']],
    [2, 2, ['a', 'b', 'c', 'd']],
  ])('from %i to %i', (source, destination, after) => {
    expect(patched(identifiers('a', 'b', 'c', 'd'), operation('move', 'Patient.identifier', { source, destination }))).toEqual(identifiers(...after));
  });

  test('source and destination are places in the list', () => {
    expect(refused(identifiers('a', 'b'), operation('move', 'Patient.identifier', { source: 2, destination: 0 }))).toBe(422);
    expect(refused(identifiers('a', 'b'), operation('move', 'Patient.identifier', { source: 0, destination: 2 }))).toBe(422);
    expect(refused(patient({ birthDate: '1920' }), operation('move', 'Patient.birthDate', { source: 0, destination: 0 }))).toBe(422);
    expect(refused(identifiers('a', 'b'), operation('move', 'Patient.identifier', { source: 1 }))).toBe(400);
  });
});

describe('paths', () => {
  const names = patient({
    active: true,
    name: [{ use: 'official', family: 'A', given: ['x', 'y'] }, { use: 'usual', family: 'B' }, { family: 'C', text: 'it’s' }],
    contained: [{ resourceType: 'Organization', id: 'o', name: 'One' }],
  });

  test.each([
    ["Patient.name.where(use = 'official')", 'A'],
    ["name.where(use='official' and family='A')", 'A'],
    ["Patient.name.where(use = 'usual' or family = 'Z')", 'B'],
    ["Patient.name.where((use = 'usual' or use = 'official') and family != 'A')", 'B'],
    ['Patient.name.where(use.exists().not())', 'C'],
    ['Patient.name.where(use.empty())', 'C'],
    ["Patient.name.where(given.where($this = 'y').exists())", 'A'],
    ['%resource.name.where(text = \'it\\u2019s\')', 'C'],
    ['Patient.`name`.first()', 'A'],
    ['Patient.name.last()', 'C'],
    ['Patient.name[1]', 'B'],
    ['(Patient.name[1])', 'B'],
  ])('%s', (path, family) => {
    const after = patched(names, operation('replace', `${path}.family`, { value: { valueString: 'found' } })) as { name: { family: string }[] };
    expect(after.name.findIndex(({ family }) => family === 'found')).toBe(['A', 'B', 'C'].indexOf(family));
  });

  test('lead into contained resources, by their own type', () => {
    const after = patched(names, operation('replace', "Patient.contained.where(id = 'o').name", { value: { valueString: 'Two' } }));
    expect(after).toHaveProperty('contained.0.name', 'Two');
  });

  test.each(['Observation.value.ofType(Quantity).unit', 'Observation.value.as(Quantity).unit', '(Observation.value as Quantity).unit', 'Observation.value.ofType(FHIR.Quantity).unit'])('%s', (path) => {
    const after = patched({ resourceType: 'Observation', valueQuantity: { unit: 'kg' } }, operation('replace', path, { value: { valueString: 'g' } }));
    expect(after).toHaveProperty(['valueQuantity', 'unit'], 'g');
    expect(refused({ resourceType: 'Observation', valueString: 'kg' }, operation('replace', path, { value: { valueString: 'g' } }))).toBe(422);
  });

  test('never leave the resource: resolve() is refused', () => {
    expect(refused(patient(), operation('delete', 'Patient.managingOrganization.resolve().name'))).toBe(400);
  });

  test.each([
    'Patient.name.select(given)', 'Patient.name | Patient.contact', 'Patient.name[', 'Patient.name.', "Patient.name.where(use = 'x'", '', 'Patient.name.exists()',
    "Patient.name.where(%resource.active = true)", 'Patient.name[-1]', 'Patient.name.where(family.startsWith(\'A\'))', `${'('.repeat(40)}Patient${')'.repeat(40)}`, 'x'.repeat(3000), "Patient.name.where(use = 'x",
  ])('%p is 400', (path) => {
    expect(refused(names, operation('delete', path))).toBe(400);
  });

  test('of a choice, or of resources of several types, lead to those that have the element', () => {
    const contained = [{ resourceType: 'Binary', id: 'b', contentType: 'text/plain' }, { resourceType: 'Organization', id: 'o', name: 'One' }];
    expect(patched(patient({ contained }), operation('delete', "Patient.contained.where(name = 'One')"))).toEqual(patient({ contained: [contained[0]!] }));
    const text = { resourceType: 'Observation', valueString: 'x' };
    expect(patched(text, operation('delete', 'Observation.value.unit'))).toEqual(text);
  });

  test('an element that is not defined is 422', () => {
    expect(refused(names, operation('delete', 'Patient.nonsense'))).toBe(422);
    expect(refused(names, operation('add', 'Patient', { name: 'nonsense', value: { valueString: 'x' } }))).toBe(422);
    expect(refused(names, operation('delete', 'Patient.deceasedBoolean'))).toBe(422);
  });
});

describe('what paths lead over', () => {
  const long = patient({ extension: Array.from({ length: 10_000 }, () => ({ url: 'http://example.org/a', valueBoolean: true })) });

  test('is bounded in one operation', () => {
    const terms = Array.from({ length: 60 }, () => "url != 'http://a'").join(' and ');
    expect(refused(long, operation('delete', `Patient.extension.where(${terms})`))).toBe(403);
  });

  test('is bounded over all operations', () => {
    const one = operation('delete', "Patient.extension.where(url = 'http://example.org/b')");
    expect(patched(long, one)).toEqual(long);
    expect(refused(long, ...Array.from({ length: 100 }, () => one))).toBe(403);
  });
});

describe('the Parameters', () => {
  test.each([
    ['an array', [{ op: 'remove', path: '/a' }]],
    ['another resource', { resourceType: 'Patient' }],
    ['an invalid value', { resourceType: 'Parameters', parameter: [operation('replace', 'Patient.birthDate', { value: { valueDate: 'soon' } })] }],
    ['another parameter', { resourceType: 'Parameters', parameter: [{ name: 'op' }] }],
    ['no type', { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ name: 'path', valueString: 'Patient' }] }] }],
    ['an unknown type', { resourceType: 'Parameters', parameter: [operation('upsert', 'Patient')] }],
    ['no value', { resourceType: 'Parameters', parameter: [operation('replace', 'Patient.birthDate')] }],
    ['a part twice', { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ name: 'type', valueCode: 'delete' }, { name: 'type', valueCode: 'add' }] }] }],
  ])('of %s are 400', (_name, value) => {
    expect(() => parseFhirPathPatch(value as Json)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
