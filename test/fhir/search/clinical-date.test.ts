import { expect, test } from '@jest/globals';
import { parameterIndexes } from '../../../src/fhir/definitions/search-parameters.mjs';
import { clinicalDate, clinicalDateParameter } from '../../../src/fhir/search/clinical-date.ts';
import { searchParameter } from '../../../src/fhir/search/parameters.ts';

test('the clinical date of a type is one of its date parameters', () => {
  const types = Object.keys(parameterIndexes).filter((type) => clinicalDateParameter(type) !== undefined);
  expect(types.length).toBeGreaterThan(60);
  for (const type of types) expect(searchParameter(type, clinicalDateParameter(type)!)?.type).toBe('date');
});

test('a resource stands where its effective, onset, authored or other date is', () => {
  const low = Date.parse('2020-05-17T00:00:00Z');
  const dated = [
    { resourceType: 'Observation', effectiveDateTime: '2020-05-17' },
    { resourceType: 'Condition', onsetDateTime: '2020-05-17', recordedDate: '2021-01-01' },
    { resourceType: 'Encounter', period: { start: '2020-05-17', end: '2020-06-01' } },
    { resourceType: 'MedicationRequest', authoredOn: '2020-05-17' },
    { resourceType: 'Procedure', performedPeriod: { start: '2020-05-17' } },
    { resourceType: 'ExplanationOfBenefit', created: '2020-05-17' },
  ];
  for (const resource of dated) expect(clinicalDate(resource)?.low).toBe(low);
});

test('a type or resource without one has none', () => {
  expect(clinicalDate({ resourceType: 'Patient', birthDate: '1980-01-01' })).toBeUndefined();
  expect(clinicalDate({ resourceType: 'Observation', status: 'final' })).toBeUndefined();
  expect(clinicalDateParameter('toString')).toBeUndefined();
});
