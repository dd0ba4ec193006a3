import { expect, test } from '@jest/globals';
import { parameterIndexes } from '../../../src/fhir/definitions/search-parameters.mjs';
import { clinicalDateParameter } from '../../../src/fhir/search/clinical-date.ts';
import { searchParameter } from '../../../src/fhir/search/parameters.ts';

test('the clinical date of a type is one of its date parameters', () => {
  const types = Object.keys(parameterIndexes).filter((type) => clinicalDateParameter(type) !== undefined);
  expect(types.length).toBeGreaterThan(60);
  for (const type of types) expect(searchParameter(type, clinicalDateParameter(type)!)?.type).toBe('date');
});

test('a type without one has none', () => {
  expect(clinicalDateParameter('Patient')).toBeUndefined();
  expect(clinicalDateParameter('toString')).toBeUndefined();
});
