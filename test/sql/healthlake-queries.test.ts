/**
 * What HealthLake's documentation does in SQL is done here in the same words
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/integrating-athena-query-sql.html, …/integrating-athena-complex-filtering.html).
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/fhir/json.ts';
import { compiledQuestion } from '../../src/operations/sql/compiled-question.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { ambiguousHealthLakeQuery, healthLakeQueries } from './healthlake-queries.ts';
import { openViewLake, type ViewLake } from './views/view-lake.ts';

const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] });
const generated = { tag: [{ display: 'SYSTEM_GENERATED' }] };

const resources = [
  {
    resourceType: 'Patient', id: 'p1', gender: 'male', birthDate: '1990-05-06', name: [{ family: 'Wolf', given: ['Noel', 'A'] }], telecom: [{ value: '555-1' }],
    address: [{ line: ['1 Main St'], city: 'Attleboro', extension: [{ url: 'http://example.org/where', extension: [{ url: 'latitude', valueDecimal: 41.9 }] }] }],
    maritalStatus: { coding: [{ code: 'S', display: 'Never Married' }], text: 'Never Married' }, extension: [{ url: 'http://example.org/name', valueString: 'Kerry' }, { url: 'http://example.org/place', valueAddress: { city: 'Hamburg' } }],
  },
  { resourceType: 'Patient', id: 'p2', gender: 'female', birthDate: '2020-01-02', deceasedDateTime: '2023-02-03T04:05:06Z', name: [{ family: 'Hill', given: ['Ada'] }] },
  { resourceType: 'Location', id: 'l1', address: { city: 'ATTLEBORO' } },
  {
    resourceType: 'Condition', id: 'c1', subject: { reference: 'Patient/p1' }, encounter: { reference: 'Encounter/e1', type: 'Encounter' }, code: coding('http://snomed.info/sct', '44054006', 'Type 2 diabetes mellitus'),
    meta: generated, modifierExtension: [{ url: 'http://example.org/score', valueDecimal: 0.95 }, { url: 'http://example.org/source', valueReference: { reference: 'DocumentReference/d1' } }],
  },
  { resourceType: 'Condition', id: 'c2', subject: { reference: 'Patient/p2' }, code: coding('http://snomed.info/sct', '195662009', 'Acute viral pharyngitis') },
  { resourceType: 'Observation', id: 'o1', status: 'final', subject: { reference: 'Patient/p1' }, code: coding('http://loinc.org', '29463-7', 'Weight'), valueQuantity: { value: 72.5, unit: 'kg' } },
  { resourceType: 'Observation', id: 'o2', status: 'final', subject: { reference: 'Patient/p1' }, code: coding('http://loinc.org', '72166-2', 'Smoking'), valueCodeableConcept: coding('http://snomed.info/sct', '266919005', 'Never') },
  {
    resourceType: 'Procedure', id: 'r1', status: 'completed', subject: { reference: 'Patient/p1' }, code: coding('http://snomed.info/sct', '430193006', 'Medication reconciliation'),
    performedDateTime: '2023-01-02', performer: [{ actor: { reference: 'Practitioner/d1' } }],
  },
  {
    resourceType: 'MedicationRequest', id: 'm1', status: 'active', intent: 'order', priority: 'routine', doNotPerform: false, subject: { reference: 'Patient/p1' },
    category: [coding('http://terminology.hl7.org/CodeSystem/medicationrequest-category', 'community', 'Community')],
    medicationCodeableConcept: coding('http://www.nlm.nih.gov/research/umls/rxnorm', '860975', 'Metformin'), dosageInstruction: [{ text: 'Twice a day' }],
  },
  {
    resourceType: 'MedicationStatement', id: 's1', status: 'active', subject: { reference: 'Patient/p1' }, medicationCodeableConcept: { coding: [{ display: 'Metformin' }] },
    meta: generated, modifierExtension: [{ url: 'http://example.org/score', valueDecimal: 0.75 }],
  },
] as unknown as readonly JsonObject[];

let lake: ViewLake;
beforeAll(async () => {
  lake = await openViewLake();
  await lake.load(resources);
});
afterAll(() => lake.close());

describe('HealthLake\'s documentation', () => {
  test.each(healthLakeQueries)('$what', async ({ statement, rows }) => {
    const question = compiledQuestion(statement, {});
    const answer = await lake.ask(parseQuery(question.statement), question.columns.map(({ name }) => name.toLowerCase()));
    expect(answer.rows).toEqual(rows);
  });

  test('has one sample that is ambiguous, which is told with its place', () => {
    expect(() => compiledQuestion(ambiguousHealthLakeQuery, {})).toThrow('line 1, column 66: meta.tag is a column of more than one table here: write the table in front of it.');
  });
});
