/** Read by id: 8 clients read random resources of the loaded population (https://hl7.org/fhir/R4/http.html#read). */
import { emptyHttpServer } from '../baselines.ts';
import { runLoad } from '../load.ts';
import { seededRandom } from '../random.ts';
import type { Workload } from '../workload.ts';

const clients = 8;

export const read: Workload = {
  name: 'read',
  description: `${clients} clients; random ids of the loaded population`,
  async run(bench) {
    const { server, loaded } = await bench.loadedServer();
    const base = new URL(server.baseUrl).pathname;
    server.usage();
    const load = await runLoad({ baseUrl: server.baseUrl, clients, seconds: bench.seconds }, async (send, running, index) => {
      const random = seededRandom(index);
      while (running()) {
        const { type, id } = random.pick(loaded.resources);
        await send('read', { method: 'GET', path: `${base}/${type}/${id}` });
      }
    });
    const usage = server.usage();
    return {
      workload: 'read',
      dataSet: loaded.name,
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load,
      server: usage,
      baselines: [{ name: 'empty Node HTTP server', perSecond: await emptyHttpServer({ clients, requestBytes: 0, responseBytes: load.responseBytes }) }],
      targets: [{ what: 'p99', measured: load.all.p99Ms, floor: 10, goal: 2, moonshot: 1, unit: 'ms', atMost: true }],
      notes: [],
    };
  },
};
