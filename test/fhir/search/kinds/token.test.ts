/** https://hl7.org/fhir/R4/search.html#token */
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../src/fhir/json.ts';
import * as token from '../../../../src/fhir/search/kinds/token.ts';
import type { TokenValue } from '../../../../src/fhir/search/values.ts';

type Reader = (values: TokenValue[], element: Json | undefined, system?: string) => void;
function values(read: Reader, element: Json, system?: string): TokenValue[] {
  const found: TokenValue[] = [];
  read(found, element, system);
  return found;
}
const finds = (query: string, [value]: TokenValue[]) => token.satisfiesToken(value!, token.parseToken(query)!);

const loinc = values(token.fromCoding, { system: 'http://loinc.org', code: 'LA6576-8', display: 'Positive' });
const bare = values(token.fromCoding, { code: 'abc' });
const gender = values(token.fromCode, 'male', 'http://hl7.org/fhir/administrative-gender');

describe('the four forms', () => {
  test('[code]: matches irrespective of the value of the system', () => {
    expect(finds('LA6576-8', loinc)).toBe(true);
    expect(finds('abc', bare)).toBe(true);
    expect(finds('other', bare)).toBe(false);
  });
  test('[system]|[code]: matches both', () => {
    expect(finds('http://loinc.org|LA6576-8', loinc)).toBe(true);
    expect(finds('http://other|LA6576-8', loinc)).toBe(false);
    expect(finds('http://loinc.org|abc', bare)).toBe(false);
  });
  test('|[code]: there is no system', () => {
    expect(finds('|abc', bare)).toBe(true);
    expect(finds('|LA6576-8', loinc)).toBe(false);
    expect(finds('|male', gender)).toBe(true);
  });
  test('[system]|: any element with that system', () => {
    expect(finds('http://loinc.org|', loinc)).toBe(true);
    expect(finds('http://loinc.org|', bare)).toBe(false);
  });
  test('the system of a code element is implied by its binding', () => {
    expect(finds('http://hl7.org/fhir/administrative-gender|male', gender)).toBe(true);
    expect(finds('http://hl7.org/fhir/administrative-gender|', gender)).toBe(true);
    expect(finds('http://other|male', gender)).toBe(false);
    expect(finds('http://other|', gender)).toBe(false);
  });
  test.each(['', '|', 'a|b|c'])('"%s" is no token', (text) => {
    expect(token.parseToken(text)).toBeUndefined();
  });
  test('an escaped bar is part of the code', () => {
    expect(token.parseToken('a\\|b')).toEqual({ kind: 'token', code: 'a|b' });
    expect(token.parseToken('s|a\\|b\\,c\\$d\\\\e')).toEqual({ kind: 'token', system: 's', code: 'a|b,c$d\\e' });
  });
});

describe('case', () => {
  test('matters where the system is known to be case-sensitive', () => {
    expect(finds('MG', values(token.fromCoding, { system: 'http://unitsofmeasure.org', code: 'mg' }))).toBe(false);
    expect(finds('Vital-Signs', values(token.fromCoding, {
      system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs',
    }))).toBe(false);
    expect(finds('Male', gender)).toBe(false);
  });
  test('matters for ids', () => {
    expect(finds('abc', values(token.fromUri, 'ABC'))).toBe(false);
  });
  test('does not matter in doubt', () => {
    expect(finds('la6576-8', loinc)).toBe(true);
    expect(finds('mr', values(token.fromCoding, { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }))).toBe(true);
    expect(finds('http://hl7.org/fhir/sid/us-npi|12a', values(token.fromIdentifier, { system: 'http://hl7.org/fhir/sid/us-npi', value: '12A' }))).toBe(true);
    expect(finds('ABC', values(token.fromString, 'abc'))).toBe(true);
  });
});

describe('what tokens are read from', () => {
  test('each coding of a concept, never its text', () => {
    const concept = { coding: [{ code: 'a' }, { system: 's', code: 'b' }, { display: 'nothing' }], text: 'a text' };
    expect(values(token.fromCodeableConcept, concept).map(({ code }) => code)).toEqual(['a', 'b']);
  });
  test('a contact point has no system', () => {
    expect(values(token.fromContactPoint, { system: 'phone', value: '555' })).toEqual([
      { kind: 'token', code: '555', systemImplied: true, caseSensitive: false },
    ]);
  });
  test('booleans', () => {
    expect(finds('true', values(token.fromBoolean, true))).toBe(true);
    expect(finds('false', values(token.fromBoolean, true))).toBe(false);
  });
  test('nothing from elements of another shape', () => {
    for (const read of [token.fromCodeableConcept, token.fromCoding, token.fromIdentifier, token.fromContactPoint, token.fromBoolean]) {
      expect(values(read, 'text')).toEqual([]);
      expect(values(read, null)).toEqual([]);
    }
    expect(values(token.fromCode, 5)).toEqual([]);
  });
});
