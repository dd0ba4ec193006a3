/** https://hl7.org/fhir/R4/search.html#date and #prefix */
import { describe, expect, test } from '@jest/globals';
import { fromPeriod, fromTiming, parseDate, satisfiesDate } from '../../../../src/fhir/search/kinds/date.ts';
import { dateInterval } from '../../../../src/fhir/search/date-interval.ts';
import type { DateValue } from '../../../../src/fhir/search/values.ts';

const now = Date.parse('2020-01-01T00:00Z');
const date = (text: string): DateValue => ({ kind: 'date', ...dateInterval(text)! });
function period(start: string | undefined, end: string | undefined): DateValue {
  const values: DateValue[] = [];
  fromPeriod(values, { start, end });
  return values[0]!;
}
const finds = (query: string, value: DateValue) => satisfiesDate(value, parseDate(query)!, { now });
const from21January = period('2013-01-21', undefined);
const from15March = period('2013-03-15', undefined);
const until21January = period(undefined, '2013-01-21');

describe('the examples of the date table', () => {
  test.each([
    ['eq2013-01-14', date('2013-01-14T00:00'), true],
    ['eq2013-01-14', date('2013-01-14T10:00'), true],
    ['eq2013-01-14', date('2013-01-15T00:00'), false],
    ['ne2013-01-14', date('2013-01-15T00:00'), true],
    ['ne2013-01-14', date('2013-01-14T00:00'), false],
    ['ne2013-01-14', date('2013-01-14T10:00'), false],
    ['lt2013-01-14T10:00', date('2013-01-14'), true],
    ['gt2013-01-14T10:00', date('2013-01-14'), true],
    ['ge2013-03-14', from21January, true],
    ['le2013-03-14', from21January, true],
    ['sa2013-03-14', from15March, true],
    ['sa2013-03-14', from21January, false],
    ['sa2013-03-14', until21January, false],
    ['eb2013-03-14', from15March, false],
    ['eb2013-03-14', from21January, false],
    ['eb2013-03-14', until21January, true],
    ['ap2013-03-14', date('2013-03-14'), true],
    ['ap2013-03-14', date('2015-06-15'), false],
  ])('%s (%#)', (query, value, expected) => {
    expect(finds(query, value)).toBe(expected);
  });
});

describe('prefixes compare ranges', () => {
  test('without a prefix the range of the search value fully contains the range of the target value', () => {
    expect(finds('2013-01', date('2013-01-14'))).toBe(true);
    expect(finds('2013-01-14', date('2013-01'))).toBe(false);
    expect(finds('2013-01', period('2013-01-20', '2013-02-02'))).toBe(false);
  });
  test('gt: the range above the search value overlaps the target', () => {
    expect(finds('gt2013-01-14', date('2013-01-14'))).toBe(false);
    expect(finds('gt2013-01-14', date('2013-01'))).toBe(true);
    expect(finds('gt2013-01-14', until21January)).toBe(true);
  });
  test('lt: the range below the search value overlaps the target', () => {
    expect(finds('lt2013-01-14', date('2013-01-14'))).toBe(false);
    expect(finds('lt2013-01-14', date('2013-01'))).toBe(true);
    expect(finds('lt2013-01-14', from21January)).toBe(false);
  });
  test('ge and le: above or below, or contained', () => {
    expect(finds('ge2013-01-14', date('2013-01-14T23:59'))).toBe(true);
    expect(finds('ge2013-01-14', date('2013-01-13'))).toBe(false);
    expect(finds('le2013-01-14', date('2013-01-14'))).toBe(true);
    expect(finds('le2013-01-14', date('2013-01-15'))).toBe(false);
  });
  test('ge and le: the specified value is part of the ranges above and below it', () => {
    expect(finds('ge2013-01-14', period('2013-01-10', '2013-01-14'))).toBe(true);
    expect(finds('ge2013-01-15', period('2013-01-10', '2013-01-14'))).toBe(false);
    expect(finds('le2013-01-14', period('2013-01-14', '2013-01-20'))).toBe(true);
    expect(finds('le2013-01-13', period('2013-01-14', '2013-01-20'))).toBe(false);
    expect(finds('ge2013-01-31', date('2013-01')) && finds('le2013-01-01', date('2013-01'))).toBe(true);
    expect(finds('gt2013-01-14', period('2013-01-10', '2013-01-14')) || finds('lt2013-01-14', period('2013-01-14', '2013-01-20'))).toBe(false);
  });
  test('a stay that began before the range and ends inside it is found', () => {
    const stay = period('2023-12-28', '2024-01-05');
    expect(finds('ge2024-01-01', stay) && finds('le2024-12-31', stay)).toBe(true);
  });
  test('sa and eb: no overlap', () => {
    expect(finds('sa2013-01-14', date('2013-01'))).toBe(false);
    expect(finds('sa2013-01-14', date('2013-01-15'))).toBe(true);
    expect(finds('eb2013-01-14', date('2013-01-13'))).toBe(true);
    expect(finds('eb2013-01-14', date('2013-01-14'))).toBe(false);
  });
  test('ap: within a tenth of the time between the searched date and now', () => {
    expect(finds('ap2010-01-01', date('2010-12-25'))).toBe(true);
    expect(finds('ap2010-01-01', date('2009-01-10'))).toBe(true);
    expect(finds('ap2010-01-01', date('2011-02-01'))).toBe(false);
    expect(finds('ap2030-01-01', date('2029-02-01'))).toBe(true);
  });
});

describe('every prefix on periods, of which an end may be missing', () => {
  const periods = [
    period('2013-01-10', '2013-01-13'), period('2013-01-10', '2013-01-14'), period('2013-01-14', '2013-01-14'), period('2013-01-14', '2013-01-20'),
    period('2013-01-15', '2013-01-20'), period('2013-01-10', undefined), period('2013-01-15', undefined), period(undefined, '2013-01-13'),
    period(undefined, '2013-01-20'),
  ];
  test.each([
    ['eq', [false, false, true, false, false, false, false, false, false]],
    ['ne', [true, true, false, true, true, true, true, true, true]],
    ['gt', [false, false, false, true, true, true, true, false, true]],
    ['lt', [true, true, false, false, false, true, false, true, true]],
    ['ge', [false, true, true, true, true, true, true, false, true]],
    ['le', [true, true, true, true, false, true, false, true, true]],
    ['sa', [false, false, false, false, true, false, true, false, false]],
    ['eb', [true, false, false, false, false, false, false, true, false]],
  ])('%s', (prefix, expected) => {
    expect(periods.map((value) => finds(`${prefix}2013-01-14`, value))).toEqual(expected);
  });
  test('ap: what overlaps the widened range, open ends included', () => {
    // 365 days before now: 36.5 days to both sides.
    const near = [period('2018-10-01', '2018-11-20'), period('2018-10-01', '2018-11-26'), period('2019-02-06', undefined), period('2019-02-08', undefined), period(undefined, '2018-11-20')];
    expect(near.map((value) => finds('ap2019-01-01', value))).toEqual([false, true, true, false, false]);
  });
});

describe('what dates are read from', () => {
  test('a period with swapped ends is taken the right way round', () => {
    expect(period('2013-02-01', '2013-01-01')).toEqual(period('2013-01-01', '2013-02-01'));
  });
  test('a period without ends, and what is no period, has no value', () => {
    expect(period(undefined, undefined)).toBeUndefined();
    const values: DateValue[] = [];
    fromPeriod(values, '2013');
    fromTiming(values, {});
    expect(values).toEqual([]);
  });
  test('of a timing only the outer limits matter', () => {
    const values: DateValue[] = [];
    fromTiming(values, { event: ['2013-02-01', '2013-01-05', null], repeat: { boundsPeriod: { start: '2013-01-20', end: '2013-03-24' } } });
    expect(values).toEqual([period('2013-01-05', '2013-03-24')]);
  });
});
