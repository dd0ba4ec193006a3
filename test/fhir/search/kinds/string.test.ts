/** https://hl7.org/fhir/R4/search.html#string */
import { describe, expect, test } from '@jest/globals';
import * as string from '../../../../src/fhir/search/kinds/string.ts';
import * as normalized from '../../../../src/fhir/search/normalized-text.ts';
import type { StringValue } from '../../../../src/fhir/search/values.ts';

const finds = (query: string, text: string) => string.satisfiesString({ kind: 'string', text }, string.parseString(query)!);

describe('a field matches if it equals or starts with the value', () => {
  test('given=eve finds Eve and Evelyn, not Severine', () => {
    expect(finds('eve', 'Eve')).toBe(true);
    expect(finds('eve', 'Evelyn')).toBe(true);
    expect(finds('eve', 'Severine')).toBe(false);
  });
  test('any word of the field may begin the match, which may go on over words', () => {
    expect(finds('jones', 'Mary Smith-Jones')).toBe(true);
    expect(finds('smith jo', 'Mary Smith-Jones')).toBe(true);
    expect(finds('mary jones', 'Mary Smith-Jones')).toBe(false);
  });
  test.each([
    ['CARREÑO', 'carreno'], ['Müller', 'MULLER'], ['Łukasz', 'lukasz'], ['Straße', 'STRASSE'], ["O'Brien", 'obrien'],
    ['O’Brien', "o'brien"], ['  Van\tder   Berg ', 'van der berg'], ['ｆｕｌｌ', 'full'], ['ΟΔΥΣΣΕΥΣ', 'οδυσσεύς'], ['Ærø', 'aero'],
    ['Иванов', 'ИВАНОВ'], ['김민수', '김민'], ['山田 太郎', '太郎'], ['مُحَمَّد', 'محمد'], ['שָׁלוֹם', 'שלום'], ['हिन्दी', 'हिन्दी'],
  ])('case, accents, punctuation and spaces do not count: %s', (text, query) => {
    expect(finds(query, text)).toBe(true);
  });
  test('voiced and unvoiced kana, and vowel signs, do count', () => {
    expect(finds('か', 'が')).toBe(false);
    expect(finds('हो', 'हि')).toBe(false);
  });
  test('a value without letters and digits would find everything', () => {
    expect(string.parseString('...')).toBeUndefined();
  });
});

describe('word starts for the index', () => {
  test('one per word, on to the end of the text', () => {
    expect(normalized.wordStarts('Mary Smith-Jones')).toEqual(['mary smith jones', 'smith jones', 'jones']);
  });
  test('are bounded in length and number', () => {
    const starts = normalized.wordStarts(Array.from({ length: 500 }, (_, index) => `word${index}`).join(' '));
    expect(starts).toHaveLength(normalized.maxWordStarts);
    expect(Math.max(...starts.map(({ length }) => length))).toBe(normalized.maxWordStartLength);
  });
  test('a word behind the bound is not found, in the index or by matching', () => {
    const text = Array.from({ length: 101 }, (_, index) => `w${index}`).join(' ');
    expect(finds('w99', text)).toBe(true);
    expect(finds('w100', text)).toBe(false);
  });
  test('a text satisfies a long criterion only if a word start begins with its cut form', () => {
    const text = `intro ${'long '.repeat(30)}end`;
    const query = 'long '.repeat(20);
    expect(finds(query, text)).toBe(true);
    const cut = normalized.normalizeString(query).slice(0, normalized.maxWordStartLength);
    expect(normalized.wordStarts(text).some((start) => start.startsWith(cut))).toBe(true);
  });
});

test(`marks beyond ${normalized.maxMarks} on a letter, which would take normalisation minutes to sort, do not count`, () => {
  const marks = '\u0f71\u0f72'.repeat(500_000);
  expect(normalized.normalizeString(`ཀ${marks}`)).toBe(normalized.normalizeString(`ཀ${marks.slice(0, normalized.maxMarks)}`));
});

test(`a text is searched to its first ${normalized.maxSearchedLength} characters`, () => {
  const text = `${'y'.repeat(normalized.maxSearchedLength - 2)} xz`;
  expect(finds('x', text)).toBe(true);
  expect(finds('xz', text)).toBe(false);
  expect(normalized.normalizeString('\ufdfa'.repeat(1_000_000)).length).toBeLessThan(20 * normalized.maxSearchedLength);
});

test('a name is all its parts, an address its lines and fields', () => {
  const values: StringValue[] = [];
  string.fromHumanName(values, { use: 'official', family: 'F', given: ['G1', null, 'G2'], prefix: ['P'], suffix: ['S'], text: 'T' });
  string.fromAddress(values, { use: 'home', line: ['L'], city: 'C', postalCode: '1' });
  string.fromAnnotation(values, { text: 'A' });
  expect(values.map(({ text }) => text)).toEqual(['F', 'G1', 'G2', 'P', 'S', 'T', 'L', 'C', '1', 'A']);
});
