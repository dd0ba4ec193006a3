/** Search: the mix by 10 clients, then the time one client waits for code + patient and code + date (https://hl7.org/fhir/R4/search.html). */
import { emptyHttpServer } from '../baselines.ts';
import { openConnection } from '../http-client.ts';
import { runLoad, type LoadResult } from '../load.ts';
import type { LoadedPopulation } from '../population.ts';
import { seededRandom } from '../random.ts';
import { codeAndDateSearches, codeAndPatientSearches, mixedSearches, type Search } from '../searches.ts';
import { allMatches } from '../searchset-pages.ts';
import type { Workload } from '../workload.ts';

const clients = 10;
const count = 100;
/** Share of the time each of the two single kinds gets beside the mix. */
const singleShare = 0.3;

export const search: Workload = {
  name: 'search',
  description: `${clients} clients, _count=${count}: name, name miss, name:contains, birthdate, token, reference, quantity, composite; then 1 client: code + patient, code + date`,
  async run(bench) {
    const { server, loaded } = await bench.loadedServer();
    const random = seededRandom(1);
    const [mix, single] = [mixedSearches(loaded, random), [codeAndPatientSearches(loaded, random), codeAndDateSearches(loaded)]] as const;
    const wrong = await wrongAnswers(server.baseUrl, loaded, [...mix, ...single.flat()]);
    server.usage();
    const load = await ask(server.baseUrl, mix, { clients, seconds: bench.seconds });
    const usage = server.usage();
    const [codePatient, codeDate] = [
      await ask(server.baseUrl, single[0], { clients: 1, seconds: bench.seconds * singleShare }),
      await ask(server.baseUrl, single[1], { clients: 1, seconds: bench.seconds * singleShare }),
    ];
    return {
      workload: 'search',
      dataSet: loaded.name,
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load: {
        ...load,
        byLabel: { ...load.byLabel, ...codePatient.byLabel, ...codeDate.byLabel },
        errors: { ...load.errors, ...codePatient.errors, ...codeDate.errors },
      },
      server: usage,
      baselines: [{ name: 'empty Node HTTP server', perSecond: await emptyHttpServer({ clients, requestBytes: 0, responseBytes: load.responseBytes }) }],
      targets: [
        { what: 'requests/s', measured: load.requestsPerSecond, floor: 224, goal: 426, moonshot: 1000, unit: '/s', atMost: false },
        { what: 'code + patient p50', measured: codePatient.all.p50Ms, floor: 100, goal: 10, moonshot: 3, unit: 'ms', atMost: true },
        { what: 'code + date p50', measured: codeDate.all.p50Ms, floor: 1000, goal: 50, moonshot: 10, unit: 'ms', atMost: true },
      ],
      notes: [
        `${mix.length + single.flat().length - wrong.length} of ${mix.length + single.flat().length} searches answered exactly what a scan of the bundles answers`,
        ...wrong,
      ],
    };
  },
};

function ask(baseUrl: string, searches: readonly Search[], { clients, seconds }: { clients: number; seconds: number }): Promise<LoadResult> {
  const base = new URL(baseUrl).pathname;
  const requests = searches.map(({ label, query }) => ({ label, request: { method: 'GET', path: `${base}/${query}&_count=${count}` } }));
  return runLoad({ baseUrl, clients, seconds }, async (send, running, index) => {
    const random = seededRandom(index + 1);
    while (running()) {
      const { label, request } = random.pick(requests);
      await send(label, request);
    }
  });
}

/** A line for each search whose pages do not hold exactly what a scan finds. */
async function wrongAnswers(baseUrl: string, loaded: LoadedPopulation, searches: readonly Search[]): Promise<string[]> {
  const connection = await openConnection(baseUrl);
  const wrong: string[] = [];
  try {
    for (const search of searches) {
      const expected = new Set(loaded.resources.filter((candidate) => search.finds(candidate)).map(({ type, id }) => `${type}/${id}`));
      const found = await allMatches(connection, `${new URL(baseUrl).pathname}/${search.query}&_count=${count}`);
      const missing = [...expected].filter((reference) => !found.includes(reference)).length;
      const extra = found.length - (expected.size - missing);
      if (missing || extra) wrong.push(`WRONG: ${search.label}: ${missing} of ${expected.size} missing, ${extra} too many or twice`);
    }
  } finally {
    connection.close();
  }
  return wrong;
}
