/** Disk: what the data directory of the loaded population holds per resource, index included, after a clean stop. */
import type { Workload } from '../workload.ts';

export const disk: Workload = {
  name: 'disk',
  description: 'bytes per resource of the loaded population, index included, after the server has stopped',
  async run(bench) {
    const { sizeBytes, loaded } = await bench.closeLoadedServer();
    const perResource = sizeBytes / loaded.resources.length;
    return {
      workload: 'disk',
      dataSet: loaded.name,
      baselines: [],
      targets: [{ what: 'bytes per resource', measured: perResource, floor: 6800, goal: 2000, moonshot: 1050, unit: 'B', atMost: true }],
      notes: [`${(sizeBytes / 1e6).toFixed(1)} MB on disk for ${loaded.resources.length} resources`],
    };
  },
};
