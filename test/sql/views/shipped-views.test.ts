import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { checkStructure } from '../../../src/fhir/validate/structure.ts';
import { typeName } from '../../../src/sql/type-names.ts';
import { compileView } from '../../../src/sql/views/compile-view.ts';
import { shippedDefinitions, shippedViews } from '../../../src/sql/views/shipped-views.ts';
import { checked, openViewLake } from './view-lake.ts';
import type { ViewLake } from './view-lake.ts';

const patient = { reference: 'Patient/p' };
const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code, display: `of ${code}` }] });
const cm = 'http://healthlake.amazonaws.com/aws-cm/';
const icd10 = `${cm}infer-icd10/aws-cm-icd10-entity`;

const resources: readonly JsonObject[] = [
  {
    resourceType: 'Patient', id: 'p', birthDate: '1950-02', gender: 'female', deceasedDateTime: '2020-05-01T10:00:00+02:00',
    name: [{ family: 'F', given: ['A', 'B'] }], address: [{ city: 'C', postalCode: '1' }],
  },
  { resourceType: 'Patient', id: 'q' },
  {
    resourceType: 'Condition', id: 'c', subject: patient, onsetPeriod: { start: '2019' },
    code: { text: 'words', coding: [{ system: 'http://snomed.info/sct', code: '44054006' }, { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'E11.9' }] },
    clinicalStatus: { coding: [{ code: 'active' }] },
  },
  {
    resourceType: 'Observation', id: 'pressure', status: 'final', subject: patient, effectiveDateTime: '2019-03-01', code: loinc('85354-9'),
    component: [
      { code: loinc('8480-6'), valueQuantity: { value: 141, unit: 'mmHg', code: 'mm[Hg]' } },
      { code: loinc('8462-4'), valueQuantity: { value: 90.5, code: 'mm[Hg]' } },
    ],
  },
  { resourceType: 'Observation', id: 'older', status: 'final', subject: patient, effectiveDateTime: '2018-03-01', code: loinc('4548-4'), valueQuantity: { value: 9 } },
  { resourceType: 'Observation', id: 'newer', status: 'final', subject: patient, effectiveDateTime: '2019-03-01', code: loinc('4548-4'), valueQuantity: { value: 7.5, unit: '%' } },
  { resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'IMP' }, subject: patient, period: { start: '2019-03-01T08:00:00Z', end: '2019-03-04T08:00:00Z' } },
  {
    resourceType: 'MedicationRequest', id: 'm', status: 'active', intent: 'order', subject: patient, medicationReference: { reference: 'Medication/x' },
    dosageInstruction: [{ text: 'daily', asNeededBoolean: false, doseAndRate: [{ doseQuantity: { value: 2, unit: 'tablets' } }] }],
  },
  {
    resourceType: 'DocumentReference', id: 'd', status: 'current', subject: patient, date: '2019-03-01T08:00:00Z', content: [{ attachment: { contentType: 'text/plain' } }],
    extension: [{
      url: cm,
      extension: [
        {
          url: `${cm}infer-icd10/`,
          extension: [{
            url: icd10,
            extension: [
              { url: `${icd10}-id`, valueInteger: 3 }, { url: `${icd10}-text`, valueString: 'diabetes' }, { url: `${icd10}-score`, valueDecimal: 0.875 },
              {
                url: `${icd10}-ConceptList`,
                extension: ['E11.9', 'E10.9'].map((code) => ({
                  url: `${icd10}-Concept`,
                  extension: [{ url: `${icd10}-Concept-Code`, valueString: code }, { url: `${icd10}-Concept-Score`, valueDecimal: 0.5 }],
                })),
              },
            ],
          }],
        },
        { url: `${cm}status/`, valueString: 'SUCCESS' },
      ],
    }],
  },
];

let lake: ViewLake;
beforeAll(async () => {
  lake = await openViewLake();
  await lake.load(resources);
});
afterAll(() => lake.close());

async function rowsOf(name: string) {
  const { query, columns } = shippedViews().get(name)!;
  return (await lake.ask(query, columns.map((column) => column.name))).rows;
}

describe('The views that are brought along', () => {
  test('are resources that a store takes, without paths that lead nowhere', () => {
    for (const definition of shippedDefinitions) {
      expect(checkStructure(definition as never, 'ViewDefinition')).toEqual([]);
      expect(compileView(definition).warnings).toEqual([]);
    }
    expect(shippedViews().size).toBe(shippedDefinitions.length + 1);
  });

  test('have the columns that they are told to have', () => {
    for (const { query, columns } of shippedViews().values()) {
      expect(checked(query).columns).toEqual(columns.map(({ name, type }) => ({ name, type: typeName(type) })));
    }
  });

  test('tell of patients what they are', async () => {
    expect(await rowsOf('patient_demographics')).toEqual(expect.arrayContaining([
      expect.objectContaining({
        patient_id: 'p', birth_date: '1950-02-01T00:00:00.000Z', deceased: true, deceased_at: '2020-05-01T08:00:00.000Z', given_names: 'A B', postal_code: '1',
      }),
      expect.objectContaining({ patient_id: 'q', birth_date: null, deceased: false, given_names: '' }),
    ]));
  });

  test('tell codes of the systems that are asked for most, and moments of a choice of types', async () => {
    expect(await rowsOf('conditions')).toEqual([expect.objectContaining({
      condition_id: 'c', patient_id: 'p', code: '44054006', icd10_code: 'E11.9', code_display: 'words', onset_at: '2019-01-01T00:00:00.000Z',
    })]);
  });

  test('have a row for each component of an observation, beside its own', async () => {
    const rows = (await rowsOf('observations')).filter((row) => row['observation_id'] === 'pressure');
    expect(rows.map(({ component, code, value, unit }) => ({ component, code, value, unit }))).toEqual([
      { component: null, code: '85354-9', value: null, unit: null },
      { component: 0, code: '8480-6', value: 141, unit: 'mmHg' },
      { component: 1, code: '8462-4', value: 90.5, unit: 'mm[Hg]' },
    ]);
  });

  test('tell of documents whether they were read, and what was found', async () => {
    expect(await rowsOf('documents')).toEqual([expect.objectContaining({ document_id: 'd', content_type: 'text/plain', reading_status: 'SUCCESS' })]);
    expect(await rowsOf('document_entities')).toEqual([expect.objectContaining({
      document_id: 'd', patient_id: 'p', kind: 'icd10', entity_id: 3, entity_text: 'diabetes', score: 0.875, concept_code: 'E11.9', concept_score: 0.5, category: null,
    })]);
  });

  test('come to one row of features for each patient', async () => {
    const rows = await rowsOf('patient_features');
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(expect.arrayContaining([
      expect.objectContaining({
        patient_id: 'p', age_years: 70, conditions: 1, has_diabetes: true, has_asthma: false, encounters: 1, inpatient_last_year: 0,
        medications: 1, last_hba1c: 7.5, last_systolic_pressure: 141, last_egfr: null,
      }),
      expect.objectContaining({ patient_id: 'q', age_years: null, conditions: 0, has_diabetes: false, last_hba1c: null }),
    ]));
  });
});
