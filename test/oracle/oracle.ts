/**
 * Thousands of generated searches, each answered by the server over HTTP and by brute force. The evaluator shares no code with
 * the product: it reads R4's own expressions by another engine, and the rules of search from the specification alone.
 */
import { ask, difference, disputed, urlOf, type Asked } from './asking.ts';
import { load, sideBySide } from './data/loading.ts';
import { sources, type Source, type SourceOptions } from './data/sources.ts';
import type { Resource } from './evaluator/json.ts';
import { populationOf } from './evaluator/population.ts';
import { cellQueries, cellsOf } from './generation/queries.ts';
import { makingFor } from './generation/making.ts';
import { ownValues } from './generation/own-values.ts';
import { scenarios, type Makers } from './generation/scenarios.ts';
import { sitesOf } from './generation/sites.ts';
import { Matrix } from './matrix.ts';
import type { Oracle } from './searched.ts';
import { seededRandom } from '../store/model/random.ts';

export interface OracleOptions extends SourceOptions {
  readonly baseUrl: string;
  /** Whether the server may hold other resources than these. */
  readonly shared: boolean;
  /** Hits, and as many near misses, of each cell. */
  readonly each: number;
  /** Searches that combine clauses, orders, pages, lists and the like. */
  readonly scenarios: number;
  /** Chains, `_has`, includes and whole records. */
  readonly joined: number;
  /** Of the values of official examples, one in so many is searched for. */
  readonly ownValuesShare: number;
}

export interface Difference {
  readonly url: string;
  readonly what: string;
  readonly resources: readonly Resource[];
}

const clients = 6;

export async function prepare(options: OracleOptions): Promise<Oracle> {
  const given: readonly Source[] = sources(options);
  const { baseUrl } = options;
  // The first source that has an id keeps it.
  const resources = [...new Map(given.flatMap((source) => source.resources).reverse().map((one) => [`${one.resourceType}/${one.id}`, one])).values()].reverse();
  const loaded = await load(baseUrl, resources);
  const population = populationOf(loaded.resources, { baseUrl, now: Date.now() });
  const examples = given.find(({ name }) => name.startsWith('official'))?.resources ?? [];
  return {
    baseUrl,
    population,
    sites: sitesOf(population.resources),
    random: seededRandom(options.seed),
    skipped: given.flatMap(({ name, skipped }) => (skipped === undefined ? [] : `${name}: ${skipped}`)),
    refused: loaded.refused,
    shared: options.shared,
    examples: new Set(examples.map(({ resourceType, id }) => `${resourceType}/${id}`)),
  };
}

interface Outcome {
  readonly differences: readonly Difference[];
  /** Searches that were refused, as they may be: of these nothing is known. */
  readonly refused: number;
}

/** Asks all, some side by side, and tells each difference. */
export async function askAll(oracle: Oracle, all: readonly Asked[]): Promise<Outcome> {
  const byId = new Map(oracle.population.resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
  const differences: Difference[] = [];
  let refused = 0;
  await sideBySide(all, clients, async ({ request, expected, check }) => {
    const given = await ask(oracle.baseUrl, request);
    const isKnown = (id: string): boolean => byId.has(id.replace(/#.*/, ''));
    const pages = given.pages.map(({ matches, included }) => ({ matches: matches.filter(isKnown), included: included.filter(isKnown) }));
    const answer = oracle.shared ? { ...given, pages, found: given.found.filter(isKnown) } : given;
    if (answer.status !== 200) refused += 1;
    const checkable = answer.status === 200 && !(oracle.shared && answer.total !== undefined);
    const what = difference(answer, expected) ?? (checkable ? check?.(answer) : undefined);
    if (what !== undefined) differences.push({ url: urlOf('', request), what, resources: disputed(answer, expected, byId) });
  });
  return { differences, refused };
}

/** Every cell of the matrix that the data allows. */
export async function askCells(oracle: Oracle, { each }: { readonly each: number }): Promise<Outcome & { readonly matrix: Matrix; readonly asked: number }> {
  const matrix = new Matrix();
  const making = makingFor(oracle.population, oracle.random);
  const all: Asked[] = [];
  for (const { kind, type, operator, reason } of cellsOf(oracle.sites)) {
    matrix.declare(`${kind} ${type}`, operator, reason);
    if (reason !== undefined) continue;
    const byParameter = oracle.sites.get(`${kind} ${type}`)!;
    for (const query of cellQueries(byParameter, { kind, type, operator, each }, { population: oracle.population, making })) {
      matrix.count(query);
      const expected = oracle.population.search(query.resourceType, query.parameters);
      all.push({ request: { path: query.resourceType, parameters: [...query.parameters, ['_count', '1000']] }, expected });
    }
  }
  return { matrix, asked: all.length, ...(await askAll(oracle, all)) };
}

/** Each value of each official example finds it. */
export async function askOwnValues(oracle: Oracle, { ownValuesShare }: { readonly ownValuesShare: number }): Promise<Outcome & { readonly asked: number }> {
  const all = ownValues(oracle, ownValuesShare);
  return { asked: all.length, ...(await askAll(oracle, all)) };
}

/** Searches that are more than one clause, by the makers of one kind. */
export async function askScenarios(oracle: Oracle, { makers, count }: { readonly makers: Makers; readonly count: number }): Promise<Outcome & { readonly asked: ReadonlyMap<string, { readonly all: number; readonly found: number }> }> {
  const making = makingFor(oracle.population, oracle.random);
  const made = scenarios(oracle, { making, count, makers });
  const asked = new Map([...Map.groupBy(made, ({ topic }) => topic)].map(([topic, some]) => [topic, { all: some.length, found: some.filter(isFound).length }]));
  return { asked, ...(await askAll(oracle, made)) };
}

function isFound({ expected }: Asked): boolean {
  return expected.sure.size > 0;
}
