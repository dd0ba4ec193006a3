/** What every `ClinicalNlp` promises, as one suite: the form of its answers, and the plainest of what it reads. */
import { describe, expect, test } from '@jest/globals';
import type { ClinicalNlp, Entities, Entity, TraitName } from '../../src/ports/clinical-nlp.ts';

const note = `HPI: \u{1F600} Mr. John Smith is a 61-year-old man who denies chest pain.
He has hypertension and takes lisinopril 20 mg once daily. Seen on 03/22/2021.`;

type Operation = Exclude<keyof ClinicalNlp, 'engine'>;
const operations: readonly Operation[] = ['detectEntities', 'inferIcd10Cm', 'inferRxNorm', 'inferSnomedCt', 'detectPhi'];

export function clinicalNlpContract(name: string, nlp: ClinicalNlp): void {
  const find = async (operation: Operation, words: string): Promise<Entity> => {
    const { Entities: found }: Entities<Entity> = await nlp[operation](note);
    const entity = found.find(({ Text }) => Text.toLowerCase().includes(words));
    if (entity === undefined) throw new Error(`${operation} did not find what it should`);
    return entity;
  };
  const traits = ({ Traits }: Entity): readonly TraitName[] => Traits.map((trait) => trait.Name);

  describe(`${name} as an engine that reads clinical text`, () => {
    test('says who it is', () => {
      expect(nlp.engine).toMatch(/\S/);
    });

    test.each(operations)('%s counts code points of the text it was given, and scores from 0 to 1', async (operation) => {
      const points = [...note];
      const { Entities: found, ModelVersion } = await nlp[operation](note);
      expect(ModelVersion).toMatch(/\S/);
      expect(found.length).toBeGreaterThan(0);
      for (const span of found.flatMap((entity) => [entity, ...entity.Attributes])) {
        expect(points.slice(span.BeginOffset, span.EndOffset).join('')).toBe(span.Text);
        expect(span.Score).toBeGreaterThan(0);
        expect(span.Score).toBeLessThanOrEqual(1);
      }
      expect(new Set(found.map(({ Id }) => Id)).size).toBe(found.length);
    });

    test.each(operations)('%s finds nothing where nothing is', async (operation) => {
      expect((await nlp[operation]('.')).Entities).toEqual([]);
    });

    test('negates what is denied, and nothing else', async () => {
      expect(traits(await find('detectEntities', 'chest pain'))).toContain('NEGATION');
      expect(traits(await find('inferIcd10Cm', 'chest pain'))).toContain('NEGATION');
      expect(traits(await find('detectEntities', 'hypertension'))).not.toContain('NEGATION');
    });

    test('gives codes of each system, the best first', async () => {
      const [icd10, rxNorm, snomed] = [await nlp.inferIcd10Cm(note), await nlp.inferRxNorm(note), await nlp.inferSnomedCt(note)];
      expect(icd10.Entities.map(({ ICD10CMConcepts }) => ICD10CMConcepts[0]?.Code)).toContain('I10');
      expect(rxNorm.Entities.map(({ RxNormConcepts }) => RxNormConcepts[0]?.Description)).toContainEqual(expect.stringMatching(/lisinopril/i));
      expect(snomed.Entities.map(({ SNOMEDCTConcepts }) => SNOMEDCTConcepts[0]?.Code)).toContain('38341003');
    });

    test('tells how a medication is taken', async () => {
      const { Attributes } = await find('detectEntities', 'lisinopril');
      expect(Attributes.map(({ Type, Text }) => `${Type} ${Text}`)).toEqual(expect.arrayContaining(['FREQUENCY once daily']));
      expect(Attributes.map(({ Text }) => Text)).toContain('20 mg');
    });

    test('finds names and dates', async () => {
      expect(await find('detectPhi', 'smith')).toMatchObject({ Type: 'NAME', Category: 'PROTECTED_HEALTH_INFORMATION' });
      expect(await find('detectPhi', '03/22/2021')).toMatchObject({ Type: 'DATE' });
    });
  });
}
