/** Regular expressions of filters (https://hl7.org/fhir/R4/codesystem-filter-operator.html). */
import { describe, expect, test } from '@jest/globals';
import { codePattern, maxPatternLength } from '../../../src/fhir/terminology/code-pattern.ts';
import { effort } from '../../../src/fhir/terminology/effort.ts';

const texts = ['', 'a', 'b', 'ab', 'aab', 'abc', 'abab', 'ba', 'AB', 'A1', '123', 'a-b', 'a.b', 'a b', '12', '1', ']', '\\', '-', 'é', 'aaaa', '$'];

describe('a pattern', () => {
  test.each([
    'a', 'ab', 'a|b', 'a|', '(a|b)*', '(ab)+', 'a?b', '[ab]+', '[^ab]+', '[a-c]{2}', '[a-c]{2,}', 'a{0,2}b', '(?:ab){1,2}', '\\d+', '[A-Z]{2}', '[A-Z]\\d',
    '.*', '.b', 'a\\.b', 'a.b', '\\w+', '\\W', '[\\d-]+', '[\\]]', '\\\\', '^a$', '(a*)*b', '(a|aa)+', '[-a]b?', '[a-]', 'a+?b', '((a))', '[^\\d]', '\\$', '\\s', 'a\\sb', '', '()',
  ])('matches the whole text as JavaScript does: %s', (pattern) => {
    const matches = codePattern(pattern)!;
    const expected = new RegExp(`^(?:${pattern})$`);
    expect(texts.filter(matches)).toEqual(texts.filter((text) => expected.test(text)));
  });

  test.each(['(?=a)', '(?<n>a)', '(a)\\1', '\\bword', '(', ')', 'a)', '[a', '[b-a]', '*', 'a**', 'a{3,1}', '\\', 'a^b', '\\p{L}', '(a{999}){9}'])(
    'that is broken, too large or asks what is not offered is none: %s', (pattern) => expect(codePattern(pattern)).toBeUndefined(),
  );

  test('takes a step a character, where others try every way', () => {
    const matches = codePattern('(a|a|a?)*b')!;
    expect([matches('a'.repeat(10_000)), matches(`${'a'.repeat(10_000)}b`)]).toEqual([false, true]);
  });

  test('is not read when it is longer than patterns are, since each member of a class costs as much as a position', () => {
    expect(codePattern(`[${'b'.repeat(maxPatternLength)}]*`)).toBeUndefined();
  });

  test.each([
    ['a text that is long', '(a|aa|aaa)*', 100_000], ['a class of many members', `[${'b'.repeat(900)}a]*`, 2000], ['a class that is repeated', `[${'b'.repeat(900)}]{400}`, 1],
  ])('stops when it takes too many steps: %s', (_what, pattern, length) => {
    const asked = () => codePattern(pattern, effort(300_000))!('a'.repeat(length));
    expect(asked).toThrow(expect.objectContaining({ status: 403 }));
  });
});
