/**
 * The local engine answers as Comprehend Medical does
 * (https://docs.aws.amazon.com/comprehend-medical/latest/api/API_DetectEntitiesV2.html).
 */
import { describe, expect, test } from '@jest/globals';
import { localEngine } from '../../src/clinical-text/engine.ts';
import { parseLexicon } from '../../src/clinical-text/lexicon/format.ts';
import type { Entity, TraitName } from '../../src/ports/clinical-nlp.ts';

const engine = localEngine();

async function entity(text: string, words: string): Promise<Entity> {
  const { Entities } = await engine.detectEntities(text);
  const found = Entities.find(({ Text }) => Text === words);
  if (found === undefined) throw new Error(`Not found; found were: ${Entities.map(({ Text }) => Text).join(', ')}`);
  return found;
}

function traits({ Traits }: Entity): readonly TraitName[] {
  return Traits.map(({ Name }) => Name);
}

function attributes({ Attributes }: Entity): Readonly<Record<string, string>> {
  return Object.fromEntries(Attributes.map(({ Type, Text }) => [Type, Text]));
}

describe('Offsets', () => {
  test('count code points of the original text', async () => {
    const text = 'Mood \u{1F600}\u{1F600}.\r\n\tDenies chest pain; caf\u00e9 au lait. Takes Lipitor 20 mg.';
    const points = [...text];
    const { Entities } = await engine.detectEntities(text);
    expect(Entities.map(({ Text }) => Text)).toEqual(['chest pain', 'Lipitor']);
    for (const { BeginOffset, EndOffset, Text, Attributes } of Entities) {
      expect(points.slice(BeginOffset, EndOffset).join('')).toBe(Text);
      for (const each of Attributes) expect(points.slice(each.BeginOffset, each.EndOffset).join('')).toBe(each.Text);
    }
  });

  test('and numbers are unique in a response', async () => {
    const { Entities } = await engine.detectEntities('Lisinopril 20 mg daily for hypertension. Severe left knee pain.');
    const ids = Entities.flatMap(({ Id, Attributes }) => [Id, ...Attributes.map((attribute) => attribute.Id)]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('Codes', () => {
  test('of ICD-10-CM stand beside medical conditions', async () => {
    const { Entities } = await engine.inferIcd10Cm('History of type 2 diabetes and HTN.');
    expect(Entities.map(({ ICD10CMConcepts }) => ICD10CMConcepts[0]?.Code)).toEqual(['E11.9', 'I10']);
    expect(Entities.every(({ Traits }) => Traits.every(({ Name }) => Name !== 'PAST_HISTORY'))).toBe(true);
  });

  test('of RxNorm stand beside medications, a brand under its ingredient', async () => {
    const { Entities } = await engine.inferRxNorm('Takes Norvasc 5 mg and metformin.');
    const found = Entities.map(({ Type, RxNormConcepts }) => [Type, RxNormConcepts[0]?.Code]);
    expect(found).toEqual([['BRAND_NAME', '17767'], ['GENERIC_NAME', '6809']]);
  });

  test('of SNOMED CT stand beside conditions, anatomy, tests and procedures', async () => {
    const { Entities } = await engine.inferSnomedCt('Asthma. Knee swelling after an appendectomy; colonoscopy planned.');
    const codes = Entities.map(({ SNOMEDCTConcepts }) => SNOMEDCTConcepts[0]?.Code);
    expect(codes).toEqual(['195967001', '72696002', '65124004', '80146002', '73761001']);
  });
});

describe('Traits', () => {
  test.each<readonly [string, string, readonly TraitName[]]>([
    ['Denies chest pain.', 'chest pain', ['SYMPTOM', 'NEGATION']],
    ['R/o pneumonia.', 'pneumonia', ['DIAGNOSIS', 'HYPOTHETICAL']],
    ['Possible pneumonia.', 'pneumonia', ['DIAGNOSIS', 'LOW_CONFIDENCE']],
    ['Mother had breast cancer.', 'breast cancer', ['DIAGNOSIS', 'PERTAINS_TO_FAMILY']],
    ['PAST MEDICAL HISTORY\n\nAsthma', 'Asthma', ['DIAGNOSIS', 'PAST_HISTORY']],
    ['PHYSICAL EXAM\n\nEdema of both ankles.', 'Edema', ['SIGN']],
    ['Will schedule a colonoscopy.', 'colonoscopy', ['FUTURE']],
    ['s/p appendectomy', 'appendectomy', ['PAST_HISTORY']],
    ['She stopped metformin last month.', 'metformin', ['PAST_HISTORY']],
    ['Not taking aspirin.', 'aspirin', ['NEGATION']],
    ['If the pain goes on, take ibuprofen.', 'ibuprofen', []],
    ['Denies tobacco use.', 'tobacco use', ['NEGATION']],
    ['Without medication, she rates the pain as seven.', 'pain', ['SYMPTOM']],
    ['No change in her edema.', 'edema', ['SIGN']],
    ['Possible stroke due to atrial fibrillation.', 'atrial fibrillation', ['DIAGNOSIS', 'LOW_CONFIDENCE']],
  ])('%s', async (text, words, expected) => {
    expect(traits(await entity(text, words))).toEqual(expected);
  });

  test('have a score that falls with the distance of the words that tell them', async () => {
    const { Entities } = await engine.detectEntities('Denies fever, chills, or night sweats.');
    const scores = Entities.map(({ Traits }) => Traits.find(({ Name }) => Name === 'NEGATION')?.Score ?? 0);
    expect(scores).toEqual([...scores].sort((one, other) => other - one));
    expect(scores.every((score) => score > 0.5 && score < 1)).toBe(true);
  });

  test('of a lead hold for the lines of its list', async () => {
    const { Entities } = await engine.detectEntities('Patient denies:\n- chest pain\n- cough\n\nHeadache is present.');
    expect(Entities.map((each) => traits(each).includes('NEGATION'))).toEqual([true, true, false]);
  });
});

describe('A medication', () => {
  test.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['Lisinopril 40 mg once a day.', 'Lisinopril', { DOSAGE: '40 mg', FREQUENCY: 'once a day' }],
    [
      'Lisinopril 20 mg tablet, one tablet by mouth daily for 30 days', 'Lisinopril',
      {
        STRENGTH: '20 mg', DOSAGE: 'one tablet', FORM: 'tablet', ROUTE_OR_MODE: 'by mouth', FREQUENCY: 'daily', DURATION: '30 days',
      },
    ],
    ['Take 500 mg of metformin twice daily.', 'metformin', { DOSAGE: '500 mg', FREQUENCY: 'twice daily' }],
    ['ibuprofen 400 mg PO q4-6h PRN pain', 'ibuprofen', { DOSAGE: '400 mg', ROUTE_OR_MODE: 'PO', FREQUENCY: 'q4-6h PRN' }],
    [
      'albuterol inhaler 2 puffs every 4 to 6 hours as needed', 'albuterol inhaler',
      { DOSAGE: '2 puffs', FREQUENCY: 'every 4 to 6 hours as needed' },
    ],
    ['amoxicillin 500mg TID x 10 days', 'amoxicillin', { DOSAGE: '500mg', FREQUENCY: 'TID', DURATION: '10 days' }],
    ['heparin 12 ml/hr IV', 'heparin', { RATE: '12 ml/hr', ROUTE_OR_MODE: 'IV' }],
  ])('%s', async (text, words, expected) => {
    expect(attributes(await entity(text, words))).toEqual(expected);
  });

  test('leaves what belongs to the next one', async () => {
    const text = 'metformin 500 mg BID and aspirin 81 mg daily';
    expect(attributes(await entity(text, 'metformin'))).toEqual({ DOSAGE: '500 mg', FREQUENCY: 'BID' });
    expect(attributes(await entity(text, 'aspirin'))).toEqual({ DOSAGE: '81 mg', FREQUENCY: 'daily' });
  });

  test('that is not tolerated is an allergy and is not taken', async () => {
    const { Entities } = await engine.detectEntities('ALLERGIES\n\nPenicillin, sulfa.');
    expect(Entities.map(({ Text, Type, Traits }) => [Text, Type, Traits.map(({ Name }) => Name)])).toEqual([
      ['Penicillin', 'GENERIC_NAME', ['NEGATION']],
      ['Penicillin', 'ALLERGIES', []],
      ['sulfa', 'ALLERGIES', []],
    ]);
  });

  test('counts as one where somebody does not tolerate it alone', async () => {
    const { Entities } = await engine.detectEntities('Drinks milk and eats eggs. Has a peanut allergy. Allergic to shellfish.');
    expect(Entities.map(({ Text, Type }) => [Text, Type])).toEqual([['peanut', 'ALLERGIES'], ['shellfish', 'ALLERGIES']]);
  });

  test('allergies may be denied', async () => {
    expect(traits(await entity('No known drug allergies.', 'known drug allergies'))).toEqual(['NEGATION']);
  });
});

describe('A test', () => {
  test.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['Hemoglobin A1c is elevated at 8.1%.', 'Hemoglobin A1c', { TEST_VALUE: '8.1', TEST_UNIT: '%' }],
    ['Blood pressure today is 150/90 mmHg.', 'Blood pressure', { TEST_VALUE: '150/90', TEST_UNIT: 'mmHg' }],
    ['Potassium 4.1 mEq/L', 'Potassium', { TEST_VALUE: '4.1', TEST_UNIT: 'mEq/L' }],
    ['The chest x-ray was normal.', 'chest x-ray', { TEST_VALUE: 'normal' }],
    ['CBC, 03/22/2021.', 'CBC', {}],
  ])('%s', async (text, words, expected) => {
    expect(attributes(await entity(text, words))).toEqual(expected);
  });

  test('with an everyday name counts with a value alone', async () => {
    const { Entities } = await engine.detectEntities('She watches her weight. Weight 180 lbs.');
    expect(Entities.map(({ Text }) => Text)).toEqual(['Weight']);
  });
});

test('A condition has its site, side, acuity and quality', async () => {
  const front = attributes(await entity('Severe left knee swelling.', 'swelling'));
  expect(front).toEqual({ QUALITY: 'Severe', DIRECTION: 'left', SYSTEM_ORGAN_SITE: 'knee' });
  const behind = attributes(await entity('Chronic pain in the right hand.', 'pain'));
  expect(behind).toEqual({ ACUITY: 'Chronic', DIRECTION: 'right', SYSTEM_ORGAN_SITE: 'hand' });
});

test('A lexicon of one\'s own adds concepts, and has its way where both name one', async () => {
  const own = parseLexicon(`[diagnosis]
    zebra syndrome, ZS | icd10cm Q99.9 Chromosomal abnormality, unspecified
    asthma | icd10cm J45.998 Other asthma`);
  const mine = localEngine({ own: own.entries, revision: 'abc' });
  const { Entities, ModelVersion } = await mine.inferIcd10Cm('ZS and asthma.');
  expect(Entities.map(({ ICD10CMConcepts }) => ICD10CMConcepts[0]?.Code)).toEqual(['Q99.9', 'J45.998']);
  expect(ModelVersion).toContain('abc');
});

test.each([
  ['no word at all', '.'.repeat(20_000)],
  ['one sentence', 'no fever and '.repeat(1_500)],
  ['triggers alone', 'no '.repeat(6_600)],
  ['begins of phrases', 'history of the past medical '.repeat(700)],
  ['brackets and numbers', '1/2(3)-4,'.repeat(2_200)],
  ['dots of an address', 'a@b.'.repeat(5_000)],
  ['letters without end', 'a'.repeat(20_000)],
  ['surrogates that are alone', '\ud83d'.repeat(20_000)],
  ['capital words', 'Aa '.repeat(6_600)],
])('A text of the service\'s limit made of %s is read', async (_, text) => {
  for (const read of [engine.detectEntities, engine.detectPhi]) expect((await read(text)).ModelVersion).not.toBe('');
});
