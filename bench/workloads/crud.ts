/**
 * CRUD mix: 64 clients, each making nine linked resources, reading, updating and deleting them, over and over
 * (https://hl7.org/fhir/R4/http.html).
 */
import { emptyHttpServer, sqliteInserts } from '../baselines.ts';
import { crudResource, crudTypes, updatedCrudResource, type Links } from '../crud-resources.ts';
import { runLoad, type Send } from '../load.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Workload } from '../workload.ts';

const clients = 64;
/** Of four requests of the mix, three write. */
const writeShare = 0.75;

export const crud: Workload = {
  name: 'crud',
  description: `${clients} clients; create, read, update, delete of ${crudTypes.length} linked types, ${crudTypes.length * 4} requests an iteration`,
  async run(bench) {
    const server = await bench.freshServer();
    server.usage();
    let iterations = 0;
    const base = new URL(server.baseUrl).pathname;
    const load = await runLoad({ baseUrl: server.baseUrl, clients, seconds: bench.seconds }, async (send, running) => {
      while (running()) await iterate(send, base, (iterations += 1));
    });
    const usage = server.usage();
    const http = await emptyHttpServer({ clients, requestBytes: load.requestBytes, responseBytes: load.responseBytes });
    const rows = { directory: bench.directory, rowBytes: load.responseBytes };
    return {
      workload: 'crud',
      dataSet: 'own bodies, empty store at start',
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load,
      server: usage,
      baselines: [
        { name: 'empty Node HTTP server', perSecond: http },
        { name: 'SQLite, one row a commit (per write)', perSecond: sqliteInserts({ ...rows, rowsPerCommit: 1 }) / writeShare },
        { name: `SQLite, ${clients} rows a commit (per write)`, perSecond: sqliteInserts({ ...rows, rowsPerCommit: clients }) / writeShare },
      ],
      targets: [{ what: 'requests/s', measured: load.requestsPerSecond, floor: 382, goal: 652, moonshot: 1500, unit: '/s', atMost: false }],
      notes: [`${iterations} iterations begun`],
    };
  },
};

async function iterate(send: Send, base: string, number: number): Promise<void> {
  const links: Links = {};
  const created: { path: string; id: string; resource: Resource }[] = [];
  for (const type of crudTypes) {
    const resource = crudResource(type, number, links);
    const response = await send('create', { method: 'POST', path: `${base}/${type}`, body: JSON.stringify(resource) });
    const id = response.status === 201 ? idOf(response.header('location'), response.body) : undefined;
    if (!id) return;
    links[type] = `${type}/${id}`;
    created.push({ path: `${base}/${type}/${id}`, id, resource });
  }
  for (const { path } of created) await send('read', { method: 'GET', path });
  for (const { path, id, resource } of created) {
    await send('update', { method: 'PUT', path, body: JSON.stringify(updatedCrudResource(resource, id)) });
  }
  for (const { path } of created.toReversed()) await send('delete', { method: 'DELETE', path });
}

function idOf(location: string | undefined, body: Buffer): string | undefined {
  return location ? /\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/\d+)?$/.exec(location)?.[1] : (JSON.parse(body.toString()) as Resource).id;
}
