/** Memory: the most the server has resident while 100,000 resources are loaded as transaction bundles. */
import { loadClients, postBundles } from './bundle.ts';
import type { Workload } from '../workload.ts';

const resourcesToLoad = 100_000;

export const memory: Workload = {
  name: 'memory',
  description: `server memory while ${loadClients} clients load ${resourcesToLoad.toLocaleString('en')} resources as bundles`,
  async run(bench) {
    const population = bench.population();
    const server = await bench.freshServer();
    server.usage();
    const { load, resources } = await postBundles(server.baseUrl, population, { resources: resourcesToLoad });
    const usage = server.usage();
    const megabytes = usage.peakRssBytes / 1e6;
    return {
      workload: 'memory',
      dataSet: `${population.name}, repeated`,
      unit: 'resources',
      perSecond: resources / load.seconds,
      load,
      server: usage,
      baselines: [],
      targets: [{ what: 'peak resident memory', measured: megabytes, floor: 1000, goal: 400, moonshot: 250, unit: 'MB', atMost: true }],
      notes: [`${resources} resources accepted in ${load.seconds.toFixed(1)} s`],
    };
  },
};
