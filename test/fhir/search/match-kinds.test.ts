/** https://hl7.org/fhir/R4/search.html: the sentences about ordered kinds, composites, positions and full text. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { matchesQuery } from '../../../src/fhir/search/match.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4';
const context = { now: Date.parse('2024-06-01'), baseUrl };

function finds(query: string, resource: Resource): boolean {
  return matchesQuery(resource, parseSearch(resource.resourceType, [...new URLSearchParams(query)], { baseUrl, searchParameters: baseParameters }), context);
}

describe('numbers', () => {
  const risk = (...probabilities: number[]): Resource =>
    ({ resourceType: 'RiskAssessment', prediction: probabilities.map((probabilityDecimal) => ({ probabilityDecimal })) });
  test.each([
    ['100', [99.5], true], ['100', [100.49], true], ['100', [100.5], false], ['100', [99.49], false],
    ['100.00', [100.004], true], ['100.00', [100.005], false], ['1e2', [95], true], ['1e2', [149.9], true], ['1e2', [150], false],
    ['lt100', [99.99], true], ['lt100', [100], false], ['le100', [100], true], ['le100', [100.01], false], ['gt100', [100.01], true],
    ['gt100', [100], false], ['ge100', [100], true], ['ge100', [99.99], false], ['ne100', [100.4], false], ['ne100', [100.5], true],
    ['sa100', [100.1], true], ['sa100', [100], false], ['eb100', [99], true], ['eb100', [100], false], ['ap100', [91], true], ['ap100', [80], false],
  ])('probability=%s, %j: %s', (value, numbers, expected) => {
    expect(finds(`probability=${value}`, risk(...numbers))).toBe(expected);
  });
  test('ne: one of several values is not equal; a resource without a value is not found', () => {
    expect(finds('probability=ne100', risk(100, 5))).toBe(true);
    expect(finds('probability=ne100', risk(100, 100.1))).toBe(false);
    expect(finds('probability=ne100', risk())).toBe(false);
  });
});

describe('quantities', () => {
  const observation = (valueQuantity: object): Resource => ({ resourceType: 'Observation', valueQuantity } as Resource);
  const ucum = 'http://unitsofmeasure.org';
  test.each([
    [`5.4|${ucum}|mg`, { value: 5.4, system: ucum, code: 'mg' }, true], [`5.4|${ucum}|mg`, { value: 5.44, system: ucum, code: 'mg' }, true],
    [`5.4|${ucum}|mg`, { value: 5.46, system: ucum, code: 'mg' }, false], [`5.4|${ucum}|mg`, { value: 5.4, unit: 'mg' }, false],
    [`5.40e-3|${ucum}|g`, { value: 5.4, system: ucum, code: 'mg' }, true], ['5.4||mg', { value: 5.4, unit: 'mg' }, true],
    ['5.4||mg', { value: 5.4, system: 'x', code: 'mg', unit: 'milli' }, true], ['5.4||mg', { value: 5.4, unit: 'kg' }, false],
    ['5.4', { value: 5.4, unit: 'anything' }, true], [`le5.4|${ucum}|mg`, { value: 5.4, system: ucum, code: 'mg' }, true],
    [`lt5.4|${ucum}|mg`, { value: 0.005, system: ucum, code: 'g' }, true], [`ap5.4|${ucum}|mg`, { value: 5, system: ucum, code: 'mg' }, true],
    [`gt5.4|${ucum}|mg`, { value: 5.4, comparator: '>', system: ucum, code: 'mg' }, true],
  ])('value-quantity=%s, %j: %s', (value, quantity, expected) => {
    expect(finds(`value-quantity=${value}`, observation(quantity))).toBe(expected);
  });
});

describe('composites: the components are those of one element', () => {
  const pressure: Resource = {
    resourceType: 'Observation',
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
    effectiveDateTime: '2024-01-01',
    component: [
      { code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: { value: 120 } },
      { code: { coding: [{ system: 'http://loinc.org', code: '8462-4' }] }, valueQuantity: { value: 55 } },
    ],
  };
  test.each([
    ['component-code-value-quantity=http://loinc.org|8480-6$lt60', false], ['component-code-value-quantity=http://loinc.org|8462-4$lt60', true],
    ['component-code-value-quantity=8480-6$120', true], ['component-code-value-quantity=8480-6$lt60,8462-4$lt60', true],
    ['combo-code-value-quantity=8462-4$55', true], ['combo-code-value-quantity=85354-9$55', false], ['code-value-quantity=85354-9$55', false],
  ])('%s: %s', (query, expected) => {
    expect(finds(query, pressure)).toBe(expected);
  });
  test('potassium above 5.4 mmol/L', () => {
    const potassium: Resource = {
      resourceType: 'Observation', code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
      valueQuantity: { value: 5.5, system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    };
    expect(finds('code-value-quantity=http://loinc.org|2823-3$gt5.4|http://unitsofmeasure.org|mmol/L', potassium)).toBe(true);
    expect(finds('code-value-quantity=http://loinc.org|2823-3$gt5.5|http://unitsofmeasure.org|mmol/L', potassium)).toBe(false);
    expect(finds('code-value-quantity=http://loinc.org|2823-4$gt5.4', potassium)).toBe(false);
  });
  test('characteristic-value=gender$mixed, and several pairs', () => {
    const group: Resource = {
      resourceType: 'Group',
      characteristic: [
        { code: { coding: [{ code: 'gender' }] }, valueCodeableConcept: { coding: [{ code: 'mixed' }] } },
        { code: { coding: [{ code: 'owner' }] }, valueCodeableConcept: { coding: [{ code: 'Eve' }] } },
      ],
    };
    expect(finds('characteristic-value=gender$mixed', group)).toBe(true);
    expect(finds('characteristic-value=gender$Eve', group)).toBe(false);
    expect(finds('characteristic-value=gender$Eve,owner$Eve', group)).toBe(true);
  });
});

describe('near', () => {
  const location: Resource = { resourceType: 'Location', position: { latitude: 42.2565, longitude: -83.69481 } };
  test.each([
    ['42.2565|-83.6948|1|km', true], ['42.3|-83.7|11.2|km', true], ['42.4|-83.7|11.2|km', false], ['42.4|-83.7|17|km', true], ['42.4|-83.7|16000|m', true],
  ])('near=%s: %s', (value, expected) => {
    expect(finds(`near=${value}`, location)).toBe(expected);
  });
  test('a place without a position is nowhere near', () => {
    expect(finds('near=42.2565|-83.6948|20000|km', { resourceType: 'Location' })).toBe(false);
  });
});

describe('full text', () => {
  const condition: Resource = {
    resourceType: 'Condition',
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Metastases in the <b>l</b>iver</div>' },
    note: [{ text: 'seen in the bone as well' }],
  };
  test('_text searches the narrative, _content the entire content', () => {
    expect(finds('_text=(bone OR liver) and metastases', condition)).toBe(true);
    expect(finds('_text=bone', condition)).toBe(false);
    expect(finds('_content=bone liver', condition)).toBe(true);
    expect(finds('_content=bone AND lung', condition)).toBe(false);
    expect(finds('_text=lung,liver', condition)).toBe(true);
    expect(finds('_text=lung', { resourceType: 'Condition' })).toBe(false);
  });
});
