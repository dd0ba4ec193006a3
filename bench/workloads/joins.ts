/** Chains, `_has` and includes: 10 clients over the loaded population (https://hl7.org/fhir/R4/search.html#chaining). */
import { emptyHttpServer } from '../baselines.ts';
import { openConnection } from '../http-client.ts';
import { joinedSearches, type JoinedSearch } from '../joined-searches.ts';
import { runLoad } from '../load.ts';
import { seededRandom } from '../random.ts';
import { allMatches } from '../searchset-pages.ts';
import type { Workload } from '../workload.ts';

const clients = 10;
const count = 100;

export const joins: Workload = {
  name: 'joins',
  description: `${clients} clients, _count=${count}: chains of one and of two, _has, _has nested, _include, _revinclude`,
  async run(bench) {
    const { server, loaded } = await bench.loadedServer();
    const searches = joinedSearches(loaded, seededRandom(1));
    const wrong = await wrongAnswers(server.baseUrl, searches);
    const base = new URL(server.baseUrl).pathname;
    server.usage();
    const load = await runLoad({ baseUrl: server.baseUrl, clients, seconds: bench.seconds }, async (send, running, index) => {
      const random = seededRandom(index + 1);
      while (running()) {
        const { label, query } = random.pick(searches);
        await send(label, { method: 'GET', path: `${base}/${query}&_count=${count}` });
      }
    });
    return {
      workload: 'joins',
      dataSet: loaded.name,
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load,
      server: server.usage(),
      baselines: [{ name: 'empty Node HTTP server', perSecond: await emptyHttpServer({ clients, requestBytes: 0, responseBytes: load.responseBytes }) }],
      targets: [],
      notes: [`${searches.length - wrong.length} of ${searches.length} searches answered exactly the matches that a scan of the bundles answers`, ...wrong],
    };
  },
};

/** A line for each search whose pages do not hold exactly what a scan finds. */
async function wrongAnswers(baseUrl: string, searches: readonly JoinedSearch[]): Promise<string[]> {
  const connection = await openConnection(baseUrl);
  const wrong: string[] = [];
  try {
    for (const { label, query, matches } of searches) {
      const found = await allMatches(connection, `${new URL(baseUrl).pathname}/${query}&_count=${count}`);
      const missing = [...matches].filter((name) => !found.includes(name)).length;
      const extra = found.length - (matches.size - missing);
      if (missing || extra) wrong.push(`WRONG: ${label}: ${missing} of ${matches.size} missing, ${extra} too many or twice`);
    }
  } finally {
    connection.close();
  }
  return wrong;
}
