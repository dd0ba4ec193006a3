import { describe, expect, test } from '@jest/globals';
import { isNestedDeeper } from '../../src/fhir/json-depth.ts';

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
