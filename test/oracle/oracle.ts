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
import { scenarios } from './generation/scenarios.ts';
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

/** Asks all, some side by side, and tells each difference. */
export async function askAll(oracle: Oracle, all: readonly Asked[]): Promise<Difference[]> {
  const byId = new Map(oracle.population.resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
  const differences: Difference[] = [];
  await sideBySide(all, clients, async ({ request, expected, check }) => {
    const given = await ask(oracle.baseUrl, request);
    const answer = oracle.shared ? { ...given, found: given.found.filter((id) => byId.has(id.replace(/#.*/, ''))) } : given;
    const checkable = answer.status === 200 && !(oracle.shared && answer.total !== undefined);
    const what = difference(answer, expected) ?? (checkable ? check?.(answer) : undefined);
    if (what !== undefined) differences.push({ url: urlOf('', request), what, resources: disputed(answer, expected, byId) });
  });
  return differences;
}

/** Every cell of the matrix that the data allows. */
export async function askCells(oracle: Oracle, { each }: { readonly each: number }): Promise<{ readonly matrix: Matrix; readonly asked: number; readonly differences: readonly Difference[] }> {
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
  return { matrix, asked: all.length, differences: await askAll(oracle, all) };
}

/** Each value of each official example finds it. */
export async function askOwnValues(oracle: Oracle, { ownValuesShare }: { readonly ownValuesShare: number }): Promise<{ readonly asked: number; readonly differences: readonly Difference[] }> {
  const all = ownValues(oracle, ownValuesShare);
  return { asked: all.length, differences: await askAll(oracle, all) };
}

export async function askScenarios(oracle: Oracle, options: OracleOptions): Promise<{ readonly asked: ReadonlyMap<string, { readonly all: number; readonly found: number }>; readonly differences: readonly Difference[] }> {
  const making = makingFor(oracle.population, oracle.random);
  const made = scenarios(oracle, { making, count: options.scenarios });
  const asked = new Map([...Map.groupBy(made, ({ topic }) => topic)].map(([topic, some]) => [topic, { all: some.length, found: some.filter(isFound).length }]));
  return { asked, differences: await askAll(oracle, made) };
}

function isFound({ expected }: Asked): boolean {
  return expected.sure.size > 0;
}
