/**
 * A longer run of the oracle: `node test/oracle/run.ts --queries 20000 --seed 7`, against a server of its own or the one that
 * `CALDERA_BASE_URL` names. Prints the matrix and every difference.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { broughtMakers } from './generation/brought.ts';
import { joinedMakers } from './generation/joined.ts';
import { plainMakers } from './generation/scenarios.ts';
import { wholeRecordMakers } from './generation/whole-records.ts';
import { askCells, askOwnValues, askScenarios, prepare, type Difference } from './oracle.ts';
import { describeDifferences } from './describe.ts';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    patients: { type: 'string', default: '20' },
    bundles: { type: 'string', default: '5' },
    definitions: { type: 'string', default: '1' },
    joined: { type: 'string', default: '4000' },
    own: { type: 'string', default: '1' },
  },
});
const queries = Number(values.queries);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const given = process.env['CALDERA_BASE_URL']?.replace(/\/$/, '') || undefined;
const dataDirectory = await mkdtemp(join(tmpdir(), 'caldera-oracle-'));
const server = given === undefined ? await ownServer() : undefined;

async function ownServer() {
  const { startServer } = await import('../../src/embedded/server.ts');
  return startServer({ dataDirectory, port: 0, reportFault: ({ error }) => print(`FAULT ${(error as Error).stack}`) });
}

try {
  const options = {
    baseUrl: given ?? server!.baseUrl, seed: Number(values.seed), patients: Number(values.patients), bundles: Number(values.bundles),
    definitionsShare: Number(values.definitions), ownValuesShare: Number(values.own),
    shared: given !== undefined,
    // About 300 cells share two thirds of the queries.
    each: Math.max(1, Math.round(queries / 900)), scenarios: Math.round(queries / 3), joined: Number(values.joined),
  };
  const oracle = await prepare(options);
  for (const line of oracle.skipped) print(`skipped ${line}`);
  print(`${oracle.population.resources.length} resources; refused ${oracle.refused.length}:`);
  for (const { reference, status, reason } of oracle.refused) print(`  ${reference} ${status} ${reason}`);
  const cells = await askCells(oracle, options);
  print(cells.matrix.text());
  const asked = [
    await askScenarios(oracle, { makers: plainMakers, count: options.scenarios }),
    await askScenarios(oracle, { makers: joinedMakers, count: options.joined / 2 }),
    await askScenarios(oracle, { makers: broughtMakers, count: options.joined / 4 }),
    await askScenarios(oracle, { makers: wholeRecordMakers, count: options.joined / 4 }),
  ];
  for (const { asked: topics, refused } of asked) print(`${[...topics].map(([topic, { all, found }]) => `${topic} ${found}/${all}`).join('  ')}; refused ${refused}`);
  const own = await askOwnValues(oracle, options);
  print(`${cells.asked} queries of cells, ${own.asked} of examples' own values`);
  for (const hole of cells.matrix.holes()) print(`hole: ${hole}`);
  const differences: Difference[] = [...cells.differences, ...asked.flatMap(({ differences }) => differences), ...own.differences];
  print(describeDifferences(differences));
  process.exitCode = differences.length > 0 ? 1 : 0;
} finally {
  await server?.close();
  await rm(dataDirectory, { recursive: true, force: true });
}
