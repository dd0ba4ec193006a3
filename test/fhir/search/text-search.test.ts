/** https://hl7.org/fhir/R4/search.html#text: words, phrases, logical operations; narrative and content. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { maxTextLength, normalizeText } from '../../../src/fhir/search/normalized-text.ts';
import {
  contentText, maxTextDepth, maxTextTerms, narrativeText, parseTextSearch, satisfiesTextSearch,
} from '../../../src/fhir/search/text-search.ts';

const finds = (query: string, text: string) => satisfiesTextSearch(normalizeText(text), parseTextSearch(query)!);
const sentence = 'Metastases of the liver, none in the bones; follow-up in José’s clinic.';

describe('the grammar', () => {
  test.each([
    ['(bone OR liver) and metastases', true], ['(bone OR lung) and metastases', true], ['(brain OR lung) and metastases', false],
    ['liver metastases', true], ['liver brain', false], ['bone', true], ['one', false], ['"bone"', false], ['"bones"', true],
    ['"the liver"', true], ['"liver the"', false], ['"the live"', false], ['NOT brain', true], ['not liver', false], ['liver NOT brain', true],
    ['liver AND NOT bones', false], ['brain OR liver metastases', true], ['brain liver OR metastases', true], ['brain (liver OR metastases)', false],
    ['NOT (brain OR lung)', true], ['NOT NOT liver', true], ['JOSE', true], ['follow-up', true], ['up-follow', false], ['"follow up in"', true],
    ['"none ‒ in"', true], ['clinic.', true], ['((liver))', true],
  ])('%s: %s', (query, expected) => {
    expect(finds(query, sentence)).toBe(expected);
  });
  test.each(['', ' ', '(', 'a)', '()', 'and', 'a or', 'or a', 'not', 'a and or b', '"', '"a', '...', 'a ...', '""', 'a "'])('refuses "%s"', (query) => {
    expect(parseTextSearch(query)).toBeUndefined();
  });
  test('is bounded in terms and depth', () => {
    expect(parseTextSearch('a '.repeat(maxTextTerms))).toBeDefined();
    expect(parseTextSearch('a '.repeat(maxTextTerms + 1))).toBeUndefined();
    const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(parseTextSearch(nested(maxTextDepth))).toBeDefined();
    expect(parseTextSearch(nested(maxTextDepth + 1))).toBeUndefined();
    expect(parseTextSearch(`${'not '.repeat(maxTextDepth + 1)}a`)).toBeUndefined();
  });
  test('a criterion that was not made by the parser is read as well', () => {
    expect(satisfiesTextSearch('bones', { kind: 'text', text: 'bone OR liver' })).toBe(true);
    expect(satisfiesTextSearch('bones', { kind: 'text', text: '(' })).toBe(false);
  });
});

const resource: Resource = {
  resourceType: 'Condition',
  id: 'c1',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p title="hidden">The <b>r</b>ight l&#101;g &amp; caf&#xE9;<br/>Pain</p><!-- secret --></div>' },
  code: { coding: [{ display: 'Fracture' }], text: 'Broken leg' },
  note: [{ text: 'Fell off a ladder' }],
  contained: [{ resourceType: 'Patient', name: [{ family: 'Smith' }] }],
  extension: [{ url: 'http://a', valueAttachment: { title: 'Scan', data: 'SGVsbG8gd29ybGQ' } }, { url: 'http://b', valueBase64Binary: 'QUJD' }],
};

describe('_text: the narrative', () => {
  const text = narrativeText(resource);
  test('is what a reader sees, without markup', () => {
    expect(text).toBe('the right leg cafe pain');
  });
  test('is empty where there is none', () => {
    expect(narrativeText({ resourceType: 'Patient' })).toBe('');
    expect(narrativeText({ resourceType: 'Patient', text: { div: 5 } })).toBe('');
  });
  test('takes no entity for code', () => {
    const div = '<div>&toString; &constr; &#99999999; &#1114112; &nbsp;a</div>';
    expect(narrativeText({ resourceType: 'Patient', text: { div } })).toMatch(/a$/);
  });
});

describe('_content: the entire content', () => {
  const text = contentText(resource);
  test.each(['right leg', 'fracture', 'broken leg', 'ladder', 'smith', 'scan', 'condition', 'c1'])('has %s', (word) => {
    expect(text).toContain(word);
  });
  test.each(['hidden', 'secret', 'sgvsbg8', 'qujd', 'xmlns'])('has no %s', (word) => {
    expect(text).not.toContain(word);
  });
  test('sampled data is text, though called data', () => {
    expect(contentText({ resourceType: 'Observation', valueSampledData: { data: '12 13 E' } })).toContain('12 13 e');
  });
  test(`is searched to its first ${maxTextLength} characters, however deep`, () => {
    let nested: Resource['x'] = 'deepest';
    for (let depth = 0; depth < 5000; depth++) nested = { x: nested };
    expect(contentText({ resourceType: 'Basic', x: nested })).toContain('deepest');
    expect(contentText({ resourceType: 'Basic', a: 'x '.repeat(maxTextLength), b: 'last' })).not.toContain('last');
  });
});

describe('long texts', () => {
  test('normalise in pieces as they do whole', () => {
    const text = 'Ärzte, Straßen & Øre — ﬁn. '.repeat(5000);
    expect(normalizeText(text)).toBe('arzte strassen ore fin '.repeat(5000).trim());
    expect(normalizeText('𝒳'.repeat(40_000))).toBe('x'.repeat(40_000));
  });
});
