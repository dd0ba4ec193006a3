/** Values of Athena's answers, which come as texts. */
import { describe, expect, test } from '@jest/globals';
import { isNested, valueOfText } from '../../src/aws/athena-values.ts';

describe('a value of Athena', () => {
  test.each([
    ['varchar', '12', '"12"'], ['boolean', 'true', 'true'], ['boolean', 'false', 'false'], ['bigint', '9007199254740993', '9007199254740993'],
    ['decimal(10,2)', '1.10', '1.10'], ['double', '1.0E10', '10000000000'], ['double', '5.0', '5'], ['double', 'NaN', '"NaN"'], ['double', '-Infinity', '"-Infinity"'],
    ['date', '2024-03-01', '"2024-03-01"'], ['timestamp', '2024-03-01 12:00:00.000', '"2024-03-01 12:00:00.000"'],
    ['array(row(family varchar, given array(varchar)))', '[{"family":"A, given=[x]","given":["b",null]}]', '[{"family":"A, given=[x]","given":["b",null]}]'],
    ['array(decimal(4,2))', '[1.10]', '[1.10]'],
  ])('of the type %s, told as %s, is the JSON %s', (type, text, json) => {
    expect(JSON.stringify(valueOfText(type, text))).toBe(json);
  });

  test('that is not told is null', () => {
    expect(valueOfText('varchar', undefined)).toBeNull();
  });

  test('is asked for as JSON where it is an array, a map or a row', () => {
    expect(['array(varchar)', 'map(varchar, bigint)', 'row(a varchar)', 'varchar', 'json'].map(isNested)).toEqual([true, true, true, false, false]);
  });
});
