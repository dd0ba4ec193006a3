/** Searches that are more than one clause. */
import type { Answer, Asked } from '../asking.ts';
import { compartment, parametersOf, type Kind } from '../evaluator/definitions.ts';
import { list, type Resource } from '../evaluator/json.ts';
import { sortKey, type Expected, type NameValue, type Population } from '../evaluator/population.ts';
import { fold, textsOf } from '../evaluator/strings.ts';
import { elementSpan } from '../evaluator/dates.ts';
import { elementsOf, type Element } from '../evaluator/elements.ts';
import { tokensOf } from '../evaluator/tokens.ts';
import type { Oracle } from '../searched.ts';
import { anyClause, clausesOf, type Given } from './clauses.ts';
import { clauseFor } from './queries.ts';
import { mutated, valueFor, type Making } from './values.ts';

export interface Scenario extends Asked {
  readonly topic: string;
}

type Make = (given: Given) => Asked | undefined;
export type Makers = Readonly<Record<string, Make>>;

/** As many of each maker's, as far as they find the data for it. */
export function scenarios(oracle: Oracle, { making, count, makers }: { readonly making: Making; readonly count: number; readonly makers: Makers }): Scenario[] {
  const made: Scenario[] = [];
  const topics = Object.entries(makers);
  for (let tries = 0; made.length < count && tries < count * 20; tries += 1) {
    const [topic, make] = topics[tries % topics.length]!;
    const asked = make({ oracle, making });
    if (asked !== undefined) made.push({ topic, ...asked });
  }
  return made;
}

const whole: NameValue = ['_count', '1000'];

function search(population: Population, resourceType: string, parameters: readonly NameValue[]): Asked {
  return { request: { path: resourceType, parameters: [...parameters, whole] }, expected: population.search(resourceType, parameters) };
}

function and({ oracle, making }: Given): Asked | undefined {
  const resource = making.random.pick(oracle.population.resources);
  const clauses = clausesOf(resource, { oracle, making }, 2 + making.random.below(2));
  return clauses.length < 2 ? undefined : search(oracle.population, resource.resourceType, clauses);
}

/** The values of two resources, in one parameter. */
function or({ oracle, making }: Given): Asked | undefined {
  const first = anyClause({ oracle, making });
  if (first === undefined || first.clause[0].endsWith(':missing')) return undefined;
  const { parameter, resource, elements } = first.site;
  const key = [...oracle.sites.keys()].find((one) => oracle.sites.get(one)?.get(`${resource.resourceType}.${parameter.code}`)?.some((site) => site.elements[0] === elements[0]));
  const byParameter = key === undefined ? undefined : oracle.sites.get(key)?.get(`${resource.resourceType}.${parameter.code}`);
  const [, operator = ''] = first.clause[0].split(/(?=:)/);
  const others = [0, 1, 2].map(() => clauseFor(making.random.pick(byParameter ?? []), operator === '' && parameter.type === 'date' ? 'eq' : operator, making));
  const [, type] = first.clause[0].split(':');
  const values = [first.clause, ...others].filter((one) => one?.[0] === first.clause[0]).map((one) => one![1]).filter((value) => parameter.type !== 'reference' || !/^[A-Z]/.test(type ?? '') || !value.includes('/') || value.startsWith(`${type}/`));
  if (values.length === 0) return undefined;
  return search(oracle.population, resource.resourceType, [[first.clause[0], values.join(',')]]);
}

const sortable: readonly Kind[] = ['date', 'string', 'token', 'number', 'uri'];

function sorted({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const resourceType = random.pick([...oracle.population.byType.keys()]);
  const codes = [...parametersOf(resourceType).values()].filter(({ type, code, expression }) => sortable.includes(type) && expression !== undefined && code !== '_lastUpdated').map(({ code }) => code);
  const keys = Array.from({ length: 1 + random.below(2) }, () => `${random.chance(0.5) ? '-' : ''}${random.pick(codes)}`);
  if (new Set(keys.map((key) => key.replace(/^-/, ''))).size < keys.length) return undefined;
  const expected = oracle.population.search(resourceType, []);
  const parameters: NameValue[] = [['_sort', keys.join(',')], ['_count', String(random.pick([7, 50, 1000]))]];
  return { request: { path: resourceType, parameters }, expected, check: (answer) => orderProblem(answer, keys, oracle.population) };
}

/** Resources without a value follow the others, in both directions; texts are compared where nobody doubts their order. */
function orderProblem({ found }: Answer, keys: readonly string[], population: Population): string | undefined {
  const byId = new Map(population.resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
  for (let index = 1; index < found.length; index += 1) {
    const [one, other] = [byId.get(found[index - 1]!)!, byId.get(found[index]!)!];
    if (order(one, other, keys) > 0) return `${found[index - 1]} comes before ${found[index]}`;
  }
  return undefined;
}

function order(one: Resource, other: Resource, keys: readonly string[]): number {
  for (const key of keys) {
    const descending = key.startsWith('-');
    const code = key.replace(/^-/, '');
    const [first, second] = [one, other].map((resource) => sortKey(resource, code, descending));
    if (first === 'open' || second === 'open') return 0;
    if (first === undefined && second === undefined) continue;
    if (first === undefined || second === undefined) return first === undefined ? 1 : -1;
    const comparison = compareKeys(first, second);
    if (comparison === undefined) return 0;
    if (comparison !== 0) return descending ? -comparison : comparison;
  }
  return 0;
}

function compareKeys(one: string | number, other: string | number): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const texts = [String(one), String(other)];
  if (!texts.every((text) => /^[a-z0-9]{1,30}$/.test(text))) return undefined;
  return texts[0]! < texts[1]! ? -1 : Number(texts[0]! > texts[1]!);
}

function paged({ oracle, making }: Given): Asked | undefined {
  const made = anyClause({ oracle, making });
  if (made === undefined) return undefined;
  const { resourceType } = made.site.resource;
  const expected = oracle.population.search(resourceType, [made.clause]);
  if (expected.sure.size > 300) return undefined;
  return { request: { path: resourceType, parameters: [made.clause, ['_count', String(1 + making.random.below(9))]] }, expected };
}

function counted({ oracle, making }: Given): Asked | undefined {
  const made = anyClause({ oracle, making });
  if (made === undefined) return undefined;
  const { resourceType } = made.site.resource;
  const expected = oracle.population.search(resourceType, [made.clause]);
  const least = expected.sure.size;
  const check = ({ total }: Answer): string | undefined =>
    total !== undefined && total >= least && total <= least + expected.open.size ? undefined : `the total is ${total}, not ${least}`;
  const withMatches = making.random.chance(0.4);
  const shape: NameValue = withMatches ? ['_total', 'accurate'] : making.random.pick<NameValue>([['_summary', 'count'], ['_count', '0']]);
  const asked: NameValue[] = [made.clause, shape, ...(withMatches ? [whole] : [])];
  const nothing: Expected = { ...expected, sure: new Set(), open: new Set() };
  return { request: { path: resourceType, parameters: asked }, expected: withMatches ? expected : nothing, check };
}

function posted(given: Given): Asked | undefined {
  const asked = and(given);
  return asked && { ...asked, request: { ...asked.request, method: 'POST' } };
}

const owners = ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device'];

function inCompartment({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  // Two resources picked blindly seldom belong together: every other time a member leads to its owner.
  const linked = random.chance(0.5) ? random.pick(oracle.population.resources.filter((one) => patientOf(one) !== undefined)) : undefined;
  const type = linked === undefined ? random.pick(owners) : 'Patient';
  const owner = linked === undefined ? random.pick(oracle.population.byType.get(type) ?? []) : { id: patientOf(linked) };
  const types = [...compartment(type).keys()].filter((one) => oracle.population.byType.has(one));
  const resourceType = linked?.resourceType ?? random.pick(types);
  if (owner?.id === undefined || !types.includes(resourceType)) return undefined;
  const member = linked ?? random.pick(oracle.population.byType.get(resourceType)!);
  const parameters = random.chance(0.5) ? [] : clausesOf(member, { oracle, making }, 1);
  const reference = `${type}/${owner.id}`;
  return { request: { path: `${reference}/${resourceType}`, parameters: [...parameters, whole] }, expected: oracle.population.searchCompartment(reference, resourceType, parameters) };
}

/** The id of the patient whom the resource is about. */
function patientOf(resource: Resource): string | undefined {
  const { reference } = (resource['subject'] ?? resource['patient'] ?? {}) as { reference?: unknown };
  return typeof reference === 'string' ? /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(reference)?.[1] : undefined;
}

function acrossTypes({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const types = [...new Set([0, 1, 2].map(() => random.pick([...oracle.population.byType.keys()])))];
  const resource = random.pick(oracle.population.byType.get(types[0]!)!);
  const tag = list(resource.meta?.tag ?? resource.meta?.security)[0];
  const clause: NameValue = random.pick<NameValue>([['_id', `${resource.id},${mutated(random, resource.id)}`], ['_lastUpdated', 'ge2000'], ['_tag', tag?.code ?? 'none'], ['_id:missing', 'false']]);
  const each = types.map((type) => oracle.population.search(type, [clause]));
  const expected: Expected = { sure: new Set(each.flatMap(({ sure }) => [...sure])), open: new Set(each.flatMap(({ open }) => [...open])) };
  const method = random.chance(0.3) ? { method: 'POST' as const } : {};
  return { request: { path: '', parameters: [['_type', types.join(',')], clause, whole], ...method }, expected };
}

function contained({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const containers = oracle.population.resources.filter((one) => list(one['contained']).length > 0);
  const inner: Resource = random.pick(list(random.pick(containers)['contained']));
  if (typeof inner.id !== 'string') return undefined;
  const parameters = clausesOf(inner, { oracle, making }, 1).filter(([name]) => !name.startsWith('_'));
  if (parameters.length === 0) return undefined;
  const within = oracle.population.searchContained(inner.resourceType, parameters);
  const both = random.chance(0.5);
  const plain: Expected = both ? oracle.population.search(inner.resourceType, parameters) : { sure: new Set(), open: new Set() };
  const answersContained = random.chance(0.5);
  const named = (names: ReadonlySet<string>): string[] => [...names].map((name) => (answersContained ? name : name.replace(/#.*/, '')));
  const expected: Expected = { ...within, sure: new Set([...named(within.sure), ...plain.sure]), open: new Set([...named(within.open), ...plain.open]) };
  const answered: NameValue = ['_containedType', answersContained ? 'contained' : 'container'];
  return { request: { path: inner.resourceType, parameters: [...parameters, ['_contained', both ? 'both' : 'true'], answered, whole] }, expected };
}

function inList({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const chosen = random.pick(oracle.population.byType.get('List')!);
  const reference = list(chosen['entry']).map(({ item }) => item?.reference).find((one) => typeof one === 'string' && /^[A-Z]\w+\/[\w.-]+$/.test(one));
  if (reference === undefined) return undefined;
  const resourceType = reference.split('/')[0];
  return search(oracle.population, resourceType, [['_list', random.chance(0.8) ? chosen.id : mutated(random, chosen.id)]]);
}

function text({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const resource = random.pick(oracle.population.resources);
  const name = random.pick(['_text', '_content'] as const);
  const source: string = name === '_text' ? (resource['text']?.div ?? '').replace(/<[^>]*>/g, ' ') : JSON.stringify(Object.values(resource)).replace(/<[^>]*>/g, ' ');
  const words = source.match(/[A-Za-z]{4,12}/g) ?? [];
  if (words.length < 3 || resource.resourceType === 'Bundle') return undefined;
  const index = random.below(words.length - 1);
  const [one, other] = [words[index]!, words[index + 1]!];
  const wanted = random.pick([one, one.slice(0, 4), mutated(random, one), `${one} ${other}`, `"${one} ${other}"`, `"${one.slice(0, 3)}"`, `${one} OR ${mutated(random, other)}`]);
  return /\b(?:and|not|or)\b/.test(wanted.toLowerCase().replace(/ or /g, ' ')) ? undefined : search(oracle.population, resource.resourceType, [[name, wanted]]);
}

function filtered({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const resource = random.pick(oracle.population.resources);
  const tests: string[] = [];
  for (let tries = 0; tests.length < 3 && tries < 60; tries += 1) {
    const test = filterTestOf(resource, { oracle, making });
    if (test !== undefined) tests.push(test);
  }
  const [first, second, third] = tests;
  if (third === undefined) return undefined;
  const filter = random.pick([first!, `${first} and ${second}`, `${first} or ${second}`, `not (${first})`, `${first} and (${second} or ${third})`, `not (${first} and ${second})`, `(${first} or ${second}) and ${third}`]);
  return search(oracle.population, resource.resourceType, [['_filter', filter]]);
}

/** `parameter operator value` from one of the resource's values, or a near miss of it. */
function filterTestOf(resource: Resource, given: Given): string | undefined {
  const { random } = given.making;
  const parameters = [...parametersOf(resource.resourceType).values()].filter(({ expression, code }) => expression !== undefined && !code.startsWith('_'));
  const parameter = parameters.length === 0 ? undefined : random.pick(parameters);
  if (parameter === undefined || parameter.type === 'composite' || parameter.type === 'special') return undefined;
  if (random.chance(0.1)) return `${parameter.code} pr ${random.pick(['true', 'false'])}`;
  const [element] = elementsOf(resource, parameter);
  const asked = element === undefined ? undefined : filterValues[parameter.type](element, given);
  return asked && `${parameter.code} ${asked}`;
}

type FilterValue = (element: Element, given: Given) => string | undefined;

const filterValues: Readonly<Record<Exclude<Kind, 'composite' | 'special'>, FilterValue>> = {
  string: (element, { making: { random } }) => {
    const words = textsOf(element)[0]?.slice(0, 60) ?? '';
    const value = random.pick([words, words.slice(0, 4), words.slice(-4), words.slice(2, 6), mutated(random, words)]).toWellFormed();
    return fold(value) === '' ? undefined : `${random.pick(['eq', 'ne', 'co', 'sw', 'ew'])} ${JSON.stringify(value)}`;
  },
  date: (element, { making: { random } }) => {
    const span = elementSpan(element);
    if (span === undefined || !Number.isFinite(span.low)) return undefined;
    const day = new Date(span.low + random.pick([0, 86_400_000, -86_400_000])).toISOString().slice(0, 10);
    return `${random.pick(['gt', 'lt', 'ge', 'le', 'sa', 'eb', 'po'])} ${day}`;
  },
  token: (element, given) => {
    const { random } = given.making;
    const [token] = tokensOf(element);
    if (token?.code === undefined || !/^[\w.-]+$/.test(token.code)) return undefined;
    if (token.system !== undefined && random.chance(0.3)) return terminologyTest({ system: token.system, code: token.code }, given);
    const code = random.pick([token.code, token.code.toUpperCase(), mutated(random, token.code)]);
    const system = token.system === undefined || token.implied || random.chance(0.5) ? '' : `${token.system}|`;
    return `${random.pick(['eq', 'eq', 'ne'])} ${system}${code}`;
  },
  reference: ({ type, data }, { making: { random } }) => {
    const [, referred, id] = /^([A-Z]\w+)\/([\w.-]+)$/.exec(type === 'Reference' ? (data.reference ?? '') : '') ?? [];
    return id === undefined ? undefined : `re ${referred}/${random.chance(0.7) ? id : mutated(random, id)}`;
  },
  number: (element, { making }) => numericTest('number', element, making),
  quantity: (element, { making }) => numericTest('quantity', element, making),
  uri: ({ data }, { making: { random } }) => {
    if (typeof data !== 'string' || /[\s()|]/.test(data)) return undefined;
    return `${random.pick(['eq', 'eq', 'ne'])} ${random.chance(0.6) ? data : data.slice(0, 9) + mutated(random, data.slice(9))}`;
  },
};

function terminologyTest({ system, code }: { readonly system: string; readonly code: string }, { oracle, making }: Given): string | undefined {
  const { random } = making;
  const operator = random.pick(['in', 'ni', 'ss', 'sb']);
  if (operator === 'ss' || operator === 'sb') {
    const relatives = making.relatives(system, code).filter((one) => /^[\w.-]+$/.test(one));
    return relatives.length === 0 ? undefined : `${operator} ${system}|${random.pick(relatives)}`;
  }
  const sets = making.valueSetsOf(system).filter((one) => oracle.population.context.terminology.isResolvable(one));
  return sets.length === 0 ? undefined : `${operator} ${random.pick(sets)}`;
}

function numericTest(kind: Kind, element: Element, making: Making): string | undefined {
  const operator = making.random.pick(['gt', 'lt', 'ge', 'le', 'sa', 'eb']);
  const value = valueFor(kind, element, { operator, making })?.slice(2);
  if (value === undefined) return undefined;
  return `${operator} ${/[\s()[\]]/.test(value) ? JSON.stringify(value) : value}`;
}

export const plainMakers: Makers = { and, or, sorted, paged, counted, posted, inCompartment, acrossTypes, contained, inList, text, filtered };
