/** The synthetic population makes clinical sense and is valid FHIR R4. */

import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../src/fhir/json.ts';
import { isObject, numberValue } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';
import { checkStructure } from '../../../src/fhir/validate/structure.ts';

const groups = [...syntheticPopulation({ patients: 60, seed: 5 })];
const resources = groups.flat();
const preloadedTypes = [
  'AllergyIntolerance', 'CarePlan', 'CareTeam', 'Claim', 'Condition', 'Device', 'DiagnosticReport', 'Encounter',
  'ExplanationOfBenefit', 'ImagingStudy', 'Immunization', 'Location', 'MedicationAdministration', 'MedicationRequest',
  'Observation', 'Organization', 'Patient', 'Practitioner', 'PractitionerRole', 'Procedure', 'Provenance',
];

function codeOf(resource: Resource | JsonObject): Json | undefined {
  const [first] = ((resource.code as JsonObject | undefined)?.coding ?? []) as JsonObject[];
  return first?.code;
}

/** All values of a laboratory code or vital sign, in one unit. */
function values(code: string, unit: string): number[] {
  const found: number[] = [];
  for (const resource of resources) {
    const measured = [resource, ...((resource.component ?? []) as JsonObject[])].filter((entry) => codeOf(entry) === code);
    for (const { valueQuantity } of measured) {
      if (isObject(valueQuantity) && valueQuantity.code === unit && resource.status === 'final') {
        found.push(numberValue(valueQuantity.value as number));
      }
    }
  }
  return found;
}

function* datesIn(value: Json | undefined, name = ''): Generator<string> {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) && name !== 'expirationDate') yield value.slice(0, 10);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, entry] of Object.entries(value)) yield* datesIn(entry as Json, key);
}

describe('the synthetic population', () => {
  test('has the 21 resource types of a preloaded data store with twenty patients', () => {
    const twenty = groups.slice(0, 21).flat();
    expect([...new Set(twenty.map(({ resourceType }) => resourceType))].sort()).toEqual(preloadedTypes);
  });

  test('is valid R4 in every resource', () => {
    expect(resources.flatMap((resource) => checkStructure(resource))).toEqual([]);
  });

  test.each([
    ['2823-3', 'mmol/L', 3, 7], ['2160-0', 'mg/dL', 0.3, 13], ['4548-4', '%', 4, 11], ['8480-6', 'mm[Hg]', 70, 190],
    ['8462-4', 'mm[Hg]', 40, 125], ['29463-7', 'kg', 2, 160], ['8302-2', 'cm', 45, 205], ['39156-5', 'kg/m2', 10, 45],
    ['8867-4', '/min', 45, 160], ['8310-5', 'Cel', 35.5, 38], ['718-7', 'g/dL', 9, 18], ['2345-7', 'mg/dL', 60, 300],
  ])('measures %s in %s within what a body can show', (code, unit, low, high) => {
    const found = values(code, unit);
    expect(found.length).toBeGreaterThan(10);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...found)).toBeLessThanOrEqual(high);
  });

  test('gives every blood pressure its two components, systolic above diastolic', () => {
    const panels = resources.filter((resource) => codeOf(resource) === '85354-9');
    for (const { component } of panels) expect((component as JsonObject[]).map(codeOf)).toEqual(['8480-6', '8462-4']);
    expect(values('8480-6', 'mm[Hg]').length).toBe(panels.length);
  });

  test('dates nothing after the death of a patient or the last day of the records', () => {
    for (const group of groups.slice(1)) {
      const death = typeof group[0]?.deceasedDateTime === 'string' ? group[0].deceasedDateTime.slice(0, 10) : '2025-06-30';
      // A moment late in the evening belongs to the next day in UTC.
      const limit = new Date(Date.parse(death) + 86_400_000).toISOString().slice(0, 10);
      expect([...group].flatMap((resource) => [...datesIn(resource)]).filter((date) => date > limit)).toEqual([]);
    }
  });

  test('bills every encounter that has ended, with one claim and one explanation of benefit for that claim', () => {
    const ended = resources.filter(({ resourceType, status }) => resourceType === 'Encounter' && status === 'finished');
    const claims = resources.filter(({ resourceType }) => resourceType === 'Claim');
    const benefits = resources.filter(({ resourceType }) => resourceType === 'ExplanationOfBenefit');
    expect(claims).toHaveLength(ended.length);
    expect(benefits.map(({ claim }) => (claim as JsonObject).reference)).toEqual(claims.map(({ id }) => `Claim/${id}`));
  });

  test('adds the items of a claim up to its total', () => {
    for (const claim of resources.filter(({ resourceType }) => resourceType === 'Claim')) {
      const nets = (claim.item as JsonObject[]).map(({ net }) => numberValue((net as JsonObject).value as number));
      const sum = nets.reduce((total, net) => total + net, 0);
      expect(sum).toBeCloseTo(numberValue((claim.total as JsonObject).value as number), 2);
    }
  });
});
