import { beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from '../../../scripts/definitions/structures.ts';
import { isPrimitiveType, isResourceType, structureOf } from '../../../src/fhir/structures.ts';
import { resourceTypes } from '../../../src/fhir/definitions/resource-types.ts';

describe('The generated modules', () => {
  let files: Record<string, string>;
  beforeAll(() => {
    files = generate();
  });

  test('are the list of resource types, and the table of structures with its declaration', () => {
    expect(Object.keys(files).sort()).toEqual(['resource-types.ts', 'structures.d.mts', 'structures.mjs']);
  });

  test('come out the same each time', () => {
    expect(generate()).toEqual(files);
  });

  test('hold nothing of the products whose definitions they are made from', () => {
    expect(Object.values(files).join('')).not.toMatch(/medplum|ClientApplication|SubscriptionStatus/i);
  });
});

describe('The structures of R4', () => {
  test('are those of 146 resource types, and of ViewDefinition behind them', () => {
    expect(resourceTypes).toHaveLength(147);
    expect(resourceTypes.at(-1)).toBe('ViewDefinition');
    expect(resourceTypes).toContain('EffectEvidenceSynthesis');
    for (const name of ['Resource', 'DomainResource', 'Extension', 'constructor']) expect(isResourceType(name)).toBe(false);
    expect(resourceTypes.slice(0, -1)).toEqual(resourceTypes.slice(0, -1).toSorted());
  });

  test('are complete: every type that an element names is there, primitive or complex', () => {
    const missing = new Set<string>();
    const seen = new Set<string>();
    const visit = (name: string) => {
      if (seen.has(name) || name === 'Resource' || isPrimitiveType(name)) return;
      seen.add(name);
      const structure = structureOf(name);
      if (structure === undefined) missing.add(name);
      else for (const { type } of structure.elements.values()) visit(type);
    };
    for (const name of resourceTypes) visit(name);
    expect([...missing]).toEqual([]);
    expect(seen.size).toBeGreaterThan(600);
  });

  test('name the targets of a reference, and none where any will do', () => {
    const elements = structureOf('Observation')?.elements;
    expect([...(elements?.get('subject')?.targets ?? [])]).toEqual(['Patient', 'Group', 'Device', 'Location']);
    expect(elements?.get('focus')?.targets).toBeUndefined();
    for (const name of resourceTypes) {
      for (const { targets = [] } of structureOf(name)?.elements.values() ?? []) {
        for (const target of targets) expect(isResourceType(target)).toBe(true);
      }
    }
  });

  test('have one element for each type of a choice', () => {
    const elements = structureOf('Extension')?.elements ?? new Map();
    expect([...elements.values()].filter(({ baseName }) => baseName === 'value')).toHaveLength(50);
    expect(elements.get('valueBase64Binary')).toMatchObject({
      type: 'base64Binary',
      path: 'value.ofType(base64Binary)',
      isChoice: true,
    });
  });

  test('give ids and the url of an extension the types that R4 says in words', () => {
    expect(structureOf('Patient')?.elements.get('id')?.type).toBe('id');
    expect(structureOf('HumanName')?.elements.get('id')?.type).toBe('string');
    expect(structureOf('Extension')?.elements.get('url')?.type).toBe('uri');
  });

  test.each([
    ['Binary', 'url'],
    ['DeviceDefinition', 'classification'],
    ['EvidenceVariable.characteristic', 'definitionByCombination'],
    ['HealthcareService', 'offeredIn'],
    ['Meta', 'compartment'],
    ['ObservationDefinition', 'publisher'],
    ['ResearchStudy', 'result'],
    ['ResearchStudy.objective', 'description'],
  ])('of %s have no %s, which is not of R4', (type, element) => {
    expect(structureOf(type)).toBeDefined();
    expect(structureOf(type)?.elements.has(element)).toBe(false);
  });

  test('have what the definitions lost or changed', () => {
    const characteristic = structureOf('EvidenceVariable.characteristic')?.elements;
    expect(characteristic?.get('definitionTriggerDefinition')).toMatchObject({ isRequired: true, isSummary: true });
    expect(characteristic?.get('groupMeasure')?.codes?.has('mean-of-median')).toBe(true);
    expect(characteristic?.get('description')?.type).toBe('string');
    expect(structureOf('EvidenceVariable')?.elements.get('characteristic')?.isRequired).toBe(true);
    expect([...(structureOf('ResearchStudy')?.elements.get('site')?.targets ?? [])]).toEqual(['Location']);
    expect(structureOf('Bundle.entry.response')?.elements.get('outcome')?.type).toBe('Resource');
  });
});
