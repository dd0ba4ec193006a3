/** https://hl7.org/fhir/R4/search.html#reference */
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../src/fhir/json.ts';
import * as reference from '../../../../src/fhir/search/kinds/reference.ts';
import type { ReferenceValue } from '../../../../src/fhir/search/values.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4/';
function from(element: Json, target?: string): ReferenceValue[] {
  const found: ReferenceValue[] = [];
  reference.fromReference(found, element, target);
  return found;
}
function canonical(element: Json): ReferenceValue[] {
  const found: ReferenceValue[] = [];
  reference.fromCanonical(found, element);
  return found;
}
const to = (text: string) => from({ reference: text });
const finds = (query: string, [value]: ReferenceValue[]) =>
  reference.satisfiesReference(value!, reference.parseReference(query, baseUrl)!, { baseUrl });

describe('the forms of a criterion', () => {
  test('[id]: the logical id of a resource using a local reference', () => {
    expect(finds('23', to('Patient/23'))).toBe(true);
    expect(finds('23', to('Group/23'))).toBe(true);
    expect(finds('23', to('http://other.org/fhir/Patient/23'))).toBe(false);
    expect(finds('2', to('Patient/23'))).toBe(false);
  });
  test('[type]/[id]: of a specified type', () => {
    expect(finds('Patient/23', to('Patient/23'))).toBe(true);
    expect(finds('Patient/23', to('Group/23'))).toBe(false);
  });
  test('[url]: an absolute reference', () => {
    expect(finds('http://other.org/fhir/Patient/23', to('http://other.org/fhir/Patient/23'))).toBe(true);
    expect(finds('http://other.org/fhir/Patient/23', to('Patient/23'))).toBe(false);
    expect(finds('urn:uuid:c757873d-ec9a-4326-a141-556f43239520', to('urn:uuid:c757873d-ec9a-4326-a141-556f43239520'))).toBe(true);
  });
  test('an absolute URL of this server and a relative reference are the same', () => {
    expect(finds(`${baseUrl}Patient/23`, to('Patient/23'))).toBe(true);
    expect(finds('Patient/23', to(`${baseUrl}Patient/23`))).toBe(true);
    expect(finds('23', to(`${baseUrl}Patient/23`))).toBe(true);
  });
  test('a version narrows the criterion, and none finds all versions', () => {
    expect(finds('Patient/23', to('Patient/23/_history/4'))).toBe(true);
    expect(finds('Patient/23/_history/4', to('Patient/23/_history/4'))).toBe(true);
    expect(finds('Patient/23/_history/5', to('Patient/23/_history/4'))).toBe(false);
    expect(finds('Patient/23/_history/5', to('Patient/23'))).toBe(false);
  });
  test('canonical URLs, with or without |version', () => {
    const value = canonical('http://example.org/Questionnaire/phq9|2.0');
    expect(finds('http://example.org/Questionnaire/phq9', value)).toBe(true);
    expect(finds('http://example.org/Questionnaire/phq9|2.0', value)).toBe(true);
    expect(finds('http://example.org/Questionnaire/phq9|2.1', value)).toBe(false);
    expect(finds('urn:oid:1.2.3|1', canonical('urn:oid:1.2.3|1'))).toBe(true);
  });
  test('a canonical that is a bare name', () => {
    expect(finds('phq9', canonical('phq9'))).toBe(true);
    expect(finds('Questionnaire/phq9', canonical('phq9'))).toBe(false);
  });
  test.each(['', 'a b', 'Patient/', 'Patient?identifier=1', '23|', '23|4', 'http://x/y|1|2'])('"%s" is no reference', (text) => {
    expect(reference.parseReference(text, baseUrl)).toBeUndefined();
  });
});

describe('what references are read from', () => {
  test('a reference into the same resource is left out', () => {
    expect(to('#p1')).toEqual([]);
    expect(from({ display: 'somebody' })).toEqual([]);
  });
  test('a logical reference keeps its identifier and type', () => {
    expect(from({ type: 'Patient', identifier: { system: 's', value: 'v' } })).toEqual([
      { kind: 'reference', url: '', type: 'Patient', identifier: { system: 's', value: 'v' } },
    ]);
  });
  test('the parts of an absolute, versioned reference', () => {
    expect(to('https://a.org/fhir/Patient/1/_history/2')).toEqual([
      { kind: 'reference', url: 'https://a.org/fhir/Patient/1', type: 'Patient', id: '1', base: 'https://a.org/fhir', version: '2' },
    ]);
  });
  test('where(resolve() is Patient) keeps references to patients only', () => {
    expect(from({ reference: 'Patient/1' }, 'Patient')).toHaveLength(1);
    expect(from({ reference: 'Group/1' }, 'Patient')).toEqual([]);
    expect(from({ reference: 'urn:uuid:1', type: 'Patient' }, 'Patient')).toHaveLength(1);
    expect(from({ reference: 'urn:uuid:1' }, 'Patient')).toEqual([]);
  });
  test('a value that satisfies a criterion has its key', () => {
    for (const [query, value] of [['23', to('Patient/23')], [`${baseUrl}Patient/23`, to('Patient/23')], ['urn:oid:1.2', canonical('urn:oid:1.2|3')]] as const) {
      expect(finds(query, value)).toBe(true);
      expect(reference.referenceKey(value[0]!)).toBe(reference.referenceKey(reference.parseReference(query, baseUrl)!));
    }
    expect(reference.referenceKey({ url: '' })).toBeUndefined();
  });
});
