import { describe, expect, test } from '@jest/globals';
import { resourceTypes } from '../../../src/fhir/definitions/resource-types.ts';
import type { LakeField, LakeType } from '../../../src/fhir/lake/lake-table.ts';
import { lakeTable, recursionBound } from '../../../src/fhir/lake/lake-tables.ts';
import { athenaType, duckDbType, glueType } from '../../../src/fhir/lake/type-names.ts';

/** https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html: the length of a column's type. */
const glueTypeLimit = 131_072;

/** Field by field: an array is entered by its elements. */
function at(type: string, path: string): LakeField | undefined {
  let fields: readonly LakeField[] = lakeTable(type).columns;
  let found: LakeField | undefined;
  for (const name of path.split('.')) {
    found = fields.find((field) => field.name === name);
    fields = found === undefined ? [] : fieldsOf(found.type);
  }
  return found;
}

function fieldsOf(type: LakeType): readonly LakeField[] {
  if (type.kind === 'array') return fieldsOf(type.element);
  return type.kind === 'row' ? type.fields : [];
}

function typeAt(type: string, path: string): string | undefined {
  const found = at(type, path);
  return found && athenaType(found.type);
}

describe('a table of the lake', () => {
  test('is there for every resource type of R4, each field once in its row', () => {
    const twice = (fields: readonly LakeField[]): string[] => [
      ...fields.map(({ name }) => name).filter((name, index, all) => name !== name.toLowerCase() || all.indexOf(name) !== index),
      ...fields.flatMap(({ type }) => twice(fieldsOf(type))),
    ];
    for (const type of resourceTypes) expect(twice(lakeTable(type).columns)).toEqual([]);
  });

  test('has columns whose types Glue takes', () => {
    const lengths = resourceTypes.flatMap((type) => lakeTable(type).columns.map((column) => glueType(column.type).length));
    expect(Math.max(...lengths)).toBeLessThan(glueTypeLimit);
  });

  test('has the columns that HealthLake\'s sample queries name', () => {
    const patient = ['id', 'name.family', 'name.given', 'birthdate', 'gender', 'extension', 'maritalstatus.coding.display', 'maritalstatus.text',
      'address.line', 'address.extension', 'address.postalcode', 'telecom.value', 'deceasedboolean', 'deceaseddatetime', 'meta.tag.display'];
    expect(patient.filter((path) => at('Patient', path) === undefined)).toEqual([]);
    expect(typeAt('Patient', 'extension')).toBe('array(varchar)');
    expect(typeAt('Patient', 'birthdate')).toBe('varchar');
    expect(typeAt('Patient', 'name.given')).toBe('array(varchar)');
    expect(typeAt('Observation', 'valuequantity.value')).toBe('double');
    expect(typeAt('Observation', 'effectivedatetime')).toBe('varchar');
    expect(typeAt('Condition', 'modifierextension')).toBe('array(varchar)');
    expect(typeAt('Condition', 'subject.reference')).toBe('varchar');
    expect(typeAt('Condition', 'onsetdatetime')).toBe('varchar');
    expect(typeAt('MedicationRequest', 'medicationcodeableconcept.text')).toBe('varchar');
  });

  test('has companions beside dates, decimals, references and primitives', () => {
    expect(typeAt('Patient', 'birthdate_date')).toBe('date');
    expect(typeAt('Patient', '_birthdate')).toBe('varchar');
    expect(typeAt('Patient', 'name._given')).toBe('array(varchar)');
    expect(typeAt('Patient', 'meta.lastupdated_timestamp')).toBe('timestamp(3)');
    expect(typeAt('Observation', 'valuequantity.value_literal')).toBe('varchar');
    expect(typeAt('Observation', 'subject.reference_type')).toBe('varchar');
    expect(typeAt('Observation', 'subject.reference_id')).toBe('varchar');
    expect(typeAt('ServiceRequest', 'occurrencetiming.event_timestamp')).toBe('array(timestamp(3))');
  });

  test('ends with what no definition knows and with the version', () => {
    const names = lakeTable('Patient').columns.slice(-6).map(({ name, type }) => `${name} ${glueType(type)}`);
    expect(names).toEqual(['unknown_elements string', 'resource_version bigint', 'valid_from timestamp', 'valid_to timestamp', 'resource_deleted boolean', 'layer string']);
  });

  test('types what contains itself to a bound, and holds JSON text below it', () => {
    const items = (levels: number) => Array<string>(levels).fill('item').join('.');
    expect(at('Questionnaire', items(recursionBound))).toMatchObject({ role: 'value' });
    expect(at('Questionnaire', items(recursionBound + 1))).toMatchObject({ role: 'json' });
    expect(typeAt('Questionnaire', items(recursionBound + 1))).toBe('array(varchar)');
    expect(typeAt('Patient', 'identifier.assigner.reference')).toBe('varchar');
    expect(at('Patient', 'identifier.assigner.identifier')).toMatchObject({ role: 'json' });
    expect(at('Patient', 'contained')).toMatchObject({ role: 'json', fhirType: 'Resource' });
    expect(at('StructureDefinition', 'snapshot.element.fixedquantity')).toMatchObject({ role: 'json' });
    expect(at('StructureDefinition', 'snapshot.element.fixedstring')).toMatchObject({ role: 'value' });
  });

  test('has a column for each configured extension of its type', () => {
    const extensionColumns = [
      { name: 'birthsex', type: 'Patient', url: 'http://example.org/birthsex' },
      { name: 'other', type: 'Condition', url: 'http://example.org/other' },
    ];
    const added = lakeTable('Patient', { extensionColumns }).columns.filter(({ role }) => role === 'extension-value');
    expect(added).toMatchObject([{ name: 'extension_birthsex', url: 'http://example.org/birthsex' }]);
    expect(lakeTable('Patient').columns.filter(({ role }) => role === 'extension-value').map(({ name }) => name))
      .toEqual(['extension_us_core_race', 'extension_us_core_ethnicity', 'extension_us_core_birthsex']);
    expect(lakeTable('Observation').columns.some(({ role }) => role === 'extension-value')).toBe(false);
    expect(() => lakeTable('Patient', { extensionColumns: [{ name: 'a"b', type: 'Patient', url: 'u' }] })).toThrow(RangeError);
  });

  test('is of a resource type', () => {
    expect(() => lakeTable('HumanName')).toThrow(RangeError);
  });

  test('is named in each engine\'s types', () => {
    const name = at('Communication', 'note')!;
    expect(glueType(name.type)).toMatch(/^array<struct<id:string,extension:array<string>,authorreference:struct<id:string,/);
    expect(duckDbType(name.type)).toMatch(/^STRUCT\("id" VARCHAR, "extension" VARCHAR\[\], "authorreference" STRUCT\(.*\)\[\]$/);
  });
});
