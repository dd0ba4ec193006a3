/**
 * `npm run test:kill -- --rounds 20`: kills the real server with SIGKILL under load, starts it again on the same
 * directory, and checks that nothing acknowledged is lost, changed or half done, and that the tables for SQL answer what
 * the store has. Prints a line a round and ends with 1 when anything was found.
 *
 * Each start is a day after the kill (days-later.ts), and is killed too: when it compacts what was recent the day before, every
 * fourth time while it begins to serve. Of four kills under load, two fall into the whole lake's being made anew, and one of
 * these two, as of the others, waits until a Parquet file is being made.
 *
 * SIGKILL proves that what was acknowledged had left the process; that it reached the disk is what `fdatasync` says, behind which it
 * is acknowledged (docs/decisions/0018-commits-on-their-way-to-the-disk.md), and no process can prove it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom, type Random } from '../random.ts';
import { killDuringStart, startServerProcess, type ServerOptions, type ServerProcess } from '../server-process.ts';
import { datastoreIdOf } from './control.ts';
import { lakeAtKill, lakeWorks, type LakeWork } from './lake-at-kill.ts';
import { verifyLake } from './lake-verification.ts';
import { askUntilKilled, compactionUnderWay, fileUnderWay, switched } from './lake-work.ts';
import { Ledger, type Known } from './ledger.ts';
import { verify } from './verification.ts';
import { writeUntilKilled } from './writers.ts';

const clients = 12;
/** The kill falls at a chosen moment of this span after the clients begin. */
const killAfterMs = { least: 200, most: 3000 };
/** Rounds in which the whole lake is made anew, and when that begins; the kill falls behind it. */
const lakeAnewEvery = { of: 4, from: 2 };
const anewAfterMs = { least: 200, most: 1500 };
/** A start is killed at a chosen moment of this span: reading modules takes the first part, recovery the rest. */
const killStartAfterMs = { least: 100, most: 700 };
const killStartEvery = 4;
/** Violations printed; the count says how many there are. */
const violationsShown = 20;

const help = `Usage: npm run test:kill -- [options]

  --rounds N   kills under load (default 20)
  --seed N     chooses the writes and the moments (default 1)
  --data DIR   directory under which the temporary data lies (default ${tmpdir()})
  --help       this text
`;

function options() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      data: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a whole number from 1.');
  if (!Number.isInteger(seed)) throw new Error('--seed wants a whole number.');
  return { rounds, seed, data: resolve(values.data), help: values.help };
}

async function main(): Promise<void> {
  const { rounds, seed, data, help: helpWanted } = options();
  if (helpWanted) return console.log(help);
  mkdirSync(data, { recursive: true });
  const directory = mkdtempSync(join(data, 'caldera-kill-'));
  const state: State = {
    directory, random: seededRandom(seed), ledger: new Ledger(), owned: Array.from({ length: clients }, () => []), hits: [], server: undefined,
  };
  try {
    console.log(`seed ${seed}, ${clients} clients, data in ${directory}`);
    state.server = await startServerProcess(serverOptions(directory, 0));
    for (let round = 1; round <= rounds; round += 1) await runRound(round, state);
    await state.server.stop();
    const server = state.server = await startServerProcess(serverOptions(directory, rounds + 1));
    const { ledger } = state;
    const { versions } = await verify(server.baseUrl, ledger, ledger.known.values());
    const rows = await verifyLake({ baseUrl: server.baseUrl, aheadMs: aheadMs(rounds + 1), ledger });
    console.log(`at the end, after a clean stop: all ${ledger.known.size} resources, ${versions} versions and ${rows} rows of the lake verified`);
    conclude(state, rounds);
  } finally {
    await state.server?.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface State {
  readonly directory: string;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly owned: readonly Known[][];
  /** What the lake was at, of each kill. */
  readonly hits: ReadonlySet<LakeWork>[];
  server: ServerProcess | undefined;
}

async function runRound(round: number, state: State): Promise<void> {
  const { directory, ledger, owned } = state;
  const acknowledgedBefore = ledger.acknowledgedWrites;
  const moment = await killedAtWork(round, state);
  const hit = [await lakeAtKill(storeFolder(state)), await killedNextDay(round, state)];
  state.hits.push(...hit);
  const server = state.server = await startServerProcess(serverOptions(directory, round));
  const touched = [...ledger.touched];
  ledger.touched.clear();
  const { versions, landed, vanished } = await verify(server.baseUrl, ledger, touched);
  own(ledger, owned);
  const began = performance.now();
  const rows = await verifyLake({ baseUrl: server.baseUrl, aheadMs: aheadMs(round), ledger });
  console.log(
    `round ${String(round).padStart(2)}: killed after ${moment.toFixed(0)} ms, ${ledger.acknowledgedWrites - acknowledgedBefore} writes acknowledged, ` +
      `started in ${server.startMs.toFixed(0)} ms, ${versions} versions verified, unanswered: ${landed} happened, ${vanished} did not; ` +
      `lake killed in: ${hit.map((works) => [...works].join(' and ') || 'nothing').join(', ')}; ` +
      `${rows} rows verified in ${(performance.now() - began).toFixed(0)} ms; violations so far ${ledger.violations.length}`,
  );
}

/** Has the clients write and ask until the server is killed. @returns how long that took, ms */
async function killedAtWork(round: number, state: State): Promise<number> {
  const { random, ledger, owned, server } = state;
  const { baseUrl, kill } = server!;
  const began = performance.now();
  const work = owned.map((own, client) =>
    writeUntilKilled({ baseUrl, ledger, own, random: seededRandom(random.below(2 ** 31)), name: `r${round}-c${client}` }),
  );
  work.push(askUntilKilled(baseUrl));
  if (round % lakeAnewEvery.of >= lakeAnewEvery.from) {
    await pause(between(random, anewAfterMs));
    await switched(baseUrl, random.pick(['PAUSED', 'DISABLED']));
    await switched(baseUrl, 'ENABLED');
  }
  await pause(between(random, killAfterMs));
  if (round % 2 === 0) await fileUnderWay(storeFolder(state));
  await kill();
  await Promise.all(work);
  return performance.now() - began;
}

/** Starts and kills the server a day later. Nobody writes: what the first kill left undecided is looked at behind the next start. */
async function killedNextDay(round: number, state: State): Promise<ReadonlySet<LakeWork>> {
  const options = serverOptions(state.directory, round);
  if (round % killStartEvery === 0) await killDuringStart(options, between(state.random, killStartAfterMs));
  else {
    const { baseUrl, kill } = await startServerProcess(options);
    const asking = askUntilKilled(baseUrl);
    await compactionUnderWay(storeFolder(state));
    await kill();
    await asking;
  }
  return lakeAtKill(storeFolder(state));
}

function storeFolder({ directory, server }: State): string {
  return join(directory, 'stores', datastoreIdOf(server!.baseUrl));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}

function aheadMs(days: number): number {
  return days * 24 * 60 * 60 * 1000;
}

/** @param days how many days later the server is to believe that it is */
function serverOptions(dataDirectory: string, days: number): ServerOptions {
  const clock = new URL('days-later.ts', import.meta.url).href;
  return { dataDirectory, arguments: ['--import', clock], variables: { CALDERA_KILL_DAYS: String(days) } };
}

/** Creates whose answer was lost and which happened belong to the client whose marker they bear. */
function own(ledger: Ledger, owned: readonly Known[][]): void {
  for (const known of ledger.touched) {
    const client = Number(/-c(\d+)-/.exec(known.versions.find(({ marker }) => marker)?.marker ?? '')?.[1]);
    if (!owned[client]?.includes(known)) owned[client]?.push(known);
  }
  ledger.touched.clear();
}

function conclude({ ledger, hits }: State, rounds: number): void {
  const { acknowledgedWrites, acknowledgedTransactions, refused, violations } = ledger;
  console.log(
    `${rounds} kills, ${acknowledgedWrites} acknowledged writes (${acknowledgedTransactions} transactions among them), ` +
      `refused: ${Object.entries(refused).map(([status, count]) => `${status} × ${count}`).join(', ') || 'none'}, ${violations.length} violations`,
  );
  console.log(`of the kills, ${lakeWorks.map((work) => `${hits.filter((hit) => hit.has(work)).length} in a lake's ${work}`).join(', ')}`);
  for (const violation of violations.slice(0, violationsShown)) console.log(`  ${violation}`);
  if (violations.length) process.exitCode = 1;
}

function between(random: Random, { least, most }: { least: number; most: number }): number {
  return least + random.below(most - least);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
