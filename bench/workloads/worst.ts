/**
 * The worst searches together, and reads beside them: ten clients each repeat a search that has to look at most of a
 * type, while others read by id. What a search takes may be long; what it takes from others may not.
 */
import { runLoad } from '../load.ts';
import { seededRandom } from '../random.ts';
import type { Workload } from '../workload.ts';

/** Each walks a type, or all texts of a parameter, to find little or nothing; or sorts and counts all there is. */
const searches: readonly (readonly [label: string, query: string])[] = [
  ['full text', 'Observation?_content=zzyzx'],
  ['narrative', 'Encounter?_text=zzyzx'],
  ['missing', 'Observation?status:missing=true'],
  ['not', 'Observation?status:not=final&_count=1000'],
  ['contains', 'Patient?name:contains=zzyzx'],
  ['accurate total', 'Observation?_total=accurate&_count=1'],
  ['count', 'Procedure?date=ge1900&_summary=count'],
  ['sorted by code', 'Encounter?_sort=class,-status&_count=1000'],
  ['sorted by text', 'Condition?_sort=code&_count=1000'],
  ['two common codes', 'Observation?status=final&category=zzyzx,vital-signs&code=zzyzx,8302-2,8480-6&value-quantity=gt100000'],
];
const readers = 8;

export const worst: Workload = {
  name: 'worst',
  description: `${searches.length} clients with one of the worst searches each, and ${readers} clients that read by id`,
  async run(bench) {
    const { server, loaded } = await bench.loadedServer();
    const base = new URL(server.baseUrl).pathname;
    server.usage();
    const load = await runLoad({ baseUrl: server.baseUrl, clients: searches.length + readers, seconds: bench.seconds }, async (send, running, index) => {
      const random = seededRandom(index);
      const search = searches[index];
      while (running()) {
        const { type, id } = random.pick(loaded.resources);
        const [label, path] = search ?? ['read', `${type}/${id}`];
        await send(label, { method: 'GET', path: `${base}/${path}` });
      }
    });
    const usage = server.usage();
    return {
      workload: 'worst',
      dataSet: loaded.name,
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load,
      server: usage,
      baselines: [],
      targets: [{ what: 'read p99', measured: load.byLabel.read?.p99Ms ?? Infinity, floor: 100, goal: 50, moonshot: 20, unit: 'ms', atMost: true }],
      notes: ['a search that is refused as too costly counts as an error here'],
    };
  },
};
