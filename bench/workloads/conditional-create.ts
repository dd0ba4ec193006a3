/**
 * Conditional create under contention: many clients under few criteria at a time. Equal criteria make one resource
 * (https://hl7.org/fhir/R4/http.html#ccreate), which is counted when all have their answers.
 */
import { emptyHttpServer } from '../baselines.ts';
import { openConnection } from '../http-client.ts';
import { runLoad } from '../load.ts';
import type { Workload } from '../workload.ts';

const clients = 64;
/** Clients meet at each of these at the same time; a round of them over, others follow. */
const criteriaAtOnce = 8;
/** Of each criterion every client asks once. */
const requestsEach = clients;

export const conditionalCreate: Workload = {
  name: 'conditional-create',
  description: `${clients} clients POST under If-None-Exist, ${criteriaAtOnce} criteria at a time; then counts what each criterion finds`,
  async run(bench) {
    const server = await bench.freshServer();
    const base = new URL(server.baseUrl).pathname;
    let asked = 0;
    const ids = new Map<string, Set<string>>();
    server.usage();
    const load = await runLoad({ baseUrl: server.baseUrl, clients, seconds: bench.seconds }, async (send, running) => {
      while (running()) {
        const value = valueOf(asked++);
        const body = JSON.stringify({ resourceType: 'Patient', identifier: [{ system: 'http://bench.example', value }], name: [{ family: 'Contended' }] });
        const headers = { 'If-None-Exist': `identifier=http://bench.example|${value}` };
        const response = await send('create if none', { method: 'POST', path: `${base}/Patient`, body, headers });
        if (response.status >= 400) continue;
        const { id } = JSON.parse(response.body.toString()) as { id: string };
        (ids.get(value) ?? ids.set(value, new Set()).get(value)!).add(id);
      }
    });
    const usage = server.usage();
    const wrong = await wronglyMade(server.baseUrl, ids);
    return {
      workload: 'conditional-create',
      dataSet: `${ids.size} criteria, each asked ${requestsEach} times`,
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load,
      server: usage,
      baselines: [{ name: 'empty Node HTTP server', perSecond: await emptyHttpServer({ clients, requestBytes: load.requestBytes, responseBytes: load.responseBytes }) }],
      targets: [],
      notes: [`${ids.size - wrong} of ${ids.size} criteria made exactly one resource, which every client was told`],
    };
  },
};

/** Requests that follow each other go round the criteria of their time. */
function valueOf(request: number): string {
  const round = Math.floor(request / (criteriaAtOnce * requestsEach));
  return `${round}-${request % criteriaAtOnce}`;
}

/** Criteria that find not exactly the one resource of which all clients were told. */
async function wronglyMade(baseUrl: string, ids: ReadonlyMap<string, ReadonlySet<string>>): Promise<number> {
  const connection = await openConnection(baseUrl);
  let wrong = 0;
  try {
    for (const [value, told] of ids) {
      const { body } = await connection.request({ method: 'GET', path: `${new URL(baseUrl).pathname}/Patient?identifier=http://bench.example%7C${value}` });
      const { entry = [] } = JSON.parse(body.toString()) as { entry?: { resource: { id: string } }[] };
      if (entry.length !== 1 || told.size !== 1 || !told.has(entry[0]!.resource.id)) wrong += 1;
    }
  } finally {
    connection.close();
  }
  return wrong;
}
