/**
 * Prints the synthetic population as NDJSON: a process of its own, so that the oracle takes it as data and imports nothing.
 * Usage: node test/oracle/data/write-population.ts PATIENTS SEED
 */
import { syntheticPopulation } from '../../../src/fhir/synthetic/synthetic-population.ts';

const [patients, seed] = process.argv.slice(2).map(Number);
const lines: string[] = [];
for (const group of syntheticPopulation({ patients: patients ?? 1, seed: seed ?? 1 })) {
  for (const resource of group) lines.push(JSON.stringify(resource));
}
process.stdout.write(`${lines.join('\n')}\n`);
