/** https://hl7.org/fhir/R4/search.html#sort */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import { compareSortValues, maxSortValueLength, sortValue } from '../../../src/fhir/search/sort-values.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4';
const context = { now: 0, baseUrl, lastUpdated: 77 };
const keysOf = (type: string, sort: string) => parseSearch(type, [['_sort', sort]], { baseUrl, searchParameters: baseParameters }).sort;
const valueOf = (resource: Resource, sort: string) => sortValue(resource, keysOf(resource.resourceType, sort)[0]!, context);

const patient: Resource = {
  resourceType: 'Patient', id: 'P1', birthDate: '1974-12-25', gender: 'male',
  name: [{ family: 'Östlund', given: ['Zoë', 'adam'] }],
  identifier: [{ value: 'b2' }, { value: 'A1' }],
  generalPractitioner: [{ reference: 'Practitioner/2' }, { reference: 'Practitioner/1' }, { identifier: { value: 'x' } }],
};

describe('of several values, the one that comes earliest in the sort order', () => {
  test.each([
    ['given', 'adam'], ['-given', 'zoe'], ['family', 'ostlund'], ['identifier', 'a1'], ['-identifier', 'b2'], ['gender', 'male'], ['_id', 'p1'],
    ['general-practitioner', 'Practitioner/1'], ['-general-practitioner', 'x'], ['birthdate', Date.parse('1974-12-25')], ['_lastUpdated', 77],
    ['address', undefined], ['-death-date', undefined],
  ])('%s', (sort, expected) => {
    expect(valueOf(patient, sort)).toBe(expected);
  });
  test('dates stand under the start of their span in both directions', () => {
    const encounter: Resource = { resourceType: 'Encounter', period: { start: '2024-01-10', end: '2024-02-01' } };
    expect(valueOf(encounter, 'date')).toBe(Date.parse('2024-01-10'));
    expect(valueOf(encounter, '-date')).toBe(Date.parse('2024-01-10'));
    expect(valueOf({ resourceType: 'Encounter', period: { end: '2024-02-01' } }, '-date')).toBe(-Infinity);
  });
  test('a concept without codes is sorted by its text', () => {
    expect(valueOf({ resourceType: 'Condition', code: { text: 'Broken Leg' } }, 'code')).toBe('broken leg');
    expect(valueOf({ resourceType: 'Condition', code: { coding: [{ code: 'S82' }], text: 'Broken Leg' } }, 'code')).toBe('s82');
  });
  test('numbers, quantities and uris; long values are cut', () => {
    expect(valueOf({ resourceType: 'RiskAssessment', prediction: [{ probabilityDecimal: 0.5 }, { probabilityDecimal: 0.2 }] }, '-probability')).toBe(0.5);
    expect(valueOf({ resourceType: 'Observation', valueQuantity: { value: 5.4 } }, 'value-quantity')).toBe(5.4);
    expect(valueOf({ resourceType: 'ValueSet', url: 'http://A.org/b' }, 'url')).toBe('http://A.org/b');
    expect(valueOf({ resourceType: 'ValueSet', title: 'a'.repeat(1000) }, 'title')).toHaveLength(maxSortValueLength);
  });
});

describe('rules in priority order', () => {
  const keys = keysOf('Patient', 'family,-birthdate');
  const sorted = (rows: (readonly [string | undefined, number | undefined])[]) => [...rows].sort((one, other) => compareSortValues(keys, one, other));
  test('the later ones decide between equals, and what has no value follows in both directions', () => {
    expect(sorted([['b', 1], ['a', undefined], [undefined, 3], ['a', 1], ['a', 2], [undefined, 4]])).toEqual([
      ['a', 2], ['a', 1], ['a', undefined], ['b', 1], [undefined, 4], [undefined, 3],
    ]);
    expect(compareSortValues(keys, ['a', 1], ['a', 1])).toBe(0);
  });
});
