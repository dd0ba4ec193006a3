/** https://hl7.org/fhir/R4/search_filter.html: the grammar of _filter, and its operators by kind. */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { maxFilterDepth, maxFilterTests, parseFilter } from '../../../src/fhir/search/filter.ts';
import { matchesQuery } from '../../../src/fhir/search/match.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import type { Condition } from '../../../src/fhir/search/criteria.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4';
const context = { now: Date.parse('2024-06-01'), baseUrl };

function finds(filter: string, resource: Resource): boolean {
  return matchesQuery(resource, parseSearch(resource.resourceType, [['_filter', filter]], { baseUrl, searchParameters: baseParameters }), context);
}

function refusal(type: string, filter: string): string {
  try {
    parseFilter(filter, type, { baseUrl, searchParameters: baseParameters });
  } catch (error) {
    if (error instanceof FhirError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error(`${filter} was not refused.`);
}

/** A condition as text, fully parenthesised. */
function shape(condition: Condition): string {
  switch (condition.operator) {
    case 'clause': {
      const { parameter, modifier } = condition.clause;
      return modifier === undefined ? parameter.code : `${parameter.code}:${modifier}`;
    }
    case 'not':
      return `not(${shape(condition.condition)})`;
    case 'entity':
      return 'entity';
    default:
      return `(${condition.conditions.map(shape).join(` ${condition.operator} `)})`;
  }
}

describe('the grammar', () => {
  test.each([
    ['name eq a', 'name:equals'],
    ['name eq a and gender eq b', '(name:equals and gender)'],
    ['name eq a and gender eq b and active eq c', '(name:equals and gender and active)'],
    ['name eq a or gender eq b and active eq c', '((name:equals or gender) and active)'],
    ['name eq a or (gender eq b and active eq c)', '(name:equals or (gender and active))'],
    ['not (name eq a)', 'not(name:equals)'],
    ['not(name eq a or gender eq b) and active eq c', '(not((name:equals or gender)) and active)'],
    ['  ( ( name eq a ) )  ', 'name:equals'],
    ['name eq "a ) and (b"', 'name:equals'],
    ['name EQ a AND gender eq b', '(name:equals and gender)'],
    ['name eq android', 'name:equals'],
    ['name eq "and" and name co or', '(name:equals and name:contains)'],
  ])('%s', (filter, expected) => {
    expect(shape(parseFilter(filter, 'Patient', { baseUrl, searchParameters: baseParameters }))).toBe(expected);
  });
  test.each([
    ['', /search parameter is expected/], ['name', /operator/], ['name eq', /operator/], ['name eq ', /value/], ['(name eq a', /closing parenthesis/],
    ['name eq a)', /from character 10 on.*the end/], ['name eq a gender eq b', /the end/], ['name eq a and', /the end/], ['name eq a and ', /search parameter/],
    ['name eq "a', /value/], ['name eq "\\x"', /JSON string/], ['name eq "a"b', /the end/], ['not', /operator/], ['()', /search parameter/],
    ['general-practitioner.name eq a', /chained paths/], ['related[type eq a].target pr true', /chained paths/],
    ['favourite eq a', /not a search parameter of Patient/], ['_text eq a', /not a search parameter/], ['_query eq a', /not a search parameter/],
    ['name gt a', /name \(string\): offered are pr, eq, ne, co, sw, ew/], ['gender co a', /gender \(token\): offered are pr, eq, ne, ss, sb, in, ni/],
    ['general-practitioner ne a', /\(reference\): offered are pr, re, eq/], ['birthdate sw 2020', /\(date\): offered are/], ['name constructor a', /\(string\): offered/],
    ['birthdate eq ge2020', /birthdate is not a date/], ['birthdate eq a', /birthdate is not a date/], ['name pr yes', /true or false/], ['gender eq a|b|c', /gender is not/],
  ])('refuses %s', (filter, message) => {
    expect(refusal('Patient', filter)).toMatch(message);
  });
  test('is bounded in depth and tests', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}name eq a${')'.repeat(depth)}`;
    expect(shape(parseFilter(nested(maxFilterDepth), 'Patient', { baseUrl, searchParameters: baseParameters }))).toBe('name:equals');
    expect(refusal('Patient', nested(maxFilterDepth + 1))).toMatch(/parentheses/);
    expect(refusal('Patient', 'not '.repeat(maxFilterDepth + 1))).toMatch(/nots/);
    const tests = (count: number) => Array.from({ length: count }, () => 'name eq a').join(' and ');
    expect(parseFilter(tests(maxFilterTests), 'Patient', { baseUrl, searchParameters: baseParameters })).toMatchObject({ conditions: { length: maxFilterTests } });
    expect(refusal('Patient', tests(maxFilterTests + 1))).toMatch(/up to 50 tests/);
  });
  test('several filters all have to hold, and their tests count as conditions of the search', () => {
    const one: [string, string] = ['_filter', Array.from({ length: 26 }, () => 'name eq a').join(' or ')];
    expect(parseSearch('Patient', [one], { baseUrl, searchParameters: baseParameters }).conditions).toHaveLength(1);
    expect(() => parseSearch('Patient', [one, one], { baseUrl, searchParameters: baseParameters })).toThrow(/up to 50 conditions; this one has 52/);
  });
});

const patient: Resource = {
  resourceType: 'Patient',
  id: 'p1',
  active: true,
  name: [{ family: 'Chalmers', given: ['Peter James', 'José'] }],
  gender: 'male',
  birthDate: '1974-12',
  identifier: [{ system: 'urn:a', value: 'X1' }],
  generalPractitioner: [{ reference: 'Practitioner/1' }],
};
const observation: Resource = {
  resourceType: 'Observation',
  id: 'o1',
  code: { coding: [{ system: 'http://loinc.org', code: '1234-5' }], text: 'A test' },
  subject: { reference: 'Patient/p1' },
  effectivePeriod: { start: '2024-01-10', end: '2024-01-20' },
  valueQuantity: { value: 5.4, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
};

describe('operators on strings: the whole text, whatever its case and accents', () => {
  test.each([
    ['given eq "peter james"', true], ['given eq jose', true], ['given eq peter', false], ['given eq james', false],
    ['family ne smith', true], ['family ne CHALMERS', false], ['given ne jose', true],
    ['name co "halm"', true], ['name co "halx"', false], ['given co "er ja"', true],
    ['family sw chal', true], ['given sw peter', true], ['given sw james', false],
    ['family ew mers', true], ['given ew james', true], ['given ew peter', false],
    ['family pr true', true], ['family pr false', false], ['address pr false', true], ['address pr true', false],
    ['address ne somewhere', false], ['name eq "cha,l|m$"', false],
  ])('%s: %s', (filter, expected) => {
    expect(finds(filter, patient)).toBe(expected);
  });
});

describe('operators on tokens: never case-sensitive', () => {
  test.each([
    ['gender eq male', true], ['gender eq MALE', true], ['gender eq female', false], ['gender ne female', true], ['gender ne male', false],
    ['identifier eq urn:a|x1', true], ['identifier eq "urn:a|X1"', true], ['identifier eq urn:b|X1', false], ['identifier eq |X1', false],
    ['_id eq p1', true], ['_id eq P1', false], ['active eq true', true], ['deceased pr false', false], ['language ne nl', false],
  ])('%s: %s', (filter, expected) => {
    expect(finds(filter, patient)).toBe(expected);
  });
  test.each([
    ['code eq http://loinc.org|1234-5', true], ['code eq loinc|1234-5', true], ['code eq snomed|1234-5', false], ['code eq loinc|1234-6', false],
    ['code ne loinc|1234-5', false], ['code ne loinc|1234-6', true],
  ])('loinc, snomed, rxnorm and ucum are predefined: %s: %s', (filter, expected) => {
    expect(finds(filter, observation)).toBe(expected);
  });
  test('ss, sb, in and ni become :below, :above, :in and :not-in', () => {
    const filters = ['code ss snomed|1', 'code sb snomed|1', 'code in http://v', 'code ni http://v'];
    expect(filters.map((filter) => shape(parseFilter(filter, 'Observation', { baseUrl, searchParameters: baseParameters })))).toEqual(['code:below', 'code:above', 'code:in', 'code:not-in']);
    expect(parseFilter('code ss snomed|1', 'Observation', { baseUrl, searchParameters: baseParameters })).toMatchObject({ clause: { criteria: [{ system: 'http://snomed.info/sct', code: '1' }] } });
    expect(parseFilter('code in http://v|2', 'Observation', { baseUrl, searchParameters: baseParameters })).toMatchObject({ clause: { criteria: [{ kind: 'value-set', valueSet: 'http://v|2' }] } });
  });
});

describe('operators on dates', () => {
  test.each([
    ['birthdate eq 1974', true], ['birthdate eq 1974-12-25', false], ['birthdate ge 1974-12-25', true], ['birthdate lt 1974', false],
    ['birthdate ne 1974', false], ['birthdate ne 1975', true], ['birthdate sa 1974-11-30', true], ['birthdate eb 1975', true], ['birthdate ap 1974-11', true],
    ['birthdate co 1974-12-25', true], ['birthdate co 1974', false], ['birthdate po 1974', true], ['birthdate po 1974-12-31', true], ['birthdate po 1975', false],
    ['birthdate pr true', true], ['death-date pr true', false],
  ])('%s: %s', (filter, expected) => {
    expect(finds(filter, patient)).toBe(expected);
  });
  test.each([['date po 2024-01-20', true], ['date po 2024-01-21', false], ['date co 2024-01-15', true], ['date co 2024-01', false]])('on periods: %s: %s', (filter, expected) => {
    expect(finds(filter, observation)).toBe(expected);
  });
});

describe('operators on quantities, references and uris', () => {
  test.each([
    ['value-quantity gt 5.3', true], ['value-quantity gt 5.4', false], ['value-quantity le 5.4|http://unitsofmeasure.org|mg', true],
    ['value-quantity eq 5.4|ucum|mg', true], ['value-quantity eq 5.4|ucum|kg', false], ['value-quantity ne 5.4', false], ['value-quantity pr true', true],
    ['subject re Patient/p1', true], ['subject eq Patient/p1', true], [`subject re ${baseUrl}/Patient/p1`, true], ['subject re Patient/p2', false], ['subject pr false', false],
    ['_profile eq http://a', false], ['_profile pr false', true], ['_profile ne http://a', false],
  ])('%s: %s', (filter, expected) => {
    expect(finds(filter, observation)).toBe(expected);
  });
});

describe('the examples of the page', () => {
  test.each([
    ['name co "pet"', true], ['given eq "peter james" and birthdate ge 1974-10-10', true], ['given eq "peter" and birthdate ge 1974-10-10', false],
    ['given eq "peter" or birthdate ge 1974-10-10', true], ['not (gender eq male)', false], ['not (gender eq female) and active eq true', true],
    ['deceased pr true or (gender eq male and not (name co smith))', true],
  ])('%s: %s', (filter, expected) => {
    expect(finds(filter, patient)).toBe(expected);
  });
});
