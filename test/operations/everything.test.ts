/** What comes along with the pages of `$everything`, and what there is no room for. */
import { describe, expect, test } from '@jest/globals';
import { everything } from '../../src/operations/everything.ts';
import { maxReferred, referredResources } from '../../src/operations/search/referred-resources.ts';
import type { ResourceVersion, SearchMatch } from '../../src/store/data-store.ts';

const baseUrl = 'http://localhost/r4';

function version(type: string, id: string, content: object = {}): SearchMatch {
  const json = JSON.stringify({ resourceType: type, id, ...content });
  return { type, id, versionId: 1, lastUpdated: 0, interaction: 'create', json };
}

/** A patient with so many observations, each of so many performers of its own. */
function asked(observations: number, performersEach: number, practitioner: (id: string) => ResourceVersion | undefined = (id) => version('Practitioner', id)) {
  const all = Array.from({ length: observations }, (_, each) => version('Observation', `o${each}`, {
    performer: Array.from({ length: performersEach }, (_performer, other) => ({ reference: `Practitioner/${each}-${other}` })),
  }));
  const counts: number[] = [];
  const operation = everything({
    store: {
      read: async () => version('Patient', 'p'),
      readMany: async (keys) => keys.map(({ id }) => practitioner(id)),
      async searchCompartment({ queries: [first] }) {
        counts.push(first!.count);
        return { matches: all.slice(0, first!.count), ...(first!.count < all.length && { next: 'next' }) };
      },
    },
  });
  const answer = async (query = '') => {
    const { json = '{}' } = await operation({ method: 'GET', baseUrl, path: { type: 'Patient', id: 'p' }, query, headers: {}, caller: '' });
    const { entry = [] } = JSON.parse(json) as { entry?: { search: { mode: string } }[] };
    const ofMode = (mode: string): number => entry.filter(({ search }) => search.mode === mode).length;
    return { matches: ofMode('match'), included: ofMode('include') };
  };
  return { answer, counts };
}

describe('what comes along with a page of $everything', () => {
  test('is all that its members refer to', async () => {
    expect(await asked(3, 2).answer()).toEqual({ matches: 3, included: 6 });
  });

  test('makes the page shorter where it does not fit', async () => {
    const { answer, counts } = asked(8, maxReferred / 4);
    expect(await answer()).toEqual({ matches: 4, included: maxReferred });
    expect(counts).toEqual([50, 4]);
  });

  test('is too much where one member alone refers to more than fits', async () => {
    await expect(asked(2, maxReferred + 1).answer()).rejects.toThrow('_type');
    expect(await asked(2, maxReferred + 1).answer('_type=Observation')).toEqual({ matches: 2, included: 0 });
  });

  test('is not what there is not, and nothing that tells of another patient', async () => {
    const found = (id: string) => (id.endsWith('0') ? undefined : version('Practitioner', id, { extension: [{ valueReference: { reference: id.endsWith('1') ? 'Patient/q' : 'Patient/p' } }] }));
    expect(await asked(1, 3, found).answer()).toEqual({ matches: 1, included: 1 });
  });

  test.each([
    ['in an extension', '{"extension":[{"url":"u","valueReference":{"reference" : "Practitioner/p"}}]}', ['Practitioner/p']],
    ['in what is contained', '{"contained":[{"resourceType":"Basic","author":{"reference":"Practitioner/p"}}]}', ['Practitioner/p']],
    ['written with escapes', String.raw`{"author":{"reference":"Practitioner\/p"},"subject":{"ref\u0065rence":"Device\/d"}}`, ['Practitioner/p', 'Device/d']],
    ['but not in a text that looks like one', String.raw`{"text":"{\"reference\":\"Practitioner/p\"}"}`, []],
    ['and under this base alone', '{"a":{"reference":"http://localhost/r4/Device/d"},"b":{"reference":"http://elsewhere/Device/e"}}', ['Device/d']],
  ])('is found %s', async (_where, content, expected) => {
    const match: SearchMatch = { ...version('Basic', 'b'), json: content };
    const read: string[] = [];
    const referring = { baseUrl, bringsPatient: false, patient: 'p' };
    await referredResources({
      readMany: async (keys) => {
        read.push(...keys.map(({ type, id }) => `${type}/${id}`));
        return keys.map(() => undefined);
      },
    }, [match], referring);
    expect(read.toSorted()).toEqual(expected.toSorted());
  });
});
