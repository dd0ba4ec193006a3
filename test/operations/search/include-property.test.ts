/** Includes held against brute force over a small population whose references are known (R4 search.html#revinclude). */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { emptyDisk, platform } from '../bundle-platform.ts';
import type { Platform } from '../bundle-platform.ts';
import { baseUrl } from '../requests.ts';

/** The same numbers every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    const once = Math.imul(state ^ (state >>> 15), state | 1);
    const twice = once ^ (once + Math.imul(once ^ (once >>> 7), once | 61));
    return Math.floor((((twice ^ (twice >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Field {
  readonly element: string;
  readonly isList?: boolean;
  /** The search parameters that read it. */
  readonly codes: readonly string[];
  readonly targets: readonly string[];
}

const fields: Readonly<Record<string, readonly Field[]>> = {
  Organization: [{ element: 'partOf', codes: ['partof'], targets: ['Organization'] }],
  Patient: [
    { element: 'managingOrganization', codes: ['organization'], targets: ['Organization'] },
    { element: 'generalPractitioner', isList: true, codes: ['general-practitioner'], targets: ['Organization'] },
  ],
  Encounter: [
    { element: 'subject', codes: ['subject', 'patient'], targets: ['Patient'] },
    { element: 'serviceProvider', codes: ['service-provider'], targets: ['Organization'] },
    { element: 'partOf', codes: ['part-of'], targets: ['Encounter'] },
  ],
  Observation: [
    { element: 'subject', codes: ['subject', 'patient'], targets: ['Patient'] },
    { element: 'encounter', codes: ['encounter'], targets: ['Encounter'] },
    { element: 'performer', isList: true, codes: ['performer'], targets: ['Patient', 'Organization'] },
    { element: 'hasMember', isList: true, codes: ['has-member'], targets: ['Observation'] },
  ],
};
const types = Object.keys(fields);
const required: Readonly<Record<string, object>> = {
  Organization: { name: 'x' }, Patient: {}, Encounter: { status: 'finished', class: { code: 'AMB' } }, Observation: { status: 'final', code: { text: 'x' } },
};
/** Resources of each type. */
const count = 8;

interface Edge {
  readonly codes: readonly string[];
  readonly type: string;
  /** `Type/id`; of another server or of no resource: absent. */
  readonly name?: string;
  readonly version?: number;
}

interface Node {
  readonly type: string;
  readonly name: string;
  /** By version from 1; the last is the current one, `undefined` a deletion. */
  readonly versions: (readonly Edge[] | undefined)[];
}

type Population = ReadonlyMap<string, Node>;

async function populate({ send }: Platform, draw: (below: number) => number): Promise<Population> {
  const nodes = new Map<string, Node>();
  for (const type of types) for (let i = 0; i < count; i += 1) nodes.set(`${type}/${type}${i}`, { type, name: `${type}/${type}${i}`, versions: [] });
  for (const { type, name, versions } of nodes.values()) {
    for (let version = 0; version <= draw(3); version += 1) {
      const { edges, elements } = someReferences(type, draw);
      const body = { resourceType: type, id: name.split('/')[1], ...required[type], ...elements };
      expect((await send('PUT', `/${name}`, { body: body as unknown as JsonObject })).status).toBeLessThan(300);
      versions.push(edges);
    }
    if (draw(8) === 0) {
      await send('DELETE', `/${name}`);
      versions.push(undefined);
    }
  }
  return nodes;
}

function someReferences(type: string, draw: (below: number) => number): { readonly edges: readonly Edge[]; readonly elements: Readonly<Record<string, unknown>> } {
  const edges: Edge[] = [];
  const elements: Record<string, unknown> = {};
  for (const { element, isList = false, codes, targets } of fields[type]!) {
    const made = Array.from({ length: draw(isList ? 3 : 2) }, () => referenceTo(targets[draw(targets.length)]!, draw));
    edges.push(...made.map(({ edge }) => ({ ...edge, codes })));
    const references = made.map(({ reference }) => ({ reference }));
    if (references.length > 0) elements[element] = isList ? references : references[0];
  }
  return { edges, elements };
}

/** In every form a reference has. */
function referenceTo(type: string, draw: (below: number) => number): { readonly reference: string; readonly edge: Omit<Edge, 'codes'> } {
  const name = `${type}/${type}${draw(count + 1)}`;
  switch (draw(6)) {
    case 0: return { reference: `${baseUrl}/${name}`, edge: { type, name } };
    case 1: return { reference: `http://elsewhere.example.org/fhir/${name}`, edge: { type } };
    case 2: {
      const version = 1 + draw(4);
      return { reference: `${name}/_history/${version}`, edge: { type, name, version } };
    }
    default: return { reference: name, edge: { type, name } };
  }
}

interface Asked {
  readonly reverse: boolean;
  readonly iterate: boolean;
  readonly source?: string;
  readonly code?: string;
  readonly target?: string;
}

/** Half of them begin at the type that is searched. */
function ask(draw: (below: number) => number, searched: string): Asked {
  const common = { reverse: draw(2) === 0, iterate: draw(2) === 0 };
  if (draw(8) === 0) return common;
  const source = draw(2) === 0 ? searched : types[draw(types.length)]!;
  const field = fields[source]![draw(fields[source]!.length)]!;
  const target = draw(3) === 0 ? { target: field.targets[draw(field.targets.length)]! } : {};
  return { ...common, source, ...(draw(4) === 0 ? {} : { code: field.codes[draw(field.codes.length)]! }), ...target };
}

function text({ reverse, iterate, source, code = '*', target }: Asked): string {
  const value = source === undefined ? '*' : [source, code, ...(target === undefined ? [] : [target])].join(':');
  return `${reverse ? '_revinclude' : '_include'}${iterate ? ':iterate' : ''}=${value}`;
}

const current = ({ versions }: Node): number | undefined => (versions.at(-1) === undefined ? undefined : versions.length);

/** One by one, until nothing is new. */
function bruteForce(population: Population, matches: readonly string[], asked: readonly Asked[]): ReadonlySet<string> {
  const reached = new Map(matches.map((name) => [`${name}/_history/${current(population.get(name)!)}`, true]));
  const answered = new Set(reached.keys());
  for (const [at, isMatch] of reached) {
    const [name = '', version = ''] = at.split('/_history/');
    const found = asked.filter(({ iterate }) => isMatch || iterate).flatMap((each) =>
      (each.reverse ? referring(population, name, each) : referred(population, { name, version: Number(version) }, each)));
    for (const one of found) reached.set(one, reached.get(one) ?? false);
  }
  return new Set([...reached.keys()].filter((name) => !answered.has(name)));
}

const allows = ({ source, code, target }: Asked, from: Node, edge: Edge): boolean =>
  (source ?? from.type) === from.type && (code === undefined || edge.codes.includes(code)) && (target ?? edge.type) === edge.type;

function referred(population: Population, { name, version }: { readonly name: string; readonly version: number }, asked: Asked): readonly string[] {
  const from = population.get(name)!;
  return from.versions[version - 1]!.flatMap((edge) => {
    const to = edge.name === undefined ? undefined : population.get(edge.name);
    if (to === undefined || !allows(asked, from, edge)) return [];
    const wanted = edge.version ?? current(to);
    return wanted === undefined || to.versions[wanted - 1] === undefined ? [] : [`${to.name}/_history/${wanted}`];
  });
}

function referring(population: Population, name: string, asked: Asked): readonly string[] {
  return [...population.values()].flatMap((from) => {
    const version = current(from);
    const edges = version === undefined ? [] : from.versions[version - 1]!;
    return edges.some((edge) => edge.name === name && allows(asked, from, edge)) ? [`${from.name}/_history/${version}`] : [];
  });
}

interface Entry {
  readonly resource: { readonly resourceType: string; readonly id: string; readonly meta: { readonly versionId: string } };
  readonly search: { readonly mode: string };
}

describe('included are all that the includes of a search lead to from the matches of a page, and nothing else', () => {
  test.each([1, 2, 3])('population %d', async (seed) => {
    const draw = numbers(seed);
    const rest = platform(emptyDisk());
    const population = await populate(rest, draw);
    let brought = 0;
    for (let query = 0; query < 25; query += 1) {
      const type = types[draw(types.length)]!;
      const asked = Array.from({ length: 2 + draw(4) }, () => ask(draw, type));
      let target: string | undefined = `/${type}?_count=${1 + draw(5)}&${asked.map(text).join('&')}`;
      while (target !== undefined) {
        const { status, resource } = await rest.send('GET', target);
        const entries = (resource['entry'] ?? []) as unknown as Entry[];
        const namesOf = (mode: string) => entries.filter(({ search }) => search.mode === mode).map(({ resource: { resourceType, id, meta } }) => [`${resourceType}/${id}`, meta.versionId] as const);
        const included = namesOf('include').map(([name, version]) => `${name}/_history/${version}`);
        const expected = bruteForce(population, namesOf('match').map(([name]) => name), asked);
        expect({ target, status, included: included.toSorted() }).toEqual({ target, status: 200, included: [...expected].sort() });
        brought += included.length;
        const next = (resource['link'] as unknown as { relation: string; url: string }[]).find(({ relation }) => relation === 'next');
        target = next?.url.slice(baseUrl.length);
      }
    }
    expect(brought).toBeGreaterThan(100);
  });
});
