/** https://hl7.org/fhir/R4/search.html#uri */
import { describe, expect, test } from '@jest/globals';
import { fromCanonical, fromUri, parseUri, satisfiesUri } from '../../../../src/fhir/search/kinds/uri.ts';
import type { UriValue } from '../../../../src/fhir/search/values.ts';

const uri = (text: string, version?: string): UriValue => ({ kind: 'uri', uri: text, ...(version === undefined ? {} : { version }) });
const finds = (query: string, value: UriValue, modifier?: 'below' | 'above') => satisfiesUri(value, parseUri(query)!, modifier);

describe('a match is precise', () => {
  test('the entire URI must match', () => {
    expect(finds('http://acme.org/fhir/ValueSet/123', uri('http://acme.org/fhir/ValueSet/123'))).toBe(true);
    expect(finds('http://acme.org/fhir/ValueSet/12', uri('http://acme.org/fhir/ValueSet/123'))).toBe(false);
    expect(finds('urn:oid:1.2.3.4.5', uri('urn:oid:1.2.3.4.5'))).toBe(true);
  });
  test('it is case, accent and escape sensitive', () => {
    expect(finds('http://acme.org/A', uri('http://acme.org/a'))).toBe(false);
    expect(finds('http://acme.org/é', uri('http://acme.org/e'))).toBe(false);
    expect(finds('http://acme.org/%41', uri('http://acme.org/A'))).toBe(false);
  });
});

describe(':below', () => {
  test('returns any that have a URL that starts with the searched one', () => {
    expect(finds('http://acme.org/fhir/', uri('http://acme.org/fhir/ValueSet/123'), 'below')).toBe(true);
    expect(finds('http://acme.org/fhir/ValueSet/123', uri('http://acme.org/fhir/ValueSet/123'), 'below')).toBe(true);
    expect(finds('http://acme.org/fhir/ValueSet/123', uri('http://acme.org/fhir/'), 'below')).toBe(false);
  });
  test('applies to URLs and not to URNs, which match as a whole', () => {
    expect(finds('urn:oid:1.2', uri('urn:oid:1.2.3'), 'below')).toBe(false);
    expect(finds('urn:oid:1.2', uri('urn:oid:1.2'), 'below')).toBe(true);
    expect(finds('urn:oid:1.2.3', uri('urn:oid:1.2'), 'above')).toBe(false);
  });
});

test(':above is the converse', () => {
  const searched = 'http://acme.org/fhir/ValueSet/123/_history/5';
  expect(finds(searched, uri('http://acme.org/fhir/ValueSet/123'), 'above')).toBe(true);
  expect(finds(searched, uri(searched), 'above')).toBe(true);
  expect(finds(searched, uri(`${searched}/6`), 'above')).toBe(false);
});

describe('a |version in the search', () => {
  const value = uri('http://acme.org/ValueSet/1', '1.2');
  test('is a search on the version', () => {
    expect(finds('http://acme.org/ValueSet/1|1.2', value)).toBe(true);
    expect(finds('http://acme.org/ValueSet/1|1', value)).toBe(false);
    expect(finds('http://acme.org/ValueSet/1|1.2', uri('http://acme.org/ValueSet/1'))).toBe(false);
    expect(finds('http://acme.org/ValueSet/1', value)).toBe(true);
  });
  test('with :below finds the more precise versions', () => {
    expect(finds('http://acme.org/ValueSet/1|1', value, 'below')).toBe(true);
    expect(finds('http://acme.org/ValueSet/1|1', uri('http://acme.org/ValueSet/1', '10.0'), 'below')).toBe(false);
  });
});

test.each(['', '|1', 'http://a|', 'http://a|1|2'])('%j is no uri', (text) => {
  expect(parseUri(text)).toBeUndefined();
});

test('an escaped bar is part of the URI', () => {
  expect(parseUri('http://a/b\\|c')).toEqual({ kind: 'uri', uri: 'http://a/b|c' });
});

test('URIs and canonicals are read as they are written, the version of a canonical apart', () => {
  const values: UriValue[] = [];
  fromUri(values, 'http://a|b');
  fromUri(values, 'http://a', '2');
  fromCanonical(values, 'http://a|2');
  fromCanonical(values, 'http://a|');
  for (const element of ['', null, 5, {}, undefined]) fromUri(values, element);
  expect(values).toEqual([uri('http://a|b'), uri('http://a', '2'), uri('http://a', '2'), uri('http://a')]);
});
