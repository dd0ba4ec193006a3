import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { maxDepth } from '../../src/fhir/structures.ts';
import { walk } from '../../src/fhir/walk.ts';

function valuesOf(resource: Resource, type: string): Json[] {
  const values: Json[] = [];
  walk(resource, (element) => element.type === type && values.push(element.value));
  return values;
}

describe('walk', () => {
  const observation: Resource = {
    resourceType: 'Observation',
    id: 'o1',
    meta: { profile: ['http://example.org/profile'] },
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">A</div>' },
    contained: [
      { resourceType: 'Device', id: 'd', url: 'http://example.org/device', patient: { reference: 'Patient/contained' } },
    ],
    _status: { extension: [{ url: 'http://example.org/status', valueReference: { reference: 'Patient/extension' } }] },
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: 'Patient/subject' },
    component: [{ code: { text: 'c' }, valueQuantity: { value: 1, system: 'http://unitsofmeasure.org' } }],
  };

  test('finds every reference, in contained resources and in extensions of primitives too', () => {
    expect(valuesOf(observation, 'Reference')).toEqual([
      { reference: 'Patient/contained' },
      { reference: 'Patient/extension' },
      { reference: 'Patient/subject' },
    ]);
  });

  test('knows the type of each primitive', () => {
    expect(valuesOf(observation, 'canonical')).toEqual(['http://example.org/profile']);
    expect(valuesOf(observation, 'uri')).toEqual([
      'http://example.org/device',
      'http://example.org/status',
      'http://loinc.org',
      'http://unitsofmeasure.org',
    ]);
    expect(valuesOf(observation, 'xhtml')).toHaveLength(1);
    expect(valuesOf(observation, 'decimal')).toEqual([1]);
  });

  test('names an element defined in place by its path, and the type of a choice by its suffix', () => {
    expect(valuesOf(observation, 'Observation.component')).toHaveLength(1);
    expect(valuesOf(observation, 'Quantity')).toHaveLength(1);
  });

  test('follows content references', () => {
    const item = { linkId: '1', item: [{ linkId: '2', answer: [{ valueUri: 'urn:a', item: [{ linkId: '3' }] }] }] };
    const linkIds: Json[] = [];
    walk({ resourceType: 'QuestionnaireResponse', item: [item] }, ({ key, value }) => key === 'linkId' && linkIds.push(value));
    expect(linkIds).toEqual(['1', '2', '3']);
  });

  test('enters the resources of a Bundle and of Parameters', () => {
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'urn:uuid:1', resource: observation }] };
    const parameters: Resource = {
      resourceType: 'Parameters',
      parameter: [{ name: 'p', part: [{ name: 'q', resource: bundle }] }],
    };
    expect(valuesOf(parameters, 'Reference')).toHaveLength(3);
    expect(valuesOf(parameters, 'Observation')).toEqual([observation]);
  });

  test('lets a visitor replace a value in place', () => {
    const resource: Resource = {
      resourceType: 'Patient',
      generalPractitioner: [{ reference: 'urn:uuid:1' }],
      photo: [{ url: 'a' }],
    };
    walk(resource, ({ parent, key, type, value }) => {
      if (type === 'url') (parent as Record<string, Json>)[key] = 'b';
      if (type === 'Reference') (value as Record<string, Json>).reference = 'Practitioner/1';
    });
    expect(resource).toEqual({
      resourceType: 'Patient',
      generalPractitioner: [{ reference: 'Practitioner/1' }],
      photo: [{ url: 'b' }],
    });
  });

  test('passes over what R4 does not define', () => {
    const visited: (string | number)[] = [];
    walk(JSON.parse('{"resourceType":"Patient","__proto__":{"a":1},"constructor":{},"active":true}') as Resource, ({ key }) =>
      visited.push(key),
    );
    expect(visited).toEqual(['active']);
  });

  test(`refuses a resource nested deeper than ${maxDepth} levels`, () => {
    let extension: Json = { url: 'urn:a' };
    for (let level = 0; level < 100_000; level++) extension = { url: 'urn:a', extension: [extension] };
    expect(() => walk({ resourceType: 'Patient', extension: [extension] }, () => {})).toThrow('nested deeper');
  });
});
