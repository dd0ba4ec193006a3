import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../src/fhir/outcome.ts';
import { negotiate, requireForm, requireJson } from '../../src/operations/negotiate.ts';

const fhir = 'application/fhir+json; charset=utf-8';
const plain = 'application/json; charset=utf-8';

function statusOf(attempt: () => unknown): number {
  try {
    attempt();
  } catch (error) {
    if (error instanceof FhirError) return error.status;
    throw error;
  }
  return 200;
}

function contentType(accept: string | undefined, query = ''): string {
  return negotiate({ query, headers: accept === undefined ? {} : { accept } }).contentType;
}

describe('the format of the answer', () => {
  test.each([
    [undefined, fhir],
    ['*/*', fhir],
    ['application/*', fhir],
    ['application/fhir+json', fhir],
    ['Application/FHIR+JSON', fhir],
    ['application/json', plain],
    ['application/fhir+json; fhirVersion=4.0', fhir],
    ['application/fhir+json;charset=UTF-8', fhir],
    ['application/fhir+xml, application/fhir+json;q=0.5', fhir],
    ['application/json;q=0.5, application/fhir+json;q=0.9', fhir],
    ['application/json, application/fhir+json', plain],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', fhir],
  ])('Accept %s gets %s', (accept, expected) => {
    expect(contentType(accept)).toBe(expected);
  });

  test.each(['application/fhir+xml', 'text/html', 'application/fhir+json;fhirVersion=3.0', 'application/json;q=0', 'nonsense'])(
    'Accept %s is 406',
    (accept) => {
      expect(statusOf(() => contentType(accept))).toBe(406);
    },
  );

  test.each([
    ['json', fhir],
    ['application/json', plain],
    ['application/fhir%2Bjson', fhir],
    ['application/fhir+json', fhir],
  ])('_format=%s overrides Accept', (format, expected) => {
    expect(contentType('application/fhir+xml', `_format=${format}`)).toBe(expected);
  });

  test.each(['xml', 'text/html', '*/*', 'ttl'])('_format=%s is 406', (format) => {
    expect(statusOf(() => contentType('application/json', `_format=${format}`))).toBe(406);
  });

  test('_format and _pretty without a value are ignored, as empty parameters are', () => {
    expect(contentType('application/json', '_format=&_pretty')).toBe(plain);
  });

  test('_format of a posted form counts like that of the URL', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(statusOf(() => negotiate({ query: '', headers, body: 'name=x&_format=xml' }))).toBe(406);
    expect(negotiate({ query: '', headers, body: '_pretty=true' }).pretty).toBe(true);
  });

  test('_pretty is true or false', () => {
    expect(negotiate({ query: '_pretty=true', headers: {} }).pretty).toBe(true);
    expect(negotiate({ query: '_pretty=false', headers: {} }).pretty).toBe(false);
    expect(statusOf(() => negotiate({ query: '_pretty=1', headers: {} }))).toBe(400);
    expect(statusOf(() => negotiate({ query: '_pretty=true&_pretty=true', headers: {} }))).toBe(400);
  });
});

describe('the format of the request', () => {
  test.each([
    'application/fhir+json',
    'application/json',
    'application/fhir+json; charset=utf-8',
    'application/fhir+json; charset="UTF-8"; fhirVersion=4.0',
    'Application/JSON',
  ])('%s is read', (declared) => {
    expect(statusOf(() => requireJson({ 'content-type': declared }))).toBe(200);
  });

  test.each([
    [undefined],
    ['text/plain'],
    ['application/fhir+xml'],
    ['application/json-patch+json'],
    ['application/fhir+json; charset=iso-8859-1'],
    ['application/fhir+json; fhirVersion=5.0'],
  ])('%s is 415', (declared) => {
    expect(statusOf(() => requireJson(declared === undefined ? {} : { 'content-type': declared }))).toBe(415);
  });

  test('a posted search is a form', () => {
    expect(statusOf(() => requireForm({ 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }))).toBe(200);
    expect(statusOf(() => requireForm({ 'content-type': 'application/json' }))).toBe(415);
  });
});
