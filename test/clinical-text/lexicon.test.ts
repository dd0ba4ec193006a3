/** The text form of lexicons, and the sample that comes with Caldera (docs/clinical-lexicon.md). */
import { describe, expect, test } from '@jest/globals';
import { parseLexicon } from '../../src/clinical-text/lexicon/format.ts';
import { sampleLexicons } from '../../src/clinical-text/lexicon/lexicon.ts';

describe('The sample', () => {
  const parsed = sampleLexicons.map((text) => parseLexicon(text));
  const entries = parsed.flatMap((each) => each.entries);

  test('has no problems', () => {
    expect(parsed.flatMap(({ problems }) => problems)).toEqual([]);
    expect(entries.length).toBeGreaterThan(700);
  });

  test('says no term twice', () => {
    const seen = new Map<string, number>();
    const terms = entries.flatMap((entry) => [...entry.terms, ...entry.brands]).map((term) => term.toLowerCase());
    for (const term of terms) seen.set(term, (seen.get(term) ?? 0) + 1);
    expect([...seen].filter(([, count]) => count > 1).map(([term]) => term)).toEqual([]);
  });

  test('gives medications codes of RxNorm alone, and nothing else any of it', () => {
    const medications = entries.filter(({ kind }) => kind === 'medication');
    const others = entries.filter(({ kind }) => kind !== 'medication');
    expect(medications.flatMap(({ codes }) => [...codes.icd10cm, ...codes.snomedct])).toEqual([]);
    expect(others.flatMap(({ codes }) => codes.rxnorm)).toEqual([]);
  });
});

describe('A lexicon of one\'s own', () => {
  test('has headings, concepts, brands, codes, remarks and lines that go on', () => {
    const { entries, problems } = parseLexicon(`# ours
[medication]
examplin, exampline,
  EXL (Exampla, Examplix) | rxnorm 161 examplin
[diagnosis]
zebra syndrome
  | icd10cm Q99.9 Chromosomal abnormality, unspecified
  | snomedct 38341003 Hypertensive disorder | snomedct 22298006 Myocardial infarction`);
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      {
        kind: 'medication', terms: ['examplin', 'exampline', 'EXL'], brands: ['Exampla', 'Examplix'],
        codes: { icd10cm: [], rxnorm: [{ code: '161', description: 'examplin' }], snomedct: [] },
      },
      {
        kind: 'diagnosis', terms: ['zebra syndrome'], brands: [],
        codes: {
          icd10cm: [{ code: 'Q99.9', description: 'Chromosomal abnormality, unspecified' }],
          rxnorm: [],
          snomedct: [{ code: '38341003', description: 'Hypertensive disorder' }, { code: '22298006', description: 'Myocardial infarction' }],
        },
      },
    ]);
  });

  test.each([
    ['asthma', 'Line 1: a heading such as [diagnosis] must come first.'],
    ['[disease]', 'Line 1: a heading is one of [diagnosis], '],
    ['[diagnosis]\n\n| icd10cm I10 x', 'Line 1: a heading is one of'],
    ['[diagnosis]\nasthma | icd10cm 493.90 Asthma', 'Line 2: a code of ICD-10-CM has a letter, a digit,'],
    ['[diagnosis]\nasthma | snomedct 38341004 Asthma', 'Line 2: a code of SNOMED CT has 6 to 18 digits'],
    ['[diagnosis]\nasthma | icd10cm J45.909', 'Line 2: the code of ICD-10-CM needs a description'],
    ['[diagnosis]\nasthma | icd9 493.90 Asthma', 'Line 2: a code begins with icd10cm, rxnorm or snomedct.'],
    ['[diagnosis]\nasthma (Brand)', 'Line 2: only a [medication] has brand names'],
    ['[medication]\na (b) (c)', 'Line 2: brand names stand in one pair of brackets'],
    [`[diagnosis]\n${'very '.repeat(13)}ill`, 'Line 2: a term begins with a letter or digit and has at most 12 words.'],
    ['[diagnosis]\n!', 'Line 2: a term begins with a letter or digit'],
    ['[diagnosis]\n, | icd10cm I10 x', 'Line 2: a concept needs a term.'],
  ])('is told what is wrong with %j', (text, message) => {
    expect(parseLexicon(text).problems.join('\n')).toContain(message);
  });

  test('is told at most twenty mistakes at once', () => {
    expect(parseLexicon('[wrong]\n'.repeat(50)).problems).toHaveLength(20);
  });
});
