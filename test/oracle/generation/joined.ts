/** Chained parameters and `_has`, made by walking from resource to resource: so most lead somewhere, and some just past it. */
import type { Asked } from '../asking.ts';
import { resourceTypes } from '../evaluator/definitions.ts';
import { endsOf, isAmbiguous } from '../evaluator/joins.ts';
import { list, type Resource } from '../evaluator/json.ts';
import { containerOf, insideBase, linksOf, mayLeadTo, withInsideReferences, type Link } from '../evaluator/links.ts';
import type { NameValue, Population } from '../evaluator/population.ts';
import { clausesOf, type Given } from './clauses.ts';

/** Inner searches of a chain without types multiply: beyond this the platform may ask for types. */
const maxUntypedEnds = 200;

type Shape = 'forward' | 'backward' | 'mixed' | 'contained';

/** Of each shape one maker; the depth grows from one to four references. */
export const joinedMakers: Readonly<Record<string, (given: Given) => Asked | undefined>> = {
  chain: (given) => joined(given, { shape: 'forward', depth: 1 }),
  chainOfSeveral: (given) => joined(given, { shape: 'forward', depth: 2 + given.making.random.below(2) }),
  has: (given) => joined(given, { shape: 'backward', depth: 1 }),
  hasNested: (given) => joined(given, { shape: 'backward', depth: 2 }),
  mixed: (given) => joined(given, { shape: 'mixed', depth: 2 + given.making.random.below(3) }),
  chainIntoContained: (given) => joined(given, { shape: 'contained', depth: 1 + given.making.random.below(2) }),
  alternatives,
  several,
};

interface Walked {
  readonly name: string;
  readonly end: Resource;
}

interface Way {
  readonly shape: Shape;
  readonly depth: number;
}

function walk(start: Resource, { shape, depth }: Way, { oracle, making }: Given): Walked | undefined {
  const { random } = making;
  const { population } = oracle;
  let name = '';
  let at = start;
  for (let step = 0; step < depth; step += 1) {
    const back = shape === 'backward' || (shape === 'mixed' && random.chance(0.5));
    const link = back ? linkTo(at, { oracle, making }) : linkFrom(at, shape, { oracle, making });
    if (link === undefined) return undefined;
    name += back ? `_has:${link.source.resourceType}:${link.parameter.code}:` : `${link.parameter.code}${typed(link, making)}.`;
    at = back ? link.source : targetOf(link, population)!;
  }
  return { name, end: at };
}

function linkTo(resource: Resource, { oracle, making }: Given): Link | undefined {
  const links = oracle.population.links.to.get(`${resource.resourceType}/${resource.id}`) ?? [];
  const possible = links.filter(({ parameter }) => mayLeadTo(parameter, resource.resourceType));
  return containerOf(resource) !== undefined || possible.length === 0 ? undefined : making.random.pick(possible);
}

function linkFrom(resource: Resource, shape: Shape, { oracle, making }: Given): Link | undefined {
  const links = linksOf(withInsideReferences(resource), oracle.population.context.baseUrl).filter((link) => {
    const target = targetOf(link, oracle.population);
    return target !== undefined && mayLeadTo(link.parameter, target.resourceType);
  });
  const inside = links.filter(({ literal }) => literal.base === insideBase);
  const chosen = shape === 'contained' && inside.length > 0 ? inside : links;
  return chosen.length === 0 ? undefined : making.random.pick(chosen);
}

function targetOf({ source, literal, target, element }: Link, { links }: Population): Resource | undefined {
  if (typeof element.data.resourceType === 'string') return element.data;
  if (literal.base !== insideBase) return target === undefined ? undefined : links.byName.get(target);
  const container = containerOf(source) ?? source;
  return list(container['contained']).find(({ resourceType, id }) => resourceType === literal.type && id === literal.id);
}

function typed({ literal, parameter }: Link, { random }: Given['making']): string {
  if (random.chance(0.5)) return '';
  const others = resourceTypes().filter((type) => mayLeadTo(parameter, type));
  return `:${random.chance(0.9) ? literal.type : random.pick(others)}`;
}

function startFor(shape: Shape, { oracle, making }: Given): Resource {
  const { resources } = oracle.population;
  if (shape !== 'contained') return making.random.pick(resources);
  return making.random.pick(resources.filter((one) => list(one['contained']).length > 0));
}

/** One join on some value of what it leads to. */
function join(start: Resource, way: Way, { oracle, making }: Given): NameValue | undefined {
  const walked = walk(start, way, { oracle, making });
  if (walked === undefined) return undefined;
  const isInside = oracle.population.links.byName.get(`${walked.end.resourceType}/${walked.end.id}`) === undefined;
  const [clause] = clausesOf(walked.end, { oracle, making }, 1).filter(([name]) => !isInside || !name.startsWith('_'));
  if (clause === undefined) return undefined;
  const name = walked.name + clause[0];
  const ends = endsOf(start.resourceType, name);
  return ends.length === 0 || ends.length > maxUntypedEnds ? undefined : [name, clause[1]];
}

function asked(population: Population, resourceType: string, parameters: readonly NameValue[], count: string): Asked {
  const expected = population.search(resourceType, parameters);
  const mayBeRefused = expected.mayBeRefused === true || parameters.some(([name]) => isAmbiguous(resourceType, name));
  return { request: { path: resourceType, parameters: [...parameters, ['_count', count]] }, expected: { ...expected, mayBeRefused } };
}

/** Long ways are seldom open: many beginnings are tried. */
const maxTries = 40;
/** The other value has to lie at the end of the same way. */
const maxOtherTries = 400;

interface Begun {
  readonly start: Resource;
  readonly parameter: NameValue;
}

function begin({ oracle, making }: Given, way: Way): Begun | undefined {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const start = startFor(way.shape, { oracle, making });
    const parameter = join(start, way, { oracle, making });
    if (parameter !== undefined) return { start, parameter };
  }
  return undefined;
}

function joined(given: Given, way: Way): Asked | undefined {
  const begun = begin(given, way);
  if (begun === undefined) return undefined;
  const { random } = given.making;
  const { start, parameter } = begun;
  const own = random.chance(0.3) ? clausesOf(start, given, 1) : [];
  return asked(given.oracle.population, start.resourceType, [...own, parameter], random.pick(['1000', '1000', '20']));
}

/** Values of two ends between commas. */
function alternatives({ oracle, making }: Given): Asked | undefined {
  const way = { shape: making.random.pick(['forward', 'backward'] as const), depth: 1 };
  const begun = begin({ oracle, making }, way);
  if (begun === undefined || begun.parameter[0].endsWith(':missing')) return undefined;
  const { start: { resourceType }, parameter: [name, value] } = begun;
  for (let tries = 0; tries < maxOtherTries; tries += 1) {
    const other = join(making.random.pick(oracle.population.byType.get(resourceType)!), way, { oracle, making });
    if (other?.[0] === name && other[1] !== value) return asked(oracle.population, resourceType, [[name, `${value},${other[1]}`]], '1000');
  }
  return undefined;
}

/** Two joins, each of which another resource may satisfy. */
function several({ oracle, making }: Given): Asked | undefined {
  const way: Way = { shape: 'mixed', depth: 1 };
  const first = begin({ oracle, making }, way);
  if (first === undefined) return undefined;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const second = join(first.start, way, { oracle, making });
    if (second !== undefined) return asked(oracle.population, first.start.resourceType, [first.parameter, second], '1000');
  }
  return undefined;
}
