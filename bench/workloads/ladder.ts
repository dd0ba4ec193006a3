/**
 * Population ladder: the same thirty searches over 1,000, 4,000 and 16,000 patients. What a search costs should follow
 * what it finds, not what else is stored (https://hl7.org/fhir/R4/search.html).
 */
import { birthDate, cities, conditions, families, ladderBundle, measurements, patientIdentifier, patientsPerBundle, resourcesPerPatient } from '../ladder-population.ts';
import { runLoad, type LoadResult } from '../load.ts';
import type { Summary } from '../latencies.ts';
import type { Workload } from '../workload.ts';

const steps = [1000, 4000, 16_000];
const loadClients = 8;
/** A first page as a screen shows it. */
const count = 20;
/** Every search of the thirty is asked at least once before anything is timed. */
const warmUps = 1;

export const ladder: Workload = {
  name: 'ladder',
  description: `30 mixed searches, 1 client, _count=${count}, over ${steps.map((step) => step.toLocaleString('en')).join(' → ')} patients`,
  async run(bench) {
    const server = await bench.freshServer();
    const path = new URL(server.baseUrl).pathname;
    const results: { patients: number; load: LoadResult }[] = [];
    let loaded = 0;
    for (const patients of steps) {
      loaded = await loadTo(server.baseUrl, { from: loaded, to: patients });
      const searches = ladderSearches().map(({ label, query }) => ({ label, request: { method: 'GET', path: `${path}/${query}` } }));
      const load = await runLoad({ baseUrl: server.baseUrl, clients: 1, seconds: bench.seconds }, async (send, running) => {
        for (let turn = 0; turn < warmUps || running(); turn += 1) {
          for (const { label, request } of searches) await send(label, request);
        }
      });
      results.push({ patients, load });
    }
    const [first, last] = [results[0]!, results.at(-1)!];
    const growth = last.load.all.p50Ms / first.load.all.p50Ms;
    return {
      workload: 'ladder',
      dataSet: `${last.patients.toLocaleString('en')} patients of ${resourcesPerPatient} resources each`,
      load: last.load,
      server: server.usage(),
      baselines: [],
      targets: [{ what: 'p50, last step ÷ first', measured: growth, floor: 8, goal: 1.35, moonshot: 1.1, unit: '×', atMost: true }],
      notes: [
        ...results.map(({ patients, load }) => `${patients.toLocaleString('en')} patients: ${summaryText(load.all)}, ${Object.values(load.errors).reduce((sum, one) => sum + one, 0)} errors`),
        ...growths(first.load, last.load),
      ],
    };
  },
};

const summaryText = ({ p50Ms, p95Ms, p99Ms }: Summary): string => `p50 ${p50Ms.toFixed(1)}, p95 ${p95Ms.toFixed(1)}, p99 ${p99Ms.toFixed(1)} ms`;

/** The searches whose median grew most. */
function growths(first: LoadResult, last: LoadResult): string[] {
  return Object.entries(last.byLabel)
    .map(([label, { p50Ms }]) => ({ label, p50Ms, before: first.byLabel[label]!.p50Ms }))
    .sort((one, other) => other.p50Ms / other.before - one.p50Ms / one.before)
    .slice(0, 8)
    .map(({ label, p50Ms, before }) => `${label}: p50 ${before.toFixed(1)} → ${p50Ms.toFixed(1)} ms`);
}

async function loadTo(baseUrl: string, { from, to }: { from: number; to: number }): Promise<number> {
  const path = new URL(baseUrl).pathname;
  let next = from;
  await runLoad({ baseUrl, clients: loadClients, seconds: Infinity }, async (send) => {
    while (next < to) {
      const first = next;
      next += patientsPerBundle;
      const { status } = await send('transaction', { method: 'POST', path, body: Buffer.from(ladderBundle(first)) });
      if (status !== 200) throw new Error(`A transaction was refused with ${status}; nothing can be measured on a part of the data.`);
    }
  });
  return to;
}

interface LadderSearch {
  readonly label: string;
  readonly query: string;
}

/** Thirty searches; the patients they name are among the first thousand. */
function ladderSearches(): readonly LadderSearch[] {
  const { code, unit } = measurements[2];
  const loinc = encodeURIComponent(`http://loinc.org|${code}`);
  const queries: Readonly<Record<string, string>> = {
    identifier: `Patient?identifier=${patientIdentifier(77)}`,
    'identifier with system': `Patient?identifier=${encodeURIComponent(`http://example.org/ladder|${patientIdentifier(501)}`)}`,
    family: `Patient?family=${families[3]}`,
    'name prefix': 'Patient?name=gar',
    'family exact': `Patient?family:exact=${encodeURIComponent(families[6]!)}`,
    'name contains': 'Patient?name:contains=owal',
    'name miss': 'Patient?name=zzyzx',
    birthdate: `Patient?birthdate=${birthDate(5)}`,
    'birthdate ge': 'Patient?birthdate=ge1990',
    'birthdate range': 'Patient?birthdate=ge1960-01-01&birthdate=lt1960-03-01',
    gender: 'Patient?gender=female',
    'family and gender': `Patient?family=${families[0]}&gender=male`,
    city: `Patient?address-city=${cities[2]}`,
    'postal code': 'Patient?address-postalcode=10042',
    'sorted by birthdate': 'Patient?_sort=-birthdate',
    'last updated': 'Patient?_sort=-_lastUpdated',
    code: `Observation?code=${code}`,
    'code + date': `Observation?code=${loinc}&date=ge2024-06-01`,
    'code + quantity': `Observation?code-value-quantity=${loinc}$gt255|http://unitsofmeasure.org|${encodeURIComponent(unit)}`,
    quantity: `Observation?value-quantity=gt119.5|http://unitsofmeasure.org|kg`,
    'quantity in another unit': `Observation?value-quantity=gt119500|http://unitsofmeasure.org|g`,
    category: 'Observation?category=laboratory&_sort=-date',
    'date day': 'Observation?date=2020-02-02',
    condition: `Condition?code=${conditions[1]}`,
    'condition onset': 'Condition?onset-date=sa2024-11-01',
    'active orders': 'MedicationRequest?status=active&_sort=-authoredon',
    'class and date': 'Encounter?class=IMP&date=ge2024-10-01',
    'several codes': 'Procedure?code=430001,430002,430003',
    'not active': 'MedicationRequest?status:not=active',
    'procedure of a day': 'Procedure?date=2019-07-04',
  };
  return Object.entries(queries).map(([label, query]) => ({ label, query: `${query}&_count=${count}` }));
}
