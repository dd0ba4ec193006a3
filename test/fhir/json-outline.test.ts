import { describe, expect, test } from '@jest/globals';
import { isNestedDeeper, outlineOf } from '../../src/fhir/json-outline.ts';

describe('the depth of a JSON text', () => {
  test.each([
    ['[]', 1], ['{"a":[{}]}', 3], ['[[],[],{}]', 2], ['["\\"[[[", []]', 2], ['["\\\\", [[]]]', 3], ['{"[{":"]}"}', 1],
  ])('of %s is %d', (text, depth) => {
    expect(isNestedDeeper(text, depth)).toBe(false);
    expect(isNestedDeeper(text, depth - 1)).toBe(true);
  });
  test('is none without objects and arrays', () => {
    expect(isNestedDeeper('1', 0)).toBe(false);
    expect(isNestedDeeper('"[[["', 0)).toBe(false);
  });
  test('of a string without an end is left to the parser', () => {
    expect(isNestedDeeper('["', 1)).toBe(false);
    expect(isNestedDeeper('["\\"', 1)).toBe(false);
  });
  test('is told before the end of a text that goes on opening', () => {
    expect(isNestedDeeper('['.repeat(100), 10)).toBe(true);
  });
});

test.each([
  ['{"a":{"b":1},"c":[{"d":"e:f"}]}', 4], ['{"a" : 1, "a":2}', 2], ['{"\\":":"}', 1], ['[":"]', 0],
])('the names of %s are %d', (text, names) => {
  expect(outlineOf(text, 9)?.names).toBe(names);
});

test.each([
  '[0,1,-1,10,1.5,-0.5,0.000001,123456789.012345,27.918709237820003,"1.0",true]', '12', '{"1.0":"1e5"}',
])('the numbers of %s are printed so', (text) => {
  expect(outlineOf(text, 9)?.keepsNumbers).toBe(true);
});

test.each([
  '[1.0]', '{"a":1.10}', '[-0]', '[0.0000001]', '[1e5]', '[2,1E-3]', '[12345678901234567890]', '[ 0.1234567890123456789 ]', '100.0', '[1,1.50,2]',
])('not all numbers of %s are printed so', (text) => {
  expect(outlineOf(text, 9)?.keepsNumbers).toBe(false);
});
