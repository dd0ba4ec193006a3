import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { compartmentTypes } from '../../../src/fhir/search/compartments.ts';
import { isDated, isOfCareDates } from '../../../src/fhir/search/everything-dates.ts';

const january = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 1, 1) };
const isOfJanuary = (resource: object): boolean => isOfCareDates(resource as Resource, january);

describe('the dates by which $everything chooses', () => {
  test('are those of all types in a patient’s compartment, but for the ones that have none', () => {
    expect(compartmentTypes('Patient').filter((type) => !isDated(type))).toEqual([
      'BodyStructure', 'FamilyMemberHistory', 'Group', 'MolecularSequence', 'Patient', 'Person', 'RelatedPerson',
    ]);
  });

  test.each([
    [{ resourceType: 'Observation', effectiveDateTime: '2024-01-31T23:59:59Z' }, true],
    [{ resourceType: 'Observation', effectiveDateTime: '2024-02-01' }, false],
    [{ resourceType: 'Observation', effectiveDateTime: '2024' }, true],
    [{ resourceType: 'Observation', effectivePeriod: { start: '2023-12-01', end: '2024-01-05' } }, true],
    [{ resourceType: 'Observation', effectiveTiming: { event: ['2024-01-05'] } }, true],
    [{ resourceType: 'Observation', effectiveTiming: { event: ['2024-03-05'] } }, false],
    [{ resourceType: 'Encounter', period: { start: '2023-12-01', end: '2024-01-05' } }, false],
    [{ resourceType: 'Condition', recordedDate: '2024-01-05', onsetDateTime: '2010' }, true],
    [{ resourceType: 'Condition', recordedDate: '2023', onsetDateTime: '2024-01-05' }, false],
    [{ resourceType: 'DocumentReference', context: { period: { start: '2024-01-05' } }, date: '2024-03-01T00:00:00Z' }, true],
    [{ resourceType: 'Procedure', performedString: 'last year' }, true],
    [{ resourceType: 'Condition' }, true],
    [{ resourceType: 'RelatedPerson', birthDate: '1950-01-01' }, true],
  ])('tell of %j whether it is of January: %s', (resource, expected) => {
    expect(isOfJanuary(resource)).toBe(expected);
  });
});
