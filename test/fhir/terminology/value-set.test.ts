/** What value sets hold (https://hl7.org/fhir/R4/valueset.html), over definitions in memory. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { codeSet } from '../../../src/fhir/terminology/codes.ts';
import { relatedCodes } from '../../../src/fhir/terminology/subsumption.ts';
import type { Canonical, TerminologySource } from '../../../src/fhir/terminology/terminology-source.ts';
import { maxCodes, maxDefinitions, ValueSets } from '../../../src/fhir/terminology/value-set.ts';

const animals = 'http://example.org/animals';
const system = {
  resourceType: 'CodeSystem', url: animals, content: 'complete', hierarchyMeaning: 'is-a',
  property: [{ code: 'legs', type: 'integer' }, { code: 'parent', type: 'code' }, { code: 'unused', type: 'string' }],
  concept: [
    { code: 'animal', display: 'Animal', concept: [
      { code: 'mammal', concept: [
        { code: 'dog', property: [{ code: 'legs', valueInteger: 4 }] },
        { code: 'bat', property: [{ code: 'legs', valueInteger: 2 }, { code: 'parent', valueCode: 'flier' }] },
        { code: 'mammoth', property: [{ code: 'legs', valueInteger: 4 }, { code: 'inactive', valueBoolean: true }] },
      ] },
      { code: 'flier', concept: [{ code: 'bird', property: [{ code: 'legs', valueInteger: 2 }] }] },
    ] },
    { code: 'stone' },
  ],
} satisfies JsonObject;

function sourceOf(...resources: readonly JsonObject[]): TerminologySource {
  const find = (type: string) => async ({ url, version }: Canonical) =>
    resources.find((each) => each.resourceType === type && each.url === url && (version === undefined || each.version === version));
  return { codeSystem: find('CodeSystem'), valueSet: find('ValueSet') };
}

const valueSet = (name: string, compose: JsonObject): JsonObject => ({ resourceType: 'ValueSet', url: `http://example.org/vs/${name}`, compose });
const including = (...include: JsonObject[]): JsonObject => valueSet('asked', { include });

async function members(asked: JsonObject, ...others: readonly JsonObject[]): Promise<(string | undefined)[] | undefined> {
  const codes = await new ValueSets(sourceOf(system, asked, ...others)).codesOf(asked);
  return codeSet(codes).members?.map(({ code }) => code).sort();
}

const filtered = (property: string, op: string, value: string): JsonObject => including({ system: animals, filter: [{ property, op, value }] });

describe('an include', () => {
  test('of a system alone has all of its concepts', async () => {
    expect(await members(including({ system: animals }))).toEqual(['animal', 'bat', 'bird', 'dog', 'flier', 'mammal', 'mammoth', 'stone']);
  });

  test('of a system that is not known has every code of it', async () => {
    const codes = codeSet(await new ValueSets(sourceOf()).codesOf(including({ system: 'http://loinc.org' })));
    expect(codes.members).toBeUndefined();
    expect(codes.includes({ system: 'http://loinc.org', code: '1-8' }, false)).toBe(true);
    expect(codes.includes({ system: animals, code: '1-8' }, false)).toBe(false);
  });

  test('of concepts has those, whether the system is known or not', async () => {
    expect(await members(including({ system: 'http://loinc.org', concept: [{ code: '1-8' }, { code: '2-6' }] }))).toEqual(['1-8', '2-6']);
  });

  test.each([
    ['is-a', 'mammal', ['bat', 'dog', 'mammal', 'mammoth']],
    ['is-a', 'flier', ['bat', 'bird', 'flier']],
    ['descendent-of', 'mammal', ['bat', 'dog', 'mammoth']],
    ['is-not-a', 'animal', ['stone']],
    ['generalizes', 'bat', ['animal', 'bat', 'flier', 'mammal']],
    ['=', 'dog', ['dog']],
    ['in', 'dog,bat', ['bat', 'dog']],
    ['not-in', 'dog,bat,bird,animal,mammal', ['flier', 'mammoth', 'stone']],
    ['regex', 'b.*', ['bat', 'bird']],
    ['exists', 'true', ['animal', 'bat', 'bird', 'dog', 'flier', 'mammal', 'mammoth', 'stone']],
  ])('filters concepts: %s %s', async (op, value, expected) => {
    expect(await members(filtered('concept', op, value))).toEqual(expected);
  });

  test.each([
    ['legs', '=', '4', ['dog', 'mammoth']],
    ['legs', 'in', '2, 4', ['bat', 'bird', 'dog', 'mammoth']],
    ['legs', 'regex', '[2-3]', ['bat', 'bird']],
    ['legs', 'exists', 'false', ['animal', 'flier', 'mammal', 'stone']],
    ['parent', '=', 'flier', ['bat', 'bird']],
    ['child', '=', 'bat', ['flier', 'mammal']],
    ['display', '=', 'Animal', ['animal']],
    ['unused', 'exists', 'true', []],
  ])('filters by properties: %s %s %s', async (property, op, value, expected) => {
    expect(await members(filtered(property, op, value))).toEqual(expected);
  });

  test('with several filters has what passes them all', async () => {
    const filter = [{ property: 'concept', op: 'is-a', value: 'mammal' }, { property: 'legs', op: '=', value: '4' }];
    expect(await members(including({ system: animals, filter }))).toEqual(['dog', 'mammoth']);
  });

  test('leaves out what is inactive where the value set says so', async () => {
    const filter = [{ property: 'concept', op: 'is-a', value: 'mammal' }];
    expect(await members(valueSet('asked', { inactive: false, include: [{ system: animals, filter }] }))).toEqual(['bat', 'dog', 'mammal']);
  });

  test('of a system and value sets has what is in all of them', async () => {
    const fliers = valueSet('fliers', { include: [{ system: animals, concept: [{ code: 'bat' }, { code: 'bird' }] }] });
    const mammals = valueSet('mammals', { include: [{ system: animals, concept: [{ code: 'bat' }, { code: 'dog' }] }] });
    const both = { valueSet: [String(fliers.url), String(mammals.url)] };
    expect(await members(including(both), fliers, mammals)).toEqual(['bat']);
    expect(await members(including({ system: animals, concept: [{ code: 'dog' }, { code: 'stone' }], valueSet: [String(mammals.url)] }), mammals)).toEqual(['dog']);
  });
});

describe('a value set', () => {
  test('joins its includes, and leaves out what it excludes', async () => {
    const compose = {
      include: [{ system: animals, filter: [{ property: 'concept', op: 'is-a', value: 'flier' }] }, { system: animals, concept: [{ code: 'dog' }] }],
      exclude: [{ system: animals, concept: [{ code: 'bat' }] }],
    };
    expect(await members(valueSet('asked', compose))).toEqual(['bird', 'dog', 'flier']);
  });

  test('imports the version that it names', async () => {
    const versions = ['1', '2'].map((version) => ({ ...valueSet('v', { include: [{ system: animals, concept: [{ code: `v${version}` }] }] }), version }));
    expect(await members(including({ valueSet: ['http://example.org/vs/v|2'] }), ...versions)).toEqual(['v2']);
    await expect(members(including({ valueSet: ['http://example.org/vs/v|3'] }), ...versions)).rejects.toThrow(FhirError);
  });

  const expansion = { timestamp: '2024-01-01', contains: [{ display: 'Pets', contains: [{ system: animals, code: 'dog' }] }, { system: animals, code: 'bird' }] };
  const unresolvable = { include: [{ system: 'http://loinc.org', filter: [{ property: 'CLASS', op: '=', value: 'CHEM' }] }] };

  test('without a compose that can be resolved has what its expansion has', async () => {
    expect(await members({ url: 'x', expansion })).toEqual(['bird', 'dog']);
    expect(await members({ url: 'x', compose: unresolvable, expansion: { ...expansion, total: 3 } })).toEqual(['bird', 'dog']);
    expect(await members({ ...including({ system: animals, concept: [{ code: 'stone' }] }), expansion })).toEqual(['stone']);
  });

  test('leaves out what its expansion lists for navigation alone', async () => {
    const navigation = [{ system: animals, code: 'mammal', abstract: true, contains: [{ system: animals, code: 'dog' }] }];
    expect(await members({ url: 'x', expansion: { ...expansion, contains: navigation, total: 2 } })).toEqual(['dog']);
  });

  test.each([
    ['says that there is more', { ...expansion, total: 4 }],
    ['begins later', { ...expansion, offset: 10 }],
    ['was cut', { ...expansion, parameter: [{ name: 'count', valueInteger: 2 }] }],
    ['was filtered by text', { ...expansion, parameter: [{ name: 'filter', valueString: 'd' }] }],
    ['is not closed', { ...expansion, extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true }] }],
  ])('whose expansion %s is refused', async (_why, partial) => {
    await expect(members({ url: 'x', compose: unresolvable, expansion: partial })).rejects.toMatchObject({ status: 400, issues: [{ code: 'not-supported' }] });
  });

  test.each([
    ['a system of which not all is known', including({ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] }), /http:\/\/snomed\.info\/sct/],
    ['a property that the system does not have', filtered('wings', '=', '2'), /http:\/\/example\.org\/animals by a property/],
    ['a concept that the system does not have', filtered('concept', 'is-a', 'dragon'), /a concept that its code system/],
    ['an operator that R4 does not have', filtered('concept', 'like', 'dog'), /a filter on the code system/],
    ['a pattern that is not offered', filtered('code', 'regex', '(?=a)'), /regular expression/],
    ['a value set that is not known', including({ valueSet: ['http://example.org/vs/none'] }), /http:\/\/example\.org\/vs\/none, which is not known here/],
    ['nothing', valueSet('asked', { include: [] }), /does not say what it includes/],
    ['neither system nor value set', including({}), /neither a code system nor a value set/],
    ['itself', including({ valueSet: ['http://example.org/vs/asked'] }), /includes itself/],
  ])('that asks for %s is refused with the reason', async (_what, asked, reason) => {
    await expect(members(asked)).rejects.toThrow(reason);
  });

  test('is never resolved by a hierarchy that does not say what is a kind of what', async () => {
    const parts = { ...system, url: 'http://example.org/parts', hierarchyMeaning: 'part-of' };
    const asked = including({ system: parts.url, filter: [{ property: 'concept', op: 'is-a', value: 'mammal' }] });
    await expect(members(asked, parts)).rejects.toThrow(/by the hierarchy/);
  });

  test('in a circle of imports is refused', async () => {
    const one = valueSet('one', { include: [{ valueSet: ['http://example.org/vs/two'] }] });
    const two = valueSet('two', { include: [{ valueSet: ['http://example.org/vs/one'] }] });
    await expect(members(one, two)).rejects.toThrow(/includes itself/);
  });

  test('is bounded in codes and definitions', async () => {
    const many = Array.from({ length: maxCodes + 1 }, (_each, position) => ({ code: `c${position}` }));
    await expect(members(including({ system: animals, concept: many }))).rejects.toMatchObject({ status: 403 });
    const others = Array.from({ length: maxDefinitions + 1 }, (_each, position) => valueSet(`n${position}`, { include: [{ system: animals, concept: [{ code: 'dog' }] }] }));
    const imports = others.map(({ url }) => ({ valueSet: [String(url)] }));
    await expect(members(including(...imports), ...others)).rejects.toMatchObject({ status: 403 });
  });

  test.each([
    ['filters', 'concept', 'exists', 'true', 50_000], ['hierarchies', 'concept', 'is-a', 'animal', 50_000], ['patterns', 'concept', 'regex', '(b|c|d){30}', 4000],
  ])('is bounded in the effort that it takes: %s', async (_what, property, op, value, count) => {
    const filter = Array.from({ length: count }, () => ({ property, op, value }));
    await expect(members(including({ system: animals, filter }, { system: animals, filter }, { system: animals, filter }))).rejects.toThrow(/take too long to resolve/);
  });
});

describe('subsumption', () => {
  const ask = async (name: string, code: string, resource: JsonObject = system) =>
    codeSet(await relatedCodes(new ValueSets(sourceOf(resource)), { kind: 'token', system: animals, code }, name)).members?.map((each) => each.code).sort();

  test('has the concept itself, and all below or above it by every parent', async () => {
    expect(await ask('code:below', 'flier')).toEqual(['bat', 'bird', 'flier']);
    expect(await ask('code:above', 'bat')).toEqual(['animal', 'bat', 'flier', 'mammal']);
    expect(await ask('code:below', 'unknown')).toEqual(['unknown']);
  });

  test('begins at the concept whatever the case of its code, where the system is not known to depend on it', async () => {
    expect(await ask('code:below', 'FLIER')).toEqual(['bat', 'bird', 'flier']);
  });

  test('ends in a hierarchy that goes in circles', async () => {
    const concept = [{ code: 'x', property: [{ code: 'subsumedBy', valueCode: 'y' }] }, { code: 'y', property: [{ code: 'subsumedBy', valueCode: 'x' }] }];
    expect(await ask('code:below', 'x', { ...system, concept })).toEqual(['x', 'y']);
  });

  test('is refused without a system, and where the hierarchy is not known', async () => {
    await expect(relatedCodes(new ValueSets(sourceOf()), { kind: 'token', code: 'dog' }, 'code:below')).rejects.toThrow(/code:below=system\|code/);
    await expect(relatedCodes(new ValueSets(sourceOf()), { kind: 'token', system: animals, code: 'dog' }, 'code:below')).rejects.toThrow(/not known here/);
    await expect(ask('code:below', 'dog', { ...system, content: 'fragment' })).rejects.toThrow(/not all of its concepts/);
  });
});
