/** HealthLake's search parameters on what was read in a note. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { matchesQuery } from '../../../src/fhir/search/match.ts';
import { entityParameterNames, maxEntityAlternatives, maxEntityConditions } from '../../../src/fhir/search/note-entities.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';

const root = 'http://healthlake.amazonaws.com/aws-cm/';
const of = (prefix: string, values: Readonly<Record<string, string | number>>): JsonObject[] => Object.entries(values).map(([name, value]) => ({
  url: `${prefix}-${name}`, ...(typeof value === 'number' ? { valueDecimal: value } : { valueString: value }),
}));
const detected = (values: Readonly<Record<string, string | number>>): JsonObject => {
  const prefix = `${root}detect-entities/aws-cm-detect-entities-entity`;
  return { url: prefix, extension: of(prefix, values) };
};
const inferred = (name: 'icd10' | 'rxnorm', values: Readonly<Record<string, string | number>>, concepts: readonly Readonly<Record<string, string | number>>[]): JsonObject => {
  const prefix = `${root}infer-${name}/aws-cm-${name}-entity`;
  const list = concepts.map((concept) => ({ url: `${prefix}-Concept`, extension: of(prefix, concept) }));
  return { url: prefix, extension: [...of(prefix, values), { url: `${prefix}-ConceptList`, extension: list }] };
};

const document = {
  resourceType: 'DocumentReference', id: 'n1', status: 'current',
  extension: [{
    url: root,
    extension: [
      { url: `${root}detect-entities/`, extension: [
        detected({ text: 'streptococcal pharyngitis', category: 'MEDICAL_CONDITION', type: 'DX_NAME', score: 0.7 }),
        detected({ text: 'aspirin', category: 'MEDICATION', type: 'GENERIC_NAME', score: 0.98 }),
      ] },
      { url: `${root}infer-icd10/`, extension: [inferred('icd10', { text: 'streptococcal pharyngitis', score: 0.7 }, [
        { 'Concept-Code': 'J02.0', 'Concept-Description': 'Streptococcal pharyngitis', 'Concept-Score': 0.8 },
        { 'Concept-Code': 'J03.00', 'Concept-Description': 'Acute tonsillitis', 'Concept-Score': 0.5 },
      ])] },
      { url: `${root}infer-rxnorm/`, extension: [inferred('rxnorm', { text: 'aspirin', score: 0.98 }, [{ 'Concept-Code': '1191', 'Concept-Description': 'aspirin', 'Concept-Score': 0.9 }])] },
    ],
  }],
};

const query = (search: string, type = 'DocumentReference') => parseSearch(type, [...new URLSearchParams(search)], { baseUrl: '', searchParameters: baseParameters });
const finds = (search: string): boolean => matchesQuery(document, query(search), { now: 0, baseUrl: '' });

test('They are HealthLake’s, and of DocumentReference alone', () => {
  expect(entityParameterNames).toHaveLength(25);
  expect(() => query('detectEntities-entity-text=aspirin', 'Condition')).toThrow(/no search parameter/);
});

describe('A document is found', () => {
  test.each([
    'detectEntities-entity-text=strep', 'detectEntities-entity-text=PHARYNGITIS', 'detectEntities-entity-category=medication', 'detectEntities-entity-type=DX_NAME',
    'detectEntities-entity-score=0.98', 'detectEntities-entity-score=lt0.8', 'detectEntities-entity-text-category=aspirin|MEDICATION',
    'detectEntities-entity-text-score=streptococcal|0.6', 'detectEntities-entity-type-score=DX_NAME|le0.7', 'detectEntities-entity-category-score=MEDICATION$gt0.9',
    'infer-icd10cm-entity-concept-code=J02.0', 'infer-icd10cm-entity-concept-description=tonsillitis', 'infer-icd10cm-entity-text-concept-score=streptococcal|0.6',
    'infer-icd10cm-entity-text-concept-code=strep|j03.00', 'infer-icd10cm-entity-concept-description-concept-score=tonsillitis|lt0.6', 'infer-rxnorm-entity-concept-code=7,1191',
    'infer-rxnorm-entity-text=aspirin&detectEntities-entity-text=strep&status=current',
  ])('by %s', (search) => expect(finds(search)).toBe(true));

  test.each([
    'detectEntities-entity-text=gout', 'detectEntities-entity-category=MEDI', 'detectEntities-entity-text-category=streptococcal|MEDICATION', 'detectEntities-entity-text-score=streptococcal|0.8',
    'infer-icd10cm-entity-concept-score=0.9', 'infer-icd10cm-entity-concept-description-concept-score=tonsillitis|0.6', 'infer-icd10cm-entity-text=aspirin', 'infer-rxnorm-entity-score=0.99',
    'infer-rxnorm-entity-text=aspirin&detectEntities-entity-text=gout',
  ])('not by %s', (search) => expect(finds(search)).toBe(false));
});

test('What is malformed is refused by the parameter’s name, and so is what asks too much', () => {
  for (const search of [
    'detectEntities-entity-score=high', 'detectEntities-entity-text-score=secret', 'detectEntities-entity-text-category=|MEDICATION', 'infer-rxnorm-entity-text-concept-score=a|b|c',
    `detectEntities-entity-text=${'secret,'.repeat(maxEntityAlternatives)}secret`, 'infer-rxnorm-entity-text=secret&'.repeat(maxEntityConditions + 1),
  ]) {
    expect(() => query(search)).toThrow();
    expect(() => query(search)).not.toThrow(/secret/);
  }
});
