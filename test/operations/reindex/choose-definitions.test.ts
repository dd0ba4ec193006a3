/** Which of the definitions that are stored are searched by, and what is said of the others. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { customParameters } from '../../../src/fhir/search/custom/definition.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import type { SearchParameters } from '../../../src/fhir/search/parameters.ts';
import { chooseDefinitions } from '../../../src/operations/reindex/choose-definitions.ts';
import { maxChosenBytes, maxUnusedBytes } from '../../../src/operations/reindex/bounded-choice.ts';

const definition = (name: string, changes: object = {}): Resource => ({
  resourceType: 'SearchParameter', url: `http://example.org/${name}`, name, status: 'active', description: name,
  code: name, base: ['Patient'], type: 'token', expression: 'Patient.maritalStatus', ...changes,
});

/** Searches use the parameters of these. */
async function activeWith(...resources: Resource[]): Promise<SearchParameters> {
  const parameters = (await chooseDefinitions(resources, baseParameters)).wanted.flatMap((one) => [...customParameters(one)]);
  return { of: (type) => new Map([...parameters.flatMap(([of, one]) => (of === type ? [[one.code, one] as const] : [])), ...baseParameters.of(type)]) };
}

const urls = (some: readonly { readonly url: string }[]): string[] => some.map(({ url }) => url.replace('http://example.org/', ''));

describe('of the SearchParameter resources of a store', () => {
  test('those that are active are searched by, on the types that they have', async () => {
    const chosen = await chooseDefinitions([definition('marital'), definition('draft', { status: 'draft' })], baseParameters);
    expect(chosen.searchable).toEqual([{ url: 'http://example.org/marital', code: 'marital', types: ['Patient'] }]);
    expect(urls(chosen.wanted)).toEqual(['marital']);
    expect(chosen.unused).toEqual([{ url: 'http://example.org/draft', reason: expect.stringContaining('not active') }]);
  });

  test('those beyond what all processes can compile are not searched by, and never displace what is', async () => {
    const wide = (name: string): Resource => definition(name, { base: ['DomainResource'], expression: `extension('${'x'.repeat(600)}').value.ofType(code)` });
    const before = ['b', 'c', 'd', 'e', 'f'].map(wide);
    expect(urls((await chooseDefinitions(before, baseParameters)).wanted)).toEqual(['b', 'c', 'd', 'e', 'f']);
    const beside = await chooseDefinitions([wide('a'), ...before], await activeWith(...before));
    expect(urls(beside.wanted)).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(beside.unused).toEqual([{ url: 'http://example.org/a', reason: expect.stringContaining('Name fewer types') }]);
  });

  test('R4’s own are passed over', async () => {
    const own = definition('x', { url: 'http://hl7.org/fhir/SearchParameter/individual-birthdate' });
    expect(await chooseDefinitions([own], baseParameters)).toEqual({ wanted: [], searchable: [], unused: [], unlisted: 0 });
  });

  test('one with R4’s code is searched by where R4 has none of that code', async () => {
    const chosen = await chooseDefinitions([definition('both', { code: 'gender', base: ['Patient', 'Observation'], expression: 'Patient.gender | Observation.status' })], baseParameters);
    expect(chosen.searchable).toEqual([{ url: 'http://example.org/both', code: 'gender', types: ['Observation'] }]);
    expect(chosen.unused).toEqual([{ url: 'http://example.org/both', reason: expect.stringMatching(/^It is not used on Patient: R4 has/) }]);
  });

  test('of those with one code the first by url is searched by, unless another is already', async () => {
    const [one, other] = [definition('a', { code: 'same' }), definition('b', { code: 'same' })];
    expect(urls((await chooseDefinitions([other, one], baseParameters)).wanted)).toEqual(['a']);
    const standing = await chooseDefinitions([other, one], await activeWith(other));
    expect(urls(standing.wanted)).toEqual(['b']);
    expect(standing.unused).toEqual([{ url: 'http://example.org/a', reason: expect.stringContaining('another definition has this code there') }]);
  });

  test('two of one code on different types are searched by side by side', async () => {
    const wide = definition('b', { code: 'same', base: ['Patient', 'Encounter'], expression: 'Patient.maritalStatus | Encounter.type' });
    const chosen = await chooseDefinitions([definition('a', { code: 'same' }), wide], baseParameters);
    expect(chosen.searchable.map(({ types }) => types)).toEqual([['Patient'], ['Encounter']]);
    expect(chosen.wanted[1]!.base).toEqual(['Encounter']);
  });

  test('of those with one url the newest counts', async () => {
    const chosen = await chooseDefinitions([definition('a', { version: '1.10', code: 'new' }), definition('a', { version: '1.9', code: 'old' })], baseParameters);
    expect(chosen.searchable.map(({ code }) => code)).toEqual(['new']);
  });

  test('those that cannot be searched by say what is wrong', async () => {
    const faulty = definition('a', { expression: 'Patient.colour' });
    const { wanted, unused: [unused] } = await chooseDefinitions([faulty], baseParameters);
    expect(wanted).toEqual([]);
    expect(unused).toEqual({ url: 'http://example.org/a', reason: expect.any(String) });
  });

  test('composites are made of R4’s parameters and of those beside them', async () => {
    const composite = definition('both', {
      type: 'composite', expression: 'Patient',
      component: [
        { definition: 'http://example.org/marital', expression: 'maritalStatus' },
        { definition: 'http://hl7.org/fhir/SearchParameter/individual-birthdate', expression: 'birthDate' },
      ],
    });
    expect(urls((await chooseDefinitions([composite, definition('marital')], baseParameters)).wanted)).toEqual(['both', 'marital']);
    expect(urls((await chooseDefinitions([composite], baseParameters)).unused)).toEqual(['both']);
  });

  describe('when there are more than can be', () => {
    const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
    const codes = [...baseParameters.of('Patient').keys()];
    const restating = (count: number): Resource[] => Array.from({ length: count }, (_, place) => definition(`guide-${place}`, { code: codes[place % codes.length] }));
    const own = (count: number, changes: object = {}): Resource[] => Array.from({ length: count }, (_, place) => definition(`own-${String(place).padStart(3, '0')}`, changes));

    test('as many as a data store may have are searched by, and the others are told before those that R4 serves for', async () => {
      const chosen = await chooseDefinitions([...restating(1500), ...own(250)], baseParameters);
      expect(chosen.wanted).toHaveLength(200);
      expect(chosen.searchable.map(({ url }) => url)).toEqual(chosen.wanted.map(({ url }) => url));
      expect(chosen.unused.slice(0, 51).map(({ reason }) => reason.slice(0, 28))).toEqual([...Array.from({ length: 50 }, () => 'A data store has at most 200'), 'It is not used on Patient: R']);
      expect(chosen.unused.length + chosen.unlisted).toBe(1550);
      expect(bytes(chosen.unused)).toBeLessThan(maxUnusedBytes + 1000);
    });

    test('those in force stay, whatever comes before them by url', async () => {
      const last = definition('z');
      const chosen = await chooseDefinitions([...own(250), last], await activeWith(last));
      expect(urls(chosen.wanted)).toHaveLength(200);
      expect(urls(chosen.wanted)).toContain('z');
    });

    test('what their record can hold is chosen, those with many types and those that are long', async () => {
      for (const changes of [{ base: ['Resource'], expression: 'Resource.language' }, { expression: `Patient.extension('${'é'.repeat(2200)}').value.ofType(code)` }]) {
        const { wanted, searchable, unused } = await chooseDefinitions(own(100, changes), baseParameters);
        expect(wanted.length).toBeGreaterThan(40);
        expect(wanted.length).toBeLessThan(100);
        expect(bytes(wanted) + bytes(searchable)).toBeLessThan(maxChosenBytes);
        expect(unused).toHaveLength(100 - wanted.length);
        expect(unused[0]!.reason).toMatch(/bytes together/);
      }
    });

    test('a url that is longer than all that can be told is counted', async () => {
      const chosen = await chooseDefinitions([definition('x'.repeat(500_000)), definition('a', { status: 'draft' })], baseParameters);
      expect(chosen).toMatchObject({ wanted: [], unused: [{ url: 'http://example.org/a' }], unlisted: 1 });
    });
  });

  test('others have their turn between two', async () => {
    let turns = 0;
    await chooseDefinitions([definition('a'), definition('b'), definition('c')], baseParameters, async () => void (turns += 1));
    expect(turns).toBe(3);
  });

  test('a composite may have a component that restates R4’s, and none that is a composite', async () => {
    const component = (name: string, inner: string): Resource => definition(name, {
      type: 'composite', expression: 'Patient', component: [{ definition: `http://example.org/${inner}`, expression: 'gender' }],
    });
    const chosen = await chooseDefinitions([component('a', 'sex'), component('b', 'a'), definition('sex', { code: 'gender', expression: 'Patient.gender' })], baseParameters);
    expect(urls(chosen.wanted)).toEqual(['a']);
    expect(chosen.wanted[0]!.components).toEqual([{ code: 'gender', type: 'token', targets: [], expression: 'gender' }]);
    expect(chosen.unused).toEqual([
      { url: 'http://example.org/b', reason: expect.stringContaining('not of a composite') },
      { url: 'http://example.org/sex', reason: expect.stringContaining('R4 has a parameter') },
    ]);
  });
});
