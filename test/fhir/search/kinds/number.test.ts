/** https://hl7.org/fhir/R4/search.html#number and #prefix */
import { describe, expect, test } from '@jest/globals';
import { fromNumber, fromRange, parseNumber, satisfiesNumber } from '../../../../src/fhir/search/kinds/number.ts';
import { parseJson, type Json } from '../../../../src/fhir/json.ts';
import type { NumberValue } from '../../../../src/fhir/search/values.ts';

const finds = (query: string, low: number, high = low) => satisfiesNumber({ kind: 'number', low, high }, parseNumber(query)!);
function read(from: (values: NumberValue[], element: Json | undefined) => void, element: Json | undefined): readonly NumberValue[] {
  const values: NumberValue[] = [];
  from(values, element);
  return values;
}

describe('the precision that a number implies', () => {
  test.each([
    ['100', 99.5, 100.5],
    ['100.00', 99.995, 100.005],
    ['1.00e2', 99.5, 100.5],
    ['1.0e2', 95, 105],
    ['5.4e-1', 0.535, 0.545],
    ['5.40e-3', 0.005395, 0.005405],
    ['5.4', 5.35, 5.45],
    ['0', -0.5, 0.5],
    ['-0.1', -0.15, -0.05],
    ['+2', 1.5, 2.5],
    ['007', 6.5, 7.5],
  ])('%s is half a unit of its last digit to both sides', (text, low, high) => {
    expect(parseNumber(text)).toMatchObject({ low, high, prefix: 'eq' });
  });
  test('the number of significant digits is the number of digits specified: 1e2 has one', () => {
    expect(parseNumber('1e2')).toMatchObject({ value: 100, low: 50, high: 150 });
  });
  test('the lower limit is included, the upper is not', () => {
    expect([99.4999, 99.5, 100.4999, 100.5].map((value) => finds('100', value))).toEqual([false, true, true, false]);
    expect([5.3499, 5.35, 5.4499, 5.45].map((value) => finds('5.4', value))).toEqual([false, true, true, false]);
  });
  test('a number is equal to itself whatever its digits', () => {
    for (const text of ['5.35', '0.1', '1.005', '2.675', '4.35', '1e23', '123456789.123456789', '-7.3e-11']) {
      expect(finds(text, Number(text))).toBe(true);
      expect(finds(`ge${text}`, Number(text)) && finds(`le${text}`, Number(text))).toBe(true);
      expect(finds(`gt${text}`, Number(text)) || finds(`lt${text}`, Number(text))).toBe(false);
    }
  });
});

describe('a search on an integer', () => {
  test('is an exact match when there is no exponent', () => {
    expect([1, 2, 3].map((value) => finds('2', value))).toEqual([false, true, false]);
    expect([1, 2, 3].map((value) => finds('2.00', value))).toEqual([false, true, false]);
  });
  test('has no matches when there are non-zero digits after the decimal point', () => {
    expect([2, 3].map((value) => finds('2.5', value))).toEqual([false, false]);
  });
});

describe('prefixes on single numbers', () => {
  test.each([
    ['eq100', [false, true, true, true, false]],
    ['ne100', [true, false, false, false, true]],
    ['gt100', [false, false, false, true, true]],
    ['lt100', [true, true, false, false, false]],
    ['ge100', [false, false, true, true, true]],
    ['le100', [true, true, true, false, false]],
    ['sa100', [false, false, false, true, true]],
    ['eb100', [true, true, false, false, false]],
  ])('%s: all but eq and ne ignore the implicit precision', (query, expected) => {
    expect([99.4, 99.9, 100, 100.1, 100.5].map((value) => finds(query, value))).toEqual(expected);
  });
  test('ap: within ten percent of the stated value', () => {
    expect([89.9, 90, 100, 110, 110.1].map((value) => finds('ap100', value))).toEqual([false, true, true, true, false]);
    expect([-110.1, -110, -90, -89.9].map((value) => finds('ap-100', value))).toEqual([false, true, true, false]);
    expect([4.85, 4.86, 5.94, 5.95].map((value) => finds('ap5.4', value))).toEqual([false, true, true, false]);
  });
  test('ap: never narrower than what the digits imply', () => {
    expect([-0.5, 0, 0.4, 0.5].map((value) => finds('ap0', value))).toEqual([true, true, true, false]);
  });
});

describe('prefixes on ranges', () => {
  test('eq: the range of the search value fully contains the range of the target', () => {
    expect(finds('100', 99.5, 100.4)).toBe(true);
    expect(finds('100', 99, 100)).toBe(false);
    expect(finds('ne100', 99, 100)).toBe(true);
    expect(finds('ne100', 99.5, 100.4)).toBe(false);
  });
  test('gt and lt: the range above or below the search value overlaps the target', () => {
    expect([finds('gt5', 3, 5), finds('gt5', 3, 5.1), finds('gt5', 3, Infinity)]).toEqual([false, true, true]);
    expect([finds('lt5', 5, 7), finds('lt5', 4.9, 7), finds('lt5', -Infinity, 7)]).toEqual([false, true, true]);
  });
  test('ge and le: the specified value is part of both', () => {
    expect([finds('ge5', 3, 5), finds('ge5', 3, 4.9)]).toEqual([true, false]);
    expect([finds('le5', 5, 7), finds('le5', 5.1, 7)]).toEqual([true, false]);
  });
  test('sa and eb: the whole target lies above or below', () => {
    expect([finds('sa5', 5, 7), finds('sa5', 5.1, 7), finds('sa5', 5.1, Infinity)]).toEqual([false, true, true]);
    expect([finds('eb5', 3, 5), finds('eb5', 3, 4.9), finds('eb5', -Infinity, 4.9)]).toEqual([false, true, true]);
  });
  test('ap: the ranges overlap', () => {
    expect([finds('ap100', 110, 200), finds('ap100', 111, 200), finds('ap100', 0, 90)]).toEqual([true, false, true]);
  });
});

test.each(['', 'abc', '1,5', '1.', '.5', '0x10', '1e', '1e400', 'NaN', 'Infinity', 'gt', 'xx5', '1 ', '1'.repeat(65)])('%j is no number', (text) => {
  expect(parseNumber(text)).toBeUndefined();
});

describe('what numbers are read from', () => {
  test('decimals keep the value they are written with', () => {
    expect(read(fromNumber, parseJson('1.10'))).toEqual([{ kind: 'number', low: 1.1, high: 1.1 }]);
    expect(read(fromNumber, 7)).toEqual([{ kind: 'number', low: 7, high: 7 }]);
    expect(Object.is(read(fromNumber, parseJson('-0'))[0]!.low, 0)).toBe(true);
  });
  test('a Range is open where an end is missing', () => {
    expect(read(fromRange, { low: { value: 1 }, high: { value: 2 } })).toEqual([{ kind: 'number', low: 1, high: 2 }]);
    expect(read(fromRange, { low: { value: 1 } })).toEqual([{ kind: 'number', low: 1, high: Infinity }]);
    expect(read(fromRange, { high: { value: 2 } })).toEqual([{ kind: 'number', low: -Infinity, high: 2 }]);
    expect(read(fromRange, { low: { value: 2 }, high: { value: 1 } })).toEqual([{ kind: 'number', low: 1, high: 2 }]);
    expect(read(fromRange, { low: {} })).toEqual([]);
  });
  test('what is no number has no value', () => {
    for (const element of ['5', null, true, {}, [], parseJson('1e400')]) expect(read(fromNumber, element)).toEqual([]);
  });
});
