/**
 * What HealthLake's documentation does in SQL is done here in the same words
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/integrating-athena-query-sql.html, …/integrating-athena-complex-filtering.html).
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/fhir/json.ts';
import { compiledQuestion } from '../../src/operations/sql/compiled-question.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { healthLakeQueries } from './healthlake-queries.ts';
import { openViewLake, type ViewLake } from './views/view-lake.ts';

const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] });
const generated = { tag: [{ display: 'SYSTEM_GENERATED' }] };

const resources = [
  {
    resourceType: 'Patient', id: 'p1', gender: 'male', birthDate: '1990-05-06', name: [{ family: 'Wolf', given: ['Noel', 'A'] }], address: [{ line: ['1 Main St'], city: 'Attleboro' }],
    maritalStatus: { text: 'Never Married' }, extension: [{ url: 'http://example.org/name', valueString: 'Kerry' }, { url: 'http://example.org/place', valueAddress: { city: 'Hamburg' } }],
  },
  { resourceType: 'Patient', id: 'p2', gender: 'female', birthDate: '2020-01-02', name: [{ family: 'Hill', given: ['Ada'] }] },
  { resourceType: 'Location', id: 'l1', address: { city: 'ATTLEBORO' } },
  {
    resourceType: 'Condition', id: 'c1', subject: { reference: 'Patient/p1' }, encounter: { reference: 'Encounter/e1', type: 'Encounter' }, code: coding('http://snomed.info/sct', '44054006', 'Type 2 diabetes mellitus'),
    meta: generated, modifierExtension: [{ url: 'http://example.org/score', valueDecimal: 0.95 }, { url: 'http://example.org/source', valueReference: { reference: 'DocumentReference/d1' } }],
  },
  { resourceType: 'Condition', id: 'c2', subject: { reference: 'Patient/p2' }, code: coding('http://snomed.info/sct', '195662009', 'Acute viral pharyngitis') },
  { resourceType: 'Observation', id: 'o1', status: 'final', subject: { reference: 'Patient/p1' }, code: coding('http://loinc.org', '29463-7', 'Weight'), valueQuantity: { value: 72.5, unit: 'kg' } },
  { resourceType: 'Observation', id: 'o2', status: 'final', subject: { reference: 'Patient/p1' }, code: coding('http://loinc.org', '72166-2', 'Smoking'), valueCodeableConcept: coding('http://snomed.info/sct', '266919005', 'Never') },
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
});
