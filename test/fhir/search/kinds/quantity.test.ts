/** https://hl7.org/fhir/R4/search.html#quantity and #prefix */
import { describe, expect, test } from '@jest/globals';
import { fromMoney, fromQuantity, fromRange, fromSampledData, parseQuantity, satisfiesQuantity } from '../../../../src/fhir/search/kinds/quantity.ts';
import type { Json } from '../../../../src/fhir/json.ts';
import type { QuantityValue } from '../../../../src/fhir/search/values.ts';

const ucum = 'http://unitsofmeasure.org';
type Reader = (values: QuantityValue[], element: Json | undefined) => void;
function read(from: Reader, element: Json | undefined): readonly QuantityValue[] {
  const values: QuantityValue[] = [];
  from(values, element);
  return values;
}
const quantity = (value: number, code: string, more: object = {}) => read(fromQuantity, { value, system: ucum, code, ...more })[0]!;
const finds = (query: string, value: QuantityValue) => satisfiesQuantity(value, parseQuantity(query)!);

describe('the forms of a value', () => {
  const mg = quantity(5.4, 'mg');
  test('number|system|code: the unit is of a code system', () => {
    expect(finds(`5.4|${ucum}|mg`, mg)).toBe(true);
    expect(finds(`5.4|http://snomed.info/sct|mg`, mg)).toBe(false);
    expect(finds(`5.4|http://snomed.info/sct|258684004`, read(fromQuantity, { value: 5.4, system: 'http://snomed.info/sct', code: '258684004' })[0]!)).toBe(true);
  });
  test('number||code: either the code or the stated human unit', () => {
    expect(finds('5.4||mg', mg)).toBe(true);
    expect(finds('5.4||mg', read(fromQuantity, { value: 5.4, unit: 'mg' })[0]!)).toBe(true);
    expect(finds('5.4||mg', quantity(0.0054, 'g'))).toBe(false);
    expect(finds('5.4||milligram', quantity(5.4, 'mg', { unit: 'milligram' }))).toBe(true);
  });
  test('number: irrespective of the unit', () => {
    expect(finds('5.4', mg)).toBe(true);
    expect(finds('5.4', read(fromQuantity, { value: 5.4 })[0]!)).toBe(true);
  });
  test('number|system|: any unit of the system', () => {
    expect(finds(`5.4|${ucum}|`, mg)).toBe(true);
    expect(finds(`5.4|${ucum}|`, read(fromQuantity, { value: 5.4, unit: 'mg' })[0]!)).toBe(false);
  });
  test('5.4 mg is +/- 0.05 mg', () => {
    expect([5.3499, 5.35, 5.4499, 5.45].map((value) => finds(`5.4|${ucum}|mg`, quantity(value, 'mg')))).toEqual([false, true, true, false]);
  });
  test.each(['', '|', `|${ucum}|mg`, 'mg', '5.4|a|b|c', 'lt', '5,4'])('%j is no quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('canonical units', () => {
  test('a value whose unit converts to the searched one is found', () => {
    expect(finds(`5.40e-3|${ucum}|g`, quantity(5.4, 'mg'))).toBe(true);
    expect(finds(`5.4|${ucum}|mg`, quantity(0.00535, 'g'))).toBe(true);
    expect(finds(`5.4|${ucum}|mg`, quantity(0.00545, 'g'))).toBe(false);
    expect(finds(`23|${ucum}|mm/h`, quantity(0.023, 'm/h'))).toBe(true);
  });
  test.each([
    ['eq', [false, true, true, false, false]],
    ['ne', [true, false, false, true, true]],
    ['gt', [false, false, false, true, true]],
    ['lt', [true, false, false, false, false]],
    ['ge', [false, true, true, true, true]],
    ['le', [true, true, true, false, false]],
    ['sa', [false, false, false, true, true]],
    ['eb', [true, false, false, false, false]],
    ['ap', [true, true, true, true, false]],
  ])('%s compares converted values at its boundaries', (prefix, expected) => {
    // Around 1000 mg, with the precision of 1.0 g where it counts.
    const values = [0.949, 1, 1, 1.05, 1.11].map((grams) => quantity(grams * 1e6, 'ug'));
    expect(values.map((value) => finds(`${prefix}1.0|${ucum}|g`, value))).toEqual(expected);
  });
  test('temperatures convert with their zero', () => {
    expect(finds(`37.0|${ucum}|Cel`, quantity(98.6, '[degF]'))).toBe(true);
    expect(finds(`gt100.4|${ucum}|[degF]`, quantity(38, 'Cel'))).toBe(false);
    expect(finds(`ge100.4|${ucum}|[degF]`, quantity(38, 'Cel'))).toBe(true);
    expect(finds(`lt0|${ucum}|Cel`, quantity(272, 'K'))).toBe(true);
  });
  test('arbitrary units find themselves only', () => {
    expect(finds(`5|${ucum}|[iU]`, quantity(5, '[iU]'))).toBe(true);
    expect(finds(`5|${ucum}|[iU]`, quantity(5, '[IU]'))).toBe(false);
    expect(quantity(5, '[iU]/L').canonical).toBeUndefined();
  });
  test('a value in a unit that does not convert satisfies no prefix, ne included', () => {
    for (const prefix of ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']) expect(finds(`${prefix}5|${ucum}|mg`, quantity(5, 'mL'))).toBe(false);
  });
  test('units are of UCUM by their system alone', () => {
    expect(read(fromQuantity, { value: 5, code: 'mg' })[0]!.canonical).toBeUndefined();
    expect(parseQuantity('5||mg')!.canonical).toBeUndefined();
  });
});

describe('the comparator of a value opens its range', () => {
  const query = (prefix: string, comparator: string) => finds(`${prefix}5|${ucum}|mg`, quantity(5, 'mg', { comparator }));
  test.each([
    ['<', { gt: false, ge: false, lt: true, le: true, sa: false, eb: true, eq: false, ne: true, ap: true }],
    ['<=', { gt: false, ge: true, lt: true, le: true, sa: false, eb: false, eq: false, ne: true, ap: true }],
    ['>', { gt: true, ge: true, lt: false, le: false, sa: true, eb: false, eq: false, ne: true, ap: true }],
    ['>=', { gt: true, ge: true, lt: false, le: true, sa: false, eb: false, eq: false, ne: true, ap: true }],
  ])('%s', (comparator, expected) => {
    expect(Object.fromEntries(Object.keys(expected).map((prefix) => [prefix, query(prefix, comparator)]))).toEqual(expected);
  });
  test('in base units too', () => {
    const below = quantity(5, 'mg', { comparator: '<' });
    expect(below.canonical!.high).toBeLessThan(0.005);
    expect(finds(`lt0.005|${ucum}|g`, below)).toBe(true);
    expect(finds(`ge0.005|${ucum}|g`, below)).toBe(false);
    expect(finds(`ge0.005|${ucum}|g`, quantity(5, 'mg', { comparator: '<=' }))).toBe(true);
  });
  test('one that R4 does not know is passed over', () => {
    expect(quantity(5, 'mg', { comparator: '~' })).toMatchObject({ low: 5, high: 5 });
  });
});

describe('what quantities are read from', () => {
  test('Quantity, as it is written and in base units', () => {
    expect(quantity(5.4, 'mg', { unit: 'milligram' })).toEqual({
      kind: 'quantity', low: 5.4, high: 5.4, system: ucum, code: 'mg', unit: 'milligram', canonical: { unit: 'g', low: 0.0054, high: 0.0054 },
    });
  });
  test('Money, whose currency is its unit', () => {
    const [money] = read(fromMoney, { value: 50, currency: 'USD' });
    expect(money).toEqual({ kind: 'quantity', low: 50, high: 50, system: 'urn:iso:std:iso:4217', code: 'USD' });
    expect([finds('gt49.5||USD', money!), finds('50|urn:iso:std:iso:4217|USD', money!), finds('50||EUR', money!)]).toEqual([true, true, false]);
    expect(read(fromMoney, { value: 50 })).toEqual([{ kind: 'quantity', low: 50, high: 50 }]);
  });
  test('Range, which is open where an end is missing', () => {
    const years = (value: number) => ({ value, system: ucum, code: 'a' });
    expect(read(fromRange, { low: years(40), high: years(50) })[0]).toMatchObject({ low: 40, high: 50, code: 'a', canonical: { unit: 's' } });
    expect(read(fromRange, { low: years(40) })[0]).toMatchObject({ low: 40, high: Infinity, canonical: { high: Infinity } });
    expect(read(fromRange, { high: years(50) })[0]).toMatchObject({ low: -Infinity, high: 50, code: 'a' });
    expect(read(fromRange, { low: years(50), high: years(40) })[0]).toMatchObject({ low: 40, high: 50 });
    expect(finds(`lt45|${ucum}|a`, read(fromRange, { low: years(40), high: years(50) })[0]!)).toBe(true);
    expect(finds(`sa39|${ucum}|a`, read(fromRange, { low: years(40) })[0]!)).toBe(true);
  });
  test('a Range in two units is no value', () => {
    expect(read(fromRange, { low: { value: 1, code: 'mg' }, high: { value: 1, code: 'g' } })).toEqual([]);
  });
  test('SampledData: from the lowest measurement to the highest', () => {
    const sampled = { origin: { value: 10, system: ucum, code: 'mV' }, factor: 2, lowerLimit: -3, upperLimit: 5, data: '1 E  -2 4' };
    expect(read(fromSampledData, sampled)[0]).toMatchObject({ low: 6, high: 18, code: 'mV' });
    expect(read(fromSampledData, { ...sampled, data: '1 U' })[0]).toMatchObject({ low: 12, high: Infinity });
    expect(read(fromSampledData, { ...sampled, data: 'L' })[0]).toMatchObject({ low: -Infinity, high: 4 });
    expect(read(fromSampledData, { ...sampled, data: 'E E' })).toEqual([]);
    expect(read(fromSampledData, { ...sampled, data: undefined })).toEqual([]);
  });
  test('what has no number has no value', () => {
    for (const element of [null, 5, 'x', [], {}, { value: '5' }, { unit: 'mg' }]) {
      for (const from of [fromQuantity, fromMoney, fromRange, fromSampledData]) expect(read(from, element)).toEqual([]);
    }
  });
});
