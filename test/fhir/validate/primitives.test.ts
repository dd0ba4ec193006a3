import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import { maxStringLength, primitiveCheck } from '../../../src/fhir/validate/primitives.ts';

const raw = (text: string) => parseJson(text);

/** Some values of each type, and some that only resemble it. */
const cases: [type: string, valid: Json[], invalid: Json[]][] = [
  ['boolean', [true, false], ['true', 1, null]],
  [
    'integer',
    [0, -5, 2_147_483_647, -2_147_483_648],
    [1.5, 2_147_483_648, -2_147_483_649, '1', raw('1.0'), raw('1e2'), raw('-0'), null],
  ],
  ['unsignedInt', [0, 2_147_483_647], [-1, 0.5]],
  ['positiveInt', [1], [0, -1]],
  ['decimal', [0, -1.5, raw('1.10'), raw('1e-22'), raw('-0.0'), raw('3.14159265358979323846')], ['1', true, raw('1e400'), null]],
  ['string', ['a', ' ', 'a\r\n\tb', '\u007f', '🩺'], ['', 1, null, {}, 'a\u0000', '\u001f', 'a\ud83eb', '\udc00']],
  ['markdown', ['# a\n'], ['', '\u0008']],
  ['code', ['a', 'a b', '<=', 'a\u00a0'], ['', ' a', 'a ', 'a  b', '\t', 1, 'a\u0001']],
  ['id', ['a', '1-2.B', 'a'.repeat(64)], ['', 'a_b', 'a b', 'a/b', 'a'.repeat(65), 1]],
  ['uri', ['http://a/b?c#d', 'urn:a', 'relative'], ['', 'a b', ' a', 'a\n', 1, 'urn:a\u0000']],
  ['url', ['http://a'], ['http://a b']],
  ['canonical', ['http://a|1'], ['http://a |1']],
  ['oid', ['urn:oid:1.2.840', 'urn:oid:2.0'], ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02', 'urn:oid:1', 'urn:oid:1.2.']],
  [
    'uuid',
    ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
    ['c757873d-ec9a-4326-a141-556f43239520', 'urn:uuid:C757873D-EC9A-4326-A141-556F43239520', 'urn:uuid:1'],
  ],
  ['base64Binary', ['QUJD', 'QUI=', 'QQ==', 'QUJD\r\n QUJD'], ['', 'QUJ', 'QU=D', 'QUJD=', 'Q===', '====', 'QU_D', 1]],
  [
    'date',
    ['2020', '2020-02', '2020-02-29', '2000-02-29', '1900-01-31'],
    [
      '0000',
      '20',
      '2020-13',
      '2020-00',
      '2021-02-29',
      '1900-02-29',
      '2020-04-31',
      '2020-1-1',
      '2020-01-32',
      '2020-01-01T00:00:00Z',
      '',
    ],
  ],
  [
    'dateTime',
    ['2020', '2020-02', '2020-02-29', '2020-02-29T23:59:60Z', '2020-01-01T00:00:00.123456789+14:00', '2020-01-01T00:00:00-00:00'],
    [
      '2020-01-01T00:00Z',
      '2020-01-01T00:00:00',
      '2020-01-01T24:00:00Z',
      '2020-01-01 00:00:00Z',
      '2021-02-29T00:00:00Z',
      '2020-01-01T00:00:00+14:01',
      '2020-01T00:00:00Z',
      '2020-01-01T00:00:00.Z',
    ],
  ],
  [
    'instant',
    ['2020-01-01T00:00:00Z', '2020-06-30T12:00:00.5-05:00'],
    ['2020-01-01', '2020', '2020-06-31T12:00:00Z', '2020-01-01T00:00:00'],
  ],
  ['time', ['00:00:00', '23:59:60.5'], ['24:00:00', '12:00', '12:00:00Z', '1:00:00']],
];

describe.each(cases)('The type %s', (type, valid, invalid) => {
  const check = primitiveCheck(type);

  test('has its values', () => {
    for (const value of valid) expect([value, check(value)]).toEqual([value, undefined]);
  });

  test('has no other values', () => {
    for (const value of invalid) expect([value, check(value)]).not.toEqual([value, undefined]);
  });
});

describe('A string', () => {
  test('is not longer than 1 MB', () => {
    const check = primitiveCheck('string');
    expect(check('a'.repeat(maxStringLength))).toBeUndefined();
    expect(check('a'.repeat(maxStringLength + 1))).toBeDefined();
  });

  test('of base64 may be longer, to hold documents', () => {
    expect(primitiveCheck('base64Binary')('QUJD'.repeat(maxStringLength))).toBeUndefined();
  });
});

test('A type that R4 does not have cannot be checked', () => {
  for (const type of ['integer64', 'Quantity', 'constructor']) expect(() => primitiveCheck(type)).toThrow('not a primitive type');
});
