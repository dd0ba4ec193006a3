/**
 * Chained parameters and `_has` (https://hl7.org/fhir/R4/search.html#chaining, https://hl7.org/fhir/R4/search.html#has), held
 * against all resources of a small population one by one.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../src/fhir/search/parameters.ts';
import { parseSearch, type NameValue } from '../../src/fhir/search/parse.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { randomIds } from '../../src/machine/random-ids.ts';
import { systemClock } from '../../src/machine/system-clock.ts';
import { maxJoined } from '../../src/store/joined-sets.ts';
import { openDataStore, type OpenDataStore } from '../../src/store/open-data-store.ts';
import { memoryTable } from './memory-table.ts';
import { seededRandom, type Random } from './model/random.ts';

const baseUrl = 'http://store.example/r4';
const objects = { put: async () => {}, get: async () => undefined, delete: async () => {}, list: async () => ({ keys: [] }) };

type Reference = { readonly reference?: string };
// oxlint-disable-next-line typescript/no-explicit-any -- resources of many shapes
type Body = any;

/** Where the references of a parameter stand, and which types they may have. */
const links: Readonly<Record<string, Readonly<Record<string, { readonly of: (body: Body) => readonly (Reference | undefined)[]; readonly types: readonly string[] }>>>> = {
  Observation: {
    subject: { of: (body) => [body.subject], types: ['Patient', 'Group'] },
    patient: { of: (body) => [body.subject], types: ['Patient'] },
    performer: { of: (body) => body.performer ?? [], types: ['Practitioner', 'Organization', 'Patient'] },
    encounter: { of: (body) => [body.encounter], types: ['Encounter'] },
    'has-member': { of: (body) => body.hasMember ?? [], types: ['Observation'] },
  },
  Encounter: {
    subject: { of: (body) => [body.subject], types: ['Patient', 'Group'] },
    'part-of': { of: (body) => [body.partOf], types: ['Encounter'] },
    'service-provider': { of: (body) => [body.serviceProvider], types: ['Organization'] },
  },
  Patient: {
    organization: { of: (body) => [body.managingOrganization], types: ['Organization'] },
    'general-practitioner': { of: (body) => body.generalPractitioner ?? [], types: ['Practitioner', 'Organization'] },
  },
  Organization: { partof: { of: (body) => [body.partOf], types: ['Organization'] } },
  Group: { member: { of: (body) => (body.member ?? []).map((one: Body) => one.entity), types: ['Patient', 'Practitioner'] } },
  Practitioner: {},
};
const types = Object.keys(links);

const words = ['ann', 'bob', 'cid', 'dan'] as const;
const leaves: Readonly<Record<string, Readonly<Record<string, (body: Body) => string | undefined>>>> = {
  Observation: { code: (body) => body.code.coding[0].code, _id: (body) => body.id },
  Encounter: { class: (body) => body.class.code, _id: (body) => body.id },
  Patient: { family: (body) => body.name[0].family, name: (body) => body.name[0].family, _id: (body) => body.id },
  Practitioner: { family: (body) => body.name[0].family, name: (body) => body.name[0].family, _id: (body) => body.id },
  Organization: { name: (body) => body.name, _id: (body) => body.id },
  Group: { code: (body) => body.code.coding[0].code, _id: (body) => body.id },
};

/** A resource and what contains it, if it is contained. */
interface Node {
  readonly body: Body;
  readonly container: Body;
}

class Population {
  readonly live = new Map<string, Body>();

  /** What R4 says, word for word: every link is followed, every referring resource looked at. */
  satisfies({ body, container }: Node, name: string, value: string): boolean {
    const reverse = /^_has:(\w+):([\w-]+):(.+)$/.exec(name);
    if (reverse !== null) {
      const [, type, parameter, rest] = reverse as unknown as [string, string, string, string];
      if (body !== container) return false;
      return [...this.live.values()].some((one) => one.resourceType === type
        && this.targets({ body: one, container: one }, parameter).some((target) => target.body === body)
        && this.satisfies({ body: one, container: one }, rest, value));
    }
    const chain = /^([\w-]+)(?::(\w+))?\.(.+)$/.exec(name);
    if (chain !== null) {
      const [, parameter, type, rest] = chain as unknown as [string, string, string | undefined, string];
      return this.targets({ body, container }, parameter).some((target) =>
        (type === undefined || target.body.resourceType === type) && this.satisfies(target, rest, value));
    }
    const leaf = leaves[body.resourceType]![name.replace(/:.*/, '')];
    if (leaf === undefined) return false;
    const found = value.split(',').some((one) => leaf(body) === one);
    return name.endsWith(':not') ? !found : found;
  }

  targets({ body, container }: Node, parameter: string): readonly Node[] {
    const link = links[body.resourceType]![parameter];
    return (link?.of(body) ?? []).flatMap((reference) => {
      const text = reference?.reference?.replace(`${baseUrl}/`, '').replace(/\/_history\/.*/, '');
      if (text === undefined) return [];
      const target = text.startsWith('#') ? container.contained?.find(({ id }: Body) => `#${id}` === text) : this.live.get(text);
      if (target === undefined || !link!.types.includes(target.resourceType)) return [];
      return [{ body: target, container: text.startsWith('#') ? container : target }];
    });
  }
}

const each = 14;

/** References of every form: relative, of a version, absolute, elsewhere, to nothing, and to what is contained. */
function reference(random: Random, targets: readonly string[], contained: Body[]): Reference {
  const type = random.pick(targets);
  const relative = `${type}/${type.toLowerCase()}-${random.below(each + 1)}`;
  const form = random.below(10);
  if (form === 0) return { reference: `${relative}/_history/1` };
  if (form === 1) return { reference: `${baseUrl}/${relative}` };
  if (form === 2) return { reference: `http://elsewhere.example/${relative}` };
  if (form > 3) return { reference: relative };
  contained.push({ ...resource(random, type), id: `c${contained.length}` });
  return { reference: `#c${contained.length - 1}` };
}

/** Without references, as what is contained has none. */
function resource(random: Random, type: string): Body {
  const coding = (code: string) => ({ coding: [{ code }] });
  const word = random.pick(words);
  switch (type) {
    case 'Observation': return { resourceType: type, status: 'final', code: coding(word) };
    case 'Encounter': return { resourceType: type, status: 'planned', class: { code: word } };
    case 'Organization': return { resourceType: type, name: word };
    case 'Group': return { resourceType: type, type: 'person', actual: true, code: coding(word) };
    default: return { resourceType: type, name: [{ family: word }] };
  }
}

function linked(random: Random, type: string): Body {
  const contained: Body[] = [];
  const some = (...targets: string[]) => reference(random, targets, contained);
  const own = resource(random, type);
  const references = (): object => {
    switch (type) {
      case 'Observation': return {
        subject: some('Patient', 'Patient', 'Group'), encounter: some('Encounter'),
        performer: [some('Practitioner', 'Organization'), some('Patient', 'Practitioner')],
        ...(random.chance(0.4) ? { hasMember: [some('Observation')] } : {}),
      };
      case 'Encounter': return { subject: some('Patient', 'Group'), partOf: some('Encounter'), serviceProvider: some('Organization') };
      case 'Patient': return { managingOrganization: some('Organization'), generalPractitioner: [some('Practitioner'), some('Organization')] };
      case 'Organization': return random.chance(0.6) ? { partOf: some('Organization') } : {};
      case 'Group': return { member: [{ entity: some('Patient') }, { entity: some('Patient', 'Practitioner') }] };
      default: return {};
    }
  };
  return { ...own, ...references(), ...(contained.length === 0 ? {} : { contained }) };
}

/** The name of a parameter that follows so many references. */
function chainName(random: Random, type: string, depth: number): string {
  if (depth === 0) return random.pick(Object.keys(leaves[type]!));
  if (random.chance(0.5)) {
    const ways = types.flatMap((other) => Object.entries(links[other]!).filter(([, link]) => link.types.includes(type)).map(([code]) => [other, code] as const));
    if (ways.length > 0) {
      const [other, code] = random.pick(ways);
      return `_has:${other}:${code}:${chainName(random, other, depth - 1)}`;
    }
  }
  const codes = Object.keys(links[type]!);
  if (codes.length === 0) return chainName(random, type, 0);
  const code = random.pick(codes);
  const target = random.pick(links[type]![code]!.types);
  const isTyped = random.chance(0.6);
  return `${code}${isTyped ? `:${target}` : ''}.${chainName(random, target, depth - 1)}`;
}

describe.each([1, 2])('over population %i', (seed) => {
  const population = new Population();
  let store: OpenDataStore;

  beforeAll(async () => {
    const random = seededRandom(seed);
    store = openDataStore({
      resources: memoryTable(), index: memoryTable(), objects, clock: systemClock, ids: randomIds, secret: new Uint8Array(32), shards: 2,
    });
    for (const type of types) {
      for (let number = 0; number < each; number += 1) {
        const body = { ...linked(random, type), id: `${type.toLowerCase()}-${number}` };
        await store.write({ interaction: 'update', resource: body as Resource & { id: string } });
        if (number % 7 === 6) await store.write({ interaction: 'delete', type, id: body.id });
        else population.live.set(`${type}/${body.id}`, body);
      }
    }
  });

  async function found(type: string, parameters: readonly NameValue[]): Promise<readonly string[]> {
    const query = parseSearch(type, parameters, { baseUrl, searchParameters: baseParameters });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.search(query, cursor);
      ids.push(...page.matches.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    return ids;
  }

  const expected = (type: string, parameters: readonly NameValue[]): readonly string[] => [...population.live.values()]
    .filter((body) => body.resourceType === type && parameters.every(([name, value]) => name.startsWith('_count') || name.startsWith('_sort') || population.satisfies({ body, container: body }, name, value)))
    .map(({ id }) => id);

  test.each([1, 2, 3])('what is found over %i references is what satisfies the search, each once', async (depth) => {
    const random = seededRandom(seed * 100 + depth);
    let matched = 0;
    for (let number = 0; number < 150; number += 1) {
      const type = random.pick(types);
      const valueOf = (): string => (random.chance(0.3) ? `${random.pick(words)},${random.pick(words)}` : random.pick(words));
      const parameters: NameValue[] = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => {
        const name = chainName(random, type, depth);
        return [name, name.endsWith('_id') ? `${random.pick(types).toLowerCase()}-${random.below(each)}` : valueOf()] as const;
      });
      if (random.chance(0.3)) parameters.push(['_count', '3']);
      if (random.chance(0.2)) parameters.push(['_sort', '-_lastUpdated']);
      const ids = await found(type, parameters);
      expect([type, parameters, ids.toSorted()]).toEqual([type, parameters, expected(type, parameters).toSorted()]);
      matched += ids.length;
    }
    expect(matched).toBeGreaterThan(25);
  }, 60_000);
});

const open = (): OpenDataStore => openDataStore({
  resources: memoryTable(), index: memoryTable(), objects, clock: systemClock, ids: randomIds, secret: new Uint8Array(32), shards: 2,
});

async function pagesOf(store: OpenDataStore, type: string, parameters: readonly NameValue[]): Promise<readonly string[]> {
  const query = parseSearch(type, parameters, { baseUrl, searchParameters: baseParameters });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.search(query, cursor);
    ids.push(...page.matches.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== undefined);
  return ids;
}

const put = (store: OpenDataStore, body: Body) => store.write({ interaction: 'update', resource: body });

describe('more resources than lead to matches one by one', () => {
  const many = maxJoined + 50;
  let store: OpenDataStore;

  beforeAll(async () => {
    store = open();
    for (let number = 0; number < many; number += 1) {
      await put(store, { resourceType: 'Patient', id: `p${number}`, gender: number % 2 === 0 ? 'male' : 'female', active: number < 3 });
      await put(store, { resourceType: 'Observation', id: `o${number}`, status: 'final', code: { coding: [{ code: 'a' }] }, subject: { reference: `Patient/p${number}` } });
    }
  }, 60_000);

  test.each<[string, NameValue, number]>([
    ['Observation', ['subject:Patient.gender', 'male,female'], many],
    ['Observation', ['subject.gender:not', 'other'], many],
    ['Patient', ['_has:Observation:subject:code', 'a'], many],
    ['Patient', ['_has:Observation:subject:code', 'b'], 0],
    ['Observation', ['subject:Patient._has:Observation:patient:status', 'final'], many],
    ['Observation', ['subject:Patient.active', 'true'], 3],
  ])('%s?%s is answered whole, over pages of %s', async (type, parameter, expected) => {
    const found = await pagesOf(store, type, [parameter, ['_count', '400']]);
    expect([found.length, new Set(found).size]).toEqual([expected, expected]);
  }, 60_000);

  test('a total counts them all', async () => {
    const query = parseSearch('Observation', [['subject:Patient.gender', 'male'], ['_summary', 'count']], { baseUrl, searchParameters: baseParameters });
    expect((await store.search(query)).total).toBe(many / 2);
  });

  test('what leads to few is found by them, and told', async () => {
    const query = parseSearch('Observation', [['subject:Patient.active', 'true'], ['_explain', 'true']], { baseUrl, searchParameters: baseParameters });
    const { explanation } = await store.search(query);
    expect(explanation?.drivers[0]).toMatchObject({ kind: 'reference', family: 'reference (subject)' });
    expect(explanation?.hydrations).toBeLessThanOrEqual(6);
  });
});

test('a page goes on where the one before ended, whatever was written meanwhile', async () => {
  const store = open();
  const wanted = { identifier: [{ value: 'wanted' }] };
  for (let number = 0; number < 9; number += 1) {
    await put(store, { resourceType: 'Patient', id: `p${number}`, ...wanted });
    await put(store, { resourceType: 'Observation', id: `o${number}`, status: 'final', code: { coding: [{ code: 'a' }] }, subject: { reference: `Patient/p${number}` } });
  }
  for (const parameters of [[['subject.identifier', 'wanted']], [['patient.identifier', 'wanted'], ['code', 'a']]] as const) {
    const query = parseSearch('Observation', [...parameters, ['_count', '3']], { baseUrl, searchParameters: baseParameters });
    const first = await store.search(query);
    await put(store, { resourceType: 'Patient', id: `p-${parameters.length}`, ...wanted });
    await put(store, { resourceType: 'Patient', id: 'inside', ...wanted, contained: [{ resourceType: 'Patient', id: 'c', ...wanted }], link: [{ other: { reference: '#c' }, type: 'refer' }] });
    const found = [...first.matches];
    for (let page = await store.search(query, first.next); ; page = await store.search(query, page.next)) {
      found.push(...page.matches);
      if (page.next === undefined) break;
    }
    expect(found.map(({ id }) => id).toSorted()).toEqual(Array.from({ length: 9 }, (_, number) => `o${number}`));
  }
});

describe('resources that stand within others', () => {
  const coding = (code: string) => ({ coding: [{ code }] });

  test('a chained condition is evaluated inside contained resources, and from one to another', async () => {
    const store = open();
    await put(store, {
      resourceType: 'MedicationRequest', id: 'inside', status: 'active', intent: 'order', subject: { reference: 'Patient/1' },
      medicationReference: { reference: '#m' },
      contained: [
        { resourceType: 'Medication', id: 'm', code: coding('a'), manufacturer: { reference: '#o' } },
        { resourceType: 'Organization', id: 'o', name: 'One' },
      ],
    });
    await put(store, { resourceType: 'Medication', id: 'm', code: coding('b') });
    for (const [name, value, expected] of [
      ['medication.code', 'a', ['inside']], ['medication.code', 'b', []], ['medication:Medication.manufacturer.name', 'one', ['inside']],
      ['medication.manufacturer.name', 'two', []],
    ] as const) expect([name, value, await pagesOf(store, 'MedicationRequest', [[name, value]])]).toEqual([name, value, expected]);
    expect(await pagesOf(store, 'Medication', [['manufacturer.name', 'one'], ['_contained', 'true']])).toEqual(['inside']);
    expect(await pagesOf(store, 'Medication', [['manufacturer.name', 'one']])).toEqual([]);
  });

  test('the first resource of a document is searched by the parameter of its Bundle', async () => {
    const store = open();
    const composition = { resourceType: 'Composition', status: 'final', type: coding('t'), title: 'Letter', date: '2024', author: [] };
    await put(store, { resourceType: 'Bundle', id: 'document', type: 'document', entry: [{ resource: { ...composition, id: 'c' } }] });
    await put(store, { ...composition, id: 'c', title: 'Other' });
    expect(await pagesOf(store, 'Bundle', [['composition.title', 'letter']])).toEqual(['document']);
    expect(await pagesOf(store, 'Bundle', [['composition.title', 'other']])).toEqual([]);
  });
});

describe('what R4 says', () => {
  let store: OpenDataStore;

  beforeAll(async () => {
    store = open();
    await put(store, { resourceType: 'Practitioner', id: 'joe', name: [{ given: ['Joe'] }], address: [{ state: 'CA' }] });
    await put(store, { resourceType: 'Practitioner', id: 'joan', name: [{ given: ['Joan'] }], address: [{ state: 'MN' }] });
    await put(store, { resourceType: 'Patient', id: 'both', generalPractitioner: [{ reference: 'Practitioner/joe' }, { reference: 'Practitioner/joan' }] });
    await put(store, { resourceType: 'Patient', id: 'one', generalPractitioner: [{ reference: 'Practitioner/joe' }] });
    for (const [id, code, patient] of [['o1', '123', 'both'], ['o2', '456', 'both'], ['o3', '123', 'one']]) {
      await put(store, { resourceType: 'Observation', id, status: 'final', code: { coding: [{ code }] }, subject: { reference: `Patient/${patient}` } });
    }
    await put(store, { resourceType: 'Group', id: '102', type: 'person', actual: true, member: [{ entity: { reference: 'Patient/one' } }] });
    await put(store, { resourceType: 'Encounter', id: 'e1', status: 'planned', class: { code: 'AMB' }, subject: { reference: 'Patient/one' } });
    await put(store, { resourceType: 'Encounter', id: 'e2', status: 'planned', class: { code: 'AMB' }, subject: { reference: 'Patient/both' } });
  });

  test.each<[string, string, readonly NameValue[], readonly string[]]>([
    ['chained parameters are evaluated each by itself', 'Patient', [['general-practitioner.name', 'Joe'], ['general-practitioner.address-state', 'MN']], ['both']],
    ['or searches are allowed in _has', 'Patient', [['_has:Observation:patient:code', '123,456']], ['both', 'one']],
    ['each _has is processed by itself', 'Patient', [['_has:Observation:patient:code', '123'], ['_has:Observation:patient:code', '456']], ['both']],
    ['_has may be used in a chain', 'Encounter', [['patient._has:Group:member:_id', '102']], ['e1']],
    ['_has may end in a chain', 'Practitioner', [['_has:Patient:general-practitioner:_has:Group:member:type', 'person']], ['joe']],
    ['beside parameters of the resource itself', 'Observation', [['code', '123'], ['patient.general-practitioner:Practitioner.name', 'Joan']], ['o1']],
  ])('%s', async (_sentence, type, parameters, expected) => {
    expect((await pagesOf(store, type, parameters)).toSorted()).toEqual(expected);
  });
});
