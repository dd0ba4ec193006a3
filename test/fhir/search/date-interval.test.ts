/** https://hl7.org/fhir/R4/datatypes.html#dateTime, https://hl7.org/fhir/R4/search.html#date */
import { describe, expect, test } from '@jest/globals';
import { dateInterval } from '../../../src/fhir/search/date-interval.ts';

const interval = (low: string, high: string) => ({ low: Date.parse(low), high: Date.parse(high) });

describe('the interval a date stands for', () => {
  test.each([
    ['2020', '2020-01-01T00:00Z', '2021-01-01T00:00Z'],
    ['2020-02', '2020-02-01T00:00Z', '2020-03-01T00:00Z'],
    ['2020-12', '2020-12-01T00:00Z', '2021-01-01T00:00Z'],
    ['2020-02-29', '2020-02-29T00:00Z', '2020-03-01T00:00Z'],
    ['2020-05-17T10:30', '2020-05-17T10:30Z', '2020-05-17T10:31Z'],
    ['2020-05-17T10:30:15Z', '2020-05-17T10:30:15Z', '2020-05-17T10:30:16Z'],
    ['2020-05-17T10:30:15.2Z', '2020-05-17T10:30:15.200Z', '2020-05-17T10:30:15.300Z'],
    ['2020-05-17T10:30:15.25Z', '2020-05-17T10:30:15.250Z', '2020-05-17T10:30:15.260Z'],
    ['2020-05-17T10:30:15.250Z', '2020-05-17T10:30:15.250Z', '2020-05-17T10:30:15.251Z'],
    ['2020-05-17T10:30:15.250999Z', '2020-05-17T10:30:15.250Z', '2020-05-17T10:30:15.251Z'],
    ['2020-05-17T10:30:15+02:00', '2020-05-17T08:30:15Z', '2020-05-17T08:30:16Z'],
    ['2020-05-17T10:30:15-05:30', '2020-05-17T16:00:15Z', '2020-05-17T16:00:16Z'],
  ])('%s is as long as its precision', (text, low, high) => {
    expect(dateInterval(text)).toEqual(interval(low, high));
  });

  test('a time without a zone is UTC', () => {
    expect(dateInterval('2020-05-17T10:30:15')).toEqual(dateInterval('2020-05-17T10:30:15Z'));
  });

  test('a leap second is the first second of the next minute', () => {
    expect(dateInterval('2016-12-31T23:59:60Z')).toEqual(interval('2017-01-01T00:00:00Z', '2017-01-01T00:00:01Z'));
  });

  test('a year of the first century is itself', () => {
    expect(dateInterval('0050')?.low).toBe(Date.parse('0050-01-01T00:00:00Z'));
  });

  test.each([
    '', '20', '0000', '2020-13', '2020-00', '2020-02-30', '2021-02-29', '1900-02-29', '2020-04-31', '2020-05-17T24:00:00Z',
    '2020-05-17T10:60:00Z', '2020-05-17T10:30:61Z', '2020-05-17T10', '2020-05-17T10:30:15+15:00', '2020-05-17T10:30:15+02:60',
    '2020-05-17T10:30:15 02:00', '2020-5-17', '2020-05-17Z', '2020-05-17T10:30:15.Z', ' 2020',
  ])('"%s" is not a date', (text) => {
    expect(dateInterval(text)).toBeUndefined();
  });
});
