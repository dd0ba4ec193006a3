/** The whole record: one client asks for patients of the average size (https://hl7.org/fhir/R4/patient-operation-everything.html). */
import { emptyHttpServer } from '../baselines.ts';
import { runLoad } from '../load.ts';
import type { LoadedPopulation } from '../population.ts';
import { seededRandom } from '../random.ts';
import type { Workload } from '../workload.ts';

const count = 1000;
/** Patients whose bundles are nearest to the mean size. */
const averagePatients = 20;

export const everything: Workload = {
  name: 'everything',
  description: `1 client, _count=${count}: Patient/$everything of the ${averagePatients} patients nearest to the average size`,
  async run(bench) {
    const { server, loaded } = await bench.loadedServer();
    const base = new URL(server.baseUrl).pathname;
    const { patients, mean } = average(loaded);
    server.usage();
    const random = seededRandom(1);
    const load = await runLoad({ baseUrl: server.baseUrl, clients: 1, seconds: bench.seconds }, async (send, running) => {
      while (running()) await send('$everything', { method: 'GET', path: `${base}/Patient/${random.pick(patients)}/$everything?_count=${count}` });
    });
    return {
      workload: 'everything',
      dataSet: loaded.name,
      unit: 'requests',
      perSecond: load.requestsPerSecond,
      load,
      server: server.usage(),
      baselines: [{ name: 'empty Node HTTP server', perSecond: await emptyHttpServer({ clients: 1, requestBytes: 0, responseBytes: load.responseBytes }) }],
      targets: [{ what: '$everything p50', measured: load.all.p50Ms, floor: 30, goal: 15, moonshot: 8, unit: 'ms', atMost: true }],
      notes: [`the average patient has ${mean.toFixed(0)} resources; answers of ${Math.round(load.responseBytes / 1024)} KB`],
    };
  },
};

/** By the resources that name them as subject or patient, which are nearly all of a patient's bundle. */
function average({ resources, references }: LoadedPopulation): { readonly patients: readonly string[]; readonly mean: number } {
  const sizes = new Map<string, number>(resources.filter(({ type }) => type === 'Patient').map(({ id }) => [id, 1]));
  for (const { resource } of resources) {
    const { subject, patient } = resource as { subject?: { reference?: string }; patient?: { reference?: string } };
    const id = references.get((subject ?? patient)?.reference ?? '')?.slice('Patient/'.length);
    if (id !== undefined && sizes.has(id)) sizes.set(id, sizes.get(id)! + 1);
  }
  const mean = [...sizes.values()].reduce((sum, size) => sum + size, 0) / sizes.size;
  const nearest = [...sizes].sort(([, one], [, other]) => Math.abs(one - mean) - Math.abs(other - mean));
  return { patients: nearest.slice(0, averagePatients).map(([id]) => id), mean };
}
