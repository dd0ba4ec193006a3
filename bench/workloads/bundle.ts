/** Bundle load: 20 clients POST transaction bundles, a patient's whole record each (https://hl7.org/fhir/R4/http.html#transaction). */
import { emptyHttpServer, sqliteInserts } from '../baselines.ts';
import { runLoad, type LoadResult } from '../load.ts';
import { entriesOf, loadedResources, type LoadedPopulation, type LoadedResource, type Population } from '../population.ts';
import type { Workload } from '../workload.ts';

export const loadClients = 20;
/** Resources under one commit in the grouped baseline: about one bundle. */
const rowsPerCommit = 300;

export const bundle: Workload = {
  name: 'bundle',
  description: `${loadClients} clients POST a patient's transaction bundle each, over and over; counts resources of accepted bundles`,
  async run(bench) {
    const population = bench.population();
    const server = await bench.freshServer();
    server.usage();
    const { load, resources } = await postBundles(server.baseUrl, population, { seconds: bench.seconds });
    const usage = server.usage();
    const perSecond = resources / load.seconds;
    const bundlesPerResource = population.bundles.length / population.resources;
    const http = await emptyHttpServer({ clients: loadClients, requestBytes: load.requestBytes, responseBytes: load.responseBytes });
    const rows = { directory: bench.directory, rowBytes: Math.round(load.requestBytes * bundlesPerResource) };
    return {
      workload: 'bundle',
      dataSet: population.name,
      unit: 'resources',
      perSecond,
      load,
      server: usage,
      baselines: [
        { name: 'empty Node HTTP server (resources in its bodies)', perSecond: http / bundlesPerResource },
        { name: 'SQLite, one row a commit', perSecond: sqliteInserts({ ...rows, rowsPerCommit: 1 }) },
        { name: `SQLite, ${rowsPerCommit} rows a commit`, perSecond: sqliteInserts({ ...rows, rowsPerCommit }) },
      ],
      targets: [{ what: 'resources/s', measured: perSecond, floor: 276, goal: 1264, moonshot: 3000, unit: '/s', atMost: false }],
      notes: [`${resources} resources accepted in ${load.seconds.toFixed(1)} s; bodies as they are in the files`],
    };
  },
};

/** Until the time is over or this many resources were accepted. */
export interface LoadUntil {
  readonly seconds?: number;
  readonly resources?: number;
}

/** Posts the bundles in turn, beginning again after the last: POST entries make new resources each time. */
export async function postBundles(
  baseUrl: string,
  population: Population,
  { seconds = Infinity, resources: wanted = Infinity }: LoadUntil,
): Promise<{ load: LoadResult; resources: number }> {
  const sizes = population.bundles.map((body) => entriesOf(body).length);
  const path = new URL(baseUrl).pathname;
  let next = 0;
  let resources = 0;
  const load = await runLoad({ baseUrl, clients: loadClients, seconds }, async (send, running) => {
    while (running() && resources < wanted) {
      const turn = next++ % sizes.length;
      const response = await send('transaction', { method: 'POST', path, body: population.bundles[turn]! });
      if (response.status === 200) resources += sizes[turn]!;
      else if (wanted !== Infinity) throw new Error(`A transaction was refused with ${response.status}; nothing can be measured on a part of the data.`);
    }
  });
  return { load, resources };
}

/** Posts each bundle once and keeps the ids the server gave. Throws when one is refused. */
export async function loadPopulation(baseUrl: string, population: Population): Promise<LoadedPopulation> {
  const path = new URL(baseUrl).pathname;
  const resources: LoadedResource[] = [];
  let next = 0;
  const load = await runLoad({ baseUrl, clients: loadClients, seconds: Infinity }, async (send) => {
    while (next < population.bundles.length) {
      const body = population.bundles[next++]!;
      const response = await send('transaction', { method: 'POST', path, body });
      if (response.status !== 200) throw new Error(`A transaction was refused with ${response.status}: ${diagnostics(response.body)}`);
      resources.push(...loadedResources(body, response));
    }
  });
  if (load.errors['connection lost']) throw new Error('The server closed a connection while the population was loaded.');
  const references = new Map(resources.map(({ fullUrl, type, id }) => [fullUrl, `${type}/${id}`]));
  return { name: population.name, resources, references, loadSeconds: load.seconds };
}

function diagnostics(body: Buffer): string {
  return body.toString('utf8', 0, 500);
}
