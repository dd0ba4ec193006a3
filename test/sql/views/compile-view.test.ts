import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { patientPaths } from '../../../src/fhir/definitions/compartments.mjs';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { compileView } from '../../../src/sql/views/compile-view.ts';
import { narrowedView } from '../../../src/sql/views/narrowed-view.ts';
import { viewDefinitionIssues } from '../../../src/sql/views/view-definition-issues.ts';
import { checked, openViewLake } from './view-lake.ts';
import type { ViewLake } from './view-lake.ts';

/** Items in each other, as deep as asked: `1`, `1.1`, … */
const nested = (linkId: string, depth: number): JsonObject => ({ linkId, ...(depth === 1 ? {} : { item: [nested(`${linkId}.1`, depth - 1)] }) });

const resources: readonly JsonObject[] = [
  {
    resourceType: 'Patient', id: 'a', birthDate: '1970-05', gender: 'female', name: [{ use: 'official', family: 'A', given: ['x', 'y'] }, { family: 'B' }],
    telecom: [{ system: 'phone', value: '1' }], _birthDate: { extension: [{ url: 'urn:time', valueDateTime: '1970-05-01T10:00:00Z' }] },
  },
  { resourceType: 'Patient', id: 'b' },
  { resourceType: 'Questionnaire', id: 'flat', status: 'active', item: [nested('1', 2), nested('2', 1)] },
  { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 't' }, effectiveDateTime: '2024-03-01T10:00:00+02:00', valueQuantity: { value: 1.5 } },
];

let lake: ViewLake;
beforeAll(async () => {
  lake = await openViewLake();
  await lake.load(resources);
});
afterAll(() => lake.close());

async function rowsOf(resource: string, select: readonly JsonObject[], members: JsonObject = {}): Promise<readonly JsonObject[]> {
  const { query, columns } = compileView({ resource, select: [...select], ...members });
  return (await lake.ask(query, columns.map(({ name }) => name))).rows;
}

const column = (name: string, path: string, members: JsonObject = {}): JsonObject => ({ name, path, ...members });
const id = { column: [column('id', 'id')] };
/** A path of one patient, as a column. */
async function valueOf(path: string, resource = 'Patient', of = 'a') {
  const [row] = await rowsOf(resource, [{ column: [column('value', path)] }], { where: [{ path: `id = '${of}'` }] });
  return row!['value'];
}

describe('The rows of a view', () => {
  test('are those of every item of forEach, and one without items of forEachOrNull', async () => {
    expect(await rowsOf('Patient', [id, { forEach: 'name', column: [column('family', 'family'), column('place', '%rowIndex')] }])).toEqual([
      { id: 'a', family: 'A', place: 0 }, { id: 'a', family: 'B', place: 1 },
    ]);
    expect(await rowsOf('Patient', [id, { forEachOrNull: 'name', column: [column('family', 'family'), column('known', 'true')] }])).toEqual([
      { id: 'a', family: 'A', known: true }, { id: 'a', family: 'B', known: true }, { id: 'b', family: null, known: null },
    ]);
  });

  test('are those of all branches of unionAll, each beside those of the other selects', async () => {
    const branches = [{ forEach: 'telecom', column: [column('text', 'value')] }, { forEach: 'name', column: [column('text', 'family')] }];
    expect(await rowsOf('Patient', [{ unionAll: branches }, id])).toEqual([{ text: '1', id: 'a' }, { text: 'A', id: 'a' }, { text: 'B', id: 'a' }]);
  });

  test('are those of elements in each other by repeat, also where the table has them as texts', async () => {
    await lake.load([...resources, { resourceType: 'Questionnaire', id: 'deep', status: 'active', item: [nested('1', 6)] }]);
    const rows = await rowsOf('Questionnaire', [id, { repeat: ['item'], column: [column('link', 'linkId'), column('place', '%rowIndex')] }]);
    expect(rows.filter((row) => row['id'] === 'flat').map(({ link, place }) => [link, place])).toEqual([['1', 0], ['1.1', 1], ['2', 2]]);
    expect(rows.filter((row) => row['id'] === 'deep').map(({ link }) => link)).toEqual(['1', '1.1', '1.1.1', '1.1.1.1', '1.1.1.1.1', '1.1.1.1.1.1']);
  });

  test('fail where repeat would lose elements', async () => {
    await lake.load([...resources, { resourceType: 'Questionnaire', id: 'deeper', status: 'active', item: [nested('1', 12)] }]);
    await expect(rowsOf('Questionnaire', [{ repeat: ['item'], column: [column('link', 'linkId')] }])).rejects.toThrow();
    await lake.load(resources);
  });

  test('fail where a column has several values, and is no collection', async () => {
    await expect(rowsOf('Patient', [{ column: [column('family', 'name.family')] }])).rejects.toThrow();
    expect(await rowsOf('Patient', [{ column: [column('families', 'name.family', { collection: true })] }])).toEqual([{ families: ['A', 'B'] }, { families: [] }]);
  });
});

describe('A path', () => {
  test('compares dates as far as both are precise', async () => {
    expect(await valueOf('birthDate < @1970-06-01')).toBe(true);
    expect(await valueOf('birthDate < @1970-05-20')).toBeNull();
    expect(await valueOf('birthDate = @1970-05')).toBe(true);
    expect(await valueOf('effective.ofType(dateTime) = @2024-03-01T08:00:00Z', 'Observation', 'o')).toBe(true);
    expect(await valueOf('effective.ofType(dateTime) > @2024-03-01', 'Observation', 'o')).toBeNull();
    expect(await valueOf('effective.ofType(dateTime) > @2024-02-01', 'Observation', 'o')).toBe(true);
  });

  test('reaches extensions, also of primitives', async () => {
    expect(await valueOf("birthDate.extension('urn:time').value.ofType(dateTime)")).toBe('1970-05-01T10:00:00Z');
  });

  test('computes with texts and numbers', async () => {
    expect(await valueOf("name.first().given.first() & '-' & name.last().family")).toBe('x-B');
    expect(await valueOf("name.family.first().startsWith('A') and name.given.join(',').contains('y')")).toBe(true);
    expect(await valueOf('value.ofType(Quantity).value * 2 + 1', 'Observation', 'o')).toBe(4);
    expect(await valueOf("iif(gender = 'female', 'f', 'other')")).toBe('f');
    expect(await valueOf('(name.family | name.given).count()')).toBe(4);
    expect(await valueOf("name.all(family.exists())")).toBe(true);
  });
});

describe('A view that cannot be run', () => {
  const refusals: readonly (readonly [reason: string, view: JsonObject, element: string])[] = [
    ['is of no resource type', { resource: 'Nothing', select: [id] }, 'ViewDefinition.resource'],
    ['has a path with a function that is not offered', { resource: 'Patient', select: [{ column: [column('a', 'name.trace()')] }] }, 'ViewDefinition.select[0].column[0].path'],
    ['has a column with elements', { resource: 'Patient', select: [{ column: [column('a', 'name')] }] }, 'ViewDefinition.select[0].column[0].path'],
    ['has a column of another type', { resource: 'Patient', select: [{ column: [column('a', 'active', { type: 'integer' })] }] }, 'ViewDefinition.select[0].column[0].type'],
    ['has a choice without its type', { resource: 'Observation', select: [{ column: [column('a', 'value.value')] }] }, 'ViewDefinition.select[0].column[0].path'],
    ['has two columns of a name, whatever their case', { resource: 'Patient', select: [{ column: [column('a', 'id'), column('A', 'id')] }] }, 'ViewDefinition.select[0].column[1].name'],
    ['has a name that is none', { resource: 'Patient', select: [{ column: [column('a"b', 'id')] }] }, 'ViewDefinition.select[0].column[0].name'],
    ['iterates in two ways', { resource: 'Patient', select: [{ forEach: 'name', repeat: ['name'], ...id }] }, 'ViewDefinition.select[0].repeat'],
    ['asks for a type of SQL that is not offered', { resource: 'Patient', select: [{ column: [column('a', 'id', { tag: [{ name: 'ansi/type', value: 'BLOB' }] })] }] }, 'ViewDefinition.select[0].column[0].tag[0].value'],
    ['is of another version of FHIR', { resource: 'Patient', fhirVersion: ['5.0.0'], select: [id] }, 'ViewDefinition.fhirVersion'],
    ['has a constant of a name that is taken', { resource: 'Patient', constant: [{ name: 'rowIndex', valueInteger: 1 }], select: [id] }, 'ViewDefinition.constant[0].name'],
    ['has a constant that is not what it says', { resource: 'Patient', constant: [{ name: 'a', valueDate: 'soon' }], select: [id] }, 'ViewDefinition.constant[0].valueDate'],
    ['compares a text with a number', { resource: 'Patient', select: [id], where: [{ path: 'gender = 1' }] }, 'ViewDefinition.where[0].path'],
  ];

  test.each(refusals)('%s: the element is told', (_reason, view, element) => {
    expect(viewDefinitionIssues(view).map(({ expression }) => expression)).toEqual([element]);
  });

  test('is told apart from one that leads nowhere, which is empty', () => {
    expect(compileView({ resource: 'Patient', select: [{ column: [column('a', 'nothing')] }] }).warnings).toHaveLength(1);
  });
});

describe('A view of some patients', () => {
  test('can be of every type whose resources are of patients', () => {
    for (const resource of Object.keys(patientPaths)) {
      const { query } = narrowedView({ resource, select: [id] }, { patients: ['a', 'b'], since: 0 });
      expect(checked(query).tables).toEqual([resource.toLowerCase()]);
    }
  });

  test('holds no more than those', async () => {
    const { query } = narrowedView({ resource: 'Patient', select: [id] }, { patients: ['b'] });
    expect((await lake.ask(query, ['id'])).rows).toEqual([{ id: 'b' }]);
  });
});
