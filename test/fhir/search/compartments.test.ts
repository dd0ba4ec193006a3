/** https://hl7.org/fhir/R4/compartmentdefinition.html */
import { describe, expect, test } from '@jest/globals';
import { compartments } from '../../../src/fhir/definitions/compartments.mjs';
import type { Resource } from '../../../src/fhir/resource.ts';
import {
  compartmentConditions, compartmentTypes, isCompartmentType, type CompartmentType,
} from '../../../src/fhir/search/compartments.ts';
import { matchesQuery } from '../../../src/fhir/search/match.ts';
import { searchParameter } from '../../../src/fhir/search/parameters.ts';
import type { Condition } from '../../../src/fhir/search/criteria.ts';

const baseUrl = 'https://example.org/fhir';
function isIn(resource: Resource, compartment: CompartmentType, id: string): boolean {
  const condition = compartmentConditions(compartment, id, resource.resourceType);
  if (condition === undefined) return false;
  const conditions: readonly Condition[] = [condition];
  const query = {
    type: resource.resourceType, baseUrl, clauses: [], conditions, lists: [], sort: [], count: 10, total: 'none', explain: false, applied: [], ignored: [],
  } as const;
  return matchesQuery(resource, query, { now: 0, baseUrl });
}

test('R4 defines five compartments', () => {
  expect(Object.keys(compartments).toSorted()).toEqual(['Device', 'Encounter', 'Patient', 'Practitioner', 'RelatedPerson']);
  expect(isCompartmentType('Patient')).toBe(true);
  expect(isCompartmentType('Group')).toBe(false);
  expect(isCompartmentType('constructor')).toBe(false);
});

test('every parameter of every compartment is a reference that may be to the compartment', () => {
  const members = Object.entries(compartments).flatMap(([compartment, byType]) =>
    Object.entries(byType).flatMap(([type, codes]) => codes.map((code) => ({ compartment, parameter: searchParameter(type, code) }))));
  for (const { compartment, parameter } of members) {
    expect(parameter?.type).toBe('reference');
    // Without targets it may be to anything.
    expect(parameter!.targets.length === 0 || parameter!.targets.includes(compartment)).toBe(true);
  }
});

describe('the compartment of a patient', () => {
  test('holds what refers to the patient by any of the parameters that the definition names', () => {
    expect(compartments.Patient?.AllergyIntolerance).toEqual(['patient', 'recorder', 'asserter']);
    const allergy = { resourceType: 'AllergyIntolerance', id: '1', patient: { reference: 'Patient/2' }, asserter: { reference: 'Patient/1' } };
    expect(isIn(allergy, 'Patient', '1')).toBe(true);
    expect(isIn(allergy, 'Patient', '2')).toBe(true);
    expect(isIn(allergy, 'Patient', '3')).toBe(false);
  });
  test('holds what refers to the patient by an absolute URL of this server', () => {
    expect(isIn({ resourceType: 'Observation', subject: { reference: `${baseUrl}/Patient/1` } }, 'Patient', '1')).toBe(true);
    expect(isIn({ resourceType: 'Observation', subject: { reference: 'https://elsewhere.org/Patient/1' } }, 'Patient', '1')).toBe(false);
  });
  test('does not hold what refers to something else of the same id', () => {
    expect(isIn({ resourceType: 'Observation', subject: { reference: 'Group/1' } }, 'Patient', '1')).toBe(false);
  });
  test('holds the patient, and patients linked to them', () => {
    expect(isIn({ resourceType: 'Patient', id: '1' }, 'Patient', '1')).toBe(true);
    expect(isIn({ resourceType: 'Patient', id: '2', link: [{ other: { reference: 'Patient/1' } }] }, 'Patient', '1')).toBe(true);
    expect(isIn({ resourceType: 'Patient', id: '2' }, 'Patient', '1')).toBe(false);
  });
  test('has no members of the types that the definition leaves out', () => {
    expect(compartmentConditions('Patient', '1', 'Location')).toBeUndefined();
    expect(compartmentConditions('Patient', '1', 'constructor')).toBeUndefined();
    expect(compartmentTypes('Patient')).toHaveLength(66);
    expect(compartmentTypes('Patient')).not.toContain('Location');
  });
});

test.each([
  ['Encounter', { resourceType: 'Procedure', encounter: { reference: 'Encounter/1' } }],
  ['Practitioner', { resourceType: 'Encounter', participant: [{ individual: { reference: 'Practitioner/1' } }] }],
  ['RelatedPerson', { resourceType: 'Observation', performer: [{ reference: 'RelatedPerson/1' }] }],
  ['Device', { resourceType: 'Observation', device: { reference: 'Device/1' } }],
] as const)('the compartment of a %s holds what refers to it', (compartment, resource) => {
  expect(isIn(resource as unknown as Resource, compartment, '1')).toBe(true);
  expect(isIn(resource as unknown as Resource, compartment, '2')).toBe(false);
});
