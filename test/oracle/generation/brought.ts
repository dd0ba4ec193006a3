/** Searches that bring other resources along: each page is held against what its own matches bring. */
import type { Answer, Asked } from '../asking.ts';
import { broughtAlong, includeOf, type Include } from '../evaluator/includes.ts';
import type { Resource } from '../evaluator/json.ts';
import { linksOf, type Link } from '../evaluator/links.ts';
import type { NameValue } from '../evaluator/population.ts';
import { clausesOf, type Given } from './clauses.ts';

/** A match that brings more than this along alone may be refused: those are not asked for. */
const mostAlong = 600;
/** Matches whose closures are worth the wait. */
const mostMatches = 150;

export const broughtMakers: Readonly<Record<string, (given: Given) => Asked | undefined>> = {
  include: (given) => brought(given, [(resource) => includes(resource, given, '')]),
  includeIterate: (given) => brought(given, [(resource) => includes(resource, given, ':iterate'), (resource) => includes(resource, given, ':iterate')]),
  revinclude: (given) => brought(given, [(resource) => revincludes(resource, given, '')]),
  revincludeIterate: (given) => brought(given, [(resource) => revincludes(resource, given, ':iterate'), (resource) => includes(resource, given, ':iterate')]),
  includesOfSeveral: (given) => brought(given, [(resource) => includes(resource, given, ''), (resource) => revincludes(resource, given, ''), (resource) => includes(resource, given, given.making.random.pick(['', ':iterate']))]),
};

type Making = (resource: Resource) => NameValue | undefined;

function brought({ oracle, making }: Given, each: readonly Making[]): Asked | undefined {
  const { random } = making;
  const { population } = oracle;
  const start = random.pick(population.resources);
  const asked = each.map((make) => make(start)).filter((one) => one !== undefined);
  if (asked.length === 0) return undefined;
  const others = population.byType.get(start.resourceType)!;
  const some = [start, random.pick(others), random.pick(others)].map(({ id }) => id).join(',');
  const search: readonly NameValue[] = random.chance(0.6) ? [['_id', some]] : clausesOf(start, { oracle, making }, 1);
  const expected = population.search(start.resourceType, search);
  const matches = [...expected.sure, ...expected.open];
  if (search.length === 0 || matches.length === 0 || matches.length > mostMatches) return undefined;
  const read = asked.map(includeOf);
  const store = { links: population.links, baseUrl: oracle.baseUrl };
  const sizeOf = (name: string): number => {
    const { sure, open } = broughtAlong([name], read, store);
    return sure.size + open.size;
  };
  if (matches.some((name) => sizeOf(name) > mostAlong)) return undefined;
  const parameters: NameValue[] = [...search, ...asked, ['_count', random.pick(['1', '3', '20', '1000'])]];
  return { request: { path: start.resourceType, parameters }, expected, check: (answer) => pageProblem(answer, read, store) };
}

/** On each page all that its matches bring along, each once, and nothing else. */
function pageProblem({ pages }: Answer, includes: readonly Include[], store: Parameters<typeof broughtAlong>[2]): string | undefined {
  for (const [number, { matches, included }] of pages.entries()) {
    const { sure, open } = broughtAlong(matches, includes, store);
    const once = new Set(included);
    const missing = [...sure].filter((name) => !once.has(name));
    const wrong = [...once].filter((name) => !sure.has(name) && !open.has(name));
    const page = `page ${number + 1} of ${matches.length} matches`;
    if (missing.length > 0) return `${page} lacks ${missing.length} that come along: ${missing.slice(0, 3).join(', ')}`;
    if (wrong.length > 0) return `${page} brings ${wrong.length} along wrongly: ${wrong.slice(0, 3).join(', ')}`;
    if (once.size < included.length) return `${page} brings ${included.length - once.size} along twice`;
  }
  return undefined;
}

function includes(resource: Resource, { oracle, making }: Given, modifier: string): NameValue | undefined {
  const { random } = making;
  const links = linksOf(resource, oracle.baseUrl);
  if (links.length === 0) return undefined;
  const link = random.pick(links);
  // Further references are often those of what is brought along.
  const target = oracle.population.links.byName.get(link.target ?? '');
  const further = modifier !== '' && random.chance(0.5) && target !== undefined ? linksOf(target, oracle.baseUrl) : [];
  return [`_include${modifier}`, valueOf(further.length > 0 ? random.pick(further) : link, link.literal.type, { oracle, making })];
}

function revincludes(resource: Resource, { oracle, making }: Given, modifier: string): NameValue | undefined {
  const links = oracle.population.links.to.get(`${resource.resourceType}/${resource.id}`) ?? [];
  if (links.length === 0) return undefined;
  return [`_revinclude${modifier}`, valueOf(making.random.pick(links), resource.resourceType, { oracle, making })];
}

/** `Type:parameter`, its wildcards, and with the type that is led to. */
function valueOf({ source, parameter, literal }: Link, target: string | undefined, { making }: Given): string {
  const { random } = making;
  const plain = `${source.resourceType}:${parameter.code}`;
  const type = literal.type ?? target;
  const isTyped = literal.type !== undefined && (parameter.target?.includes(literal.type) ?? false);
  if (random.chance(0.1)) return `${source.resourceType}:*`;
  if (random.chance(0.04)) return '*';
  return isTyped && random.chance(0.4) ? `${plain}:${random.chance(0.8) ? type : random.pick(parameter.target!)}` : plain;
}
