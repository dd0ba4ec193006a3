/** Which of the definitions that are stored are searched by, and what is said of the others. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { customParameters } from '../../../src/fhir/search/custom/definition.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import type { SearchParameters } from '../../../src/fhir/search/parameters.ts';
import { chooseDefinitions } from '../../../src/operations/reindex/choose-definitions.ts';

const definition = (name: string, changes: object = {}): Resource => ({
  resourceType: 'SearchParameter', url: `http://example.org/${name}`, name, status: 'active', description: name,
  code: name, base: ['Patient'], type: 'token', expression: 'Patient.maritalStatus', ...changes,
});

/** Searches use the parameters of these. */
function activeWith(...resources: Resource[]): SearchParameters {
  const parameters = chooseDefinitions(resources, baseParameters).wanted.flatMap((one) => [...customParameters(one)]);
  return { of: (type) => new Map([...parameters.flatMap(([of, one]) => (of === type ? [[one.code, one] as const] : [])), ...baseParameters.of(type)]) };
}

const urls = (some: readonly { readonly url: string }[]): string[] => some.map(({ url }) => url.replace('http://example.org/', ''));

describe('of the SearchParameter resources of a store', () => {
  test('those that are active are searched by, on the types that they have', () => {
    const chosen = chooseDefinitions([definition('marital'), definition('draft', { status: 'draft' })], baseParameters);
    expect(chosen.searchable).toEqual([{ url: 'http://example.org/marital', code: 'marital', types: ['Patient'] }]);
    expect(urls(chosen.wanted)).toEqual(['marital']);
    expect(chosen.unused).toEqual([{ url: 'http://example.org/draft', reason: expect.stringContaining('not active') }]);
  });

  test('those beyond what all processes can compile are not searched by, and never displace what is', () => {
    const wide = (name: string): Resource => definition(name, { base: ['DomainResource'], expression: `extension('${'x'.repeat(600)}').value.ofType(code)` });
    const before = ['b', 'c', 'd', 'e', 'f'].map(wide);
    expect(urls(chooseDefinitions(before, baseParameters).wanted)).toEqual(['b', 'c', 'd', 'e', 'f']);
    const beside = chooseDefinitions([wide('a'), ...before], activeWith(...before));
    expect(urls(beside.wanted)).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(beside.unused).toEqual([{ url: 'http://example.org/a', reason: expect.stringContaining('Name fewer types') }]);
  });

  test('R4’s own are passed over', () => {
    const own = definition('x', { url: 'http://hl7.org/fhir/SearchParameter/individual-birthdate' });
    expect(chooseDefinitions([own], baseParameters)).toEqual({ wanted: [], searchable: [], unused: [] });
  });

  test('one with R4’s code is searched by where R4 has none of that code', () => {
    const chosen = chooseDefinitions([definition('both', { code: 'gender', base: ['Patient', 'Observation'], expression: 'Patient.gender | Observation.status' })], baseParameters);
    expect(chosen.searchable).toEqual([{ url: 'http://example.org/both', code: 'gender', types: ['Observation'] }]);
    expect(chosen.unused).toEqual([{ url: 'http://example.org/both', reason: expect.stringMatching(/^It is not used on Patient: R4 has/) }]);
  });

  test('of those with one code the first by url is searched by, unless another is already', () => {
    const [one, other] = [definition('a', { code: 'same' }), definition('b', { code: 'same' })];
    expect(urls(chooseDefinitions([other, one], baseParameters).wanted)).toEqual(['a']);
    const standing = chooseDefinitions([other, one], activeWith(other));
    expect(urls(standing.wanted)).toEqual(['b']);
    expect(standing.unused).toEqual([{ url: 'http://example.org/a', reason: expect.stringContaining('another definition has this code there') }]);
  });

  test('two of one code on different types are searched by side by side', () => {
    const wide = definition('b', { code: 'same', base: ['Patient', 'Encounter'], expression: 'Patient.maritalStatus | Encounter.type' });
    const chosen = chooseDefinitions([definition('a', { code: 'same' }), wide], baseParameters);
    expect(chosen.searchable.map(({ types }) => types)).toEqual([['Patient'], ['Encounter']]);
    expect(chosen.wanted[1]!.base).toEqual(['Encounter']);
  });

  test('of those with one url the newest counts', () => {
    const chosen = chooseDefinitions([definition('a', { version: '1.10', code: 'new' }), definition('a', { version: '1.9', code: 'old' })], baseParameters);
    expect(chosen.searchable.map(({ code }) => code)).toEqual(['new']);
  });

  test('those that cannot be searched by say what is wrong', () => {
    const faulty = definition('a', { expression: 'Patient.colour' });
    const { wanted, unused: [unused] } = chooseDefinitions([faulty], baseParameters);
    expect(wanted).toEqual([]);
    expect(unused).toEqual({ url: 'http://example.org/a', reason: expect.any(String) });
  });

  test('composites are made of R4’s parameters and of those beside them', () => {
    const composite = definition('both', {
      type: 'composite', expression: 'Patient',
      component: [
        { definition: 'http://example.org/marital', expression: 'maritalStatus' },
        { definition: 'http://hl7.org/fhir/SearchParameter/individual-birthdate', expression: 'birthDate' },
      ],
    });
    expect(urls(chooseDefinitions([composite, definition('marital')], baseParameters).wanted)).toEqual(['both', 'marital']);
    expect(urls(chooseDefinitions([composite], baseParameters).unused)).toEqual(['both']);
  });
});
