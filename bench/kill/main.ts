/**
 * `npm run test:kill -- --rounds 20`: kills the real server with SIGKILL under load, starts it again on the same
 * directory, and checks that nothing acknowledged is lost, changed or half done. Every fourth round a start is killed
 * too. Prints a line a round and ends with 1 when anything was found.
 *
 * SIGKILL proves that what was acknowledged had left the process; that it reached the disk is what SQLite's
 * synchronous=FULL says (https://www.sqlite.org/pragma.html#pragma_synchronous), and no process can prove it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom, type Random } from '../random.ts';
import { killDuringStart, startServerProcess, type ServerProcess } from '../server-process.ts';
import { Ledger, type Known } from './ledger.ts';
import { verify } from './verification.ts';
import { writeUntilKilled } from './writers.ts';

const clients = 12;
/** The kill falls at a chosen moment of this span after the clients begin. */
const killAfterMs = { least: 200, most: 3000 };
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
  const ledger = new Ledger();
  let server: ServerProcess | undefined;
  try {
    console.log(`seed ${seed}, ${clients} clients, data in ${directory}`);
    const random = seededRandom(seed);
    const owned: Known[][] = Array.from({ length: clients }, () => []);
    server = await startServerProcess({ dataDirectory: directory });
    for (let round = 1; round <= rounds; round += 1) {
      const acknowledgedBefore = ledger.acknowledgedWrites;
      const running = server;
      const writers = owned.map((own, client) =>
        writeUntilKilled({ baseUrl: running.baseUrl, ledger, own, random: seededRandom(random.below(2 ** 31)), name: `r${round}-c${client}` }),
      );
      const moment = between(random, killAfterMs);
      await new Promise((resume) => setTimeout(resume, moment));
      await running.kill();
      await Promise.all(writers);
      if (round % killStartEvery === 0) await killDuringStart({ dataDirectory: directory }, between(random, killStartAfterMs));
      server = await startServerProcess({ dataDirectory: directory });
      const touched = [...ledger.touched];
      ledger.touched.clear();
      const { versions, landed, vanished } = await verify(server.baseUrl, ledger, touched);
      own(ledger, owned);
      console.log(
        `round ${String(round).padStart(2)}: killed after ${moment} ms, ${ledger.acknowledgedWrites - acknowledgedBefore} writes acknowledged, ` +
          `started in ${server.startMs.toFixed(0)} ms, ${versions} versions verified, ` +
          `unanswered: ${landed} happened, ${vanished} did not, violations so far ${ledger.violations.length}`,
      );
    }
    await server.stop();
    server = await startServerProcess({ dataDirectory: directory });
    const { versions } = await verify(server.baseUrl, ledger, ledger.known.values());
    console.log(`at the end, after a clean stop: all ${ledger.known.size} resources, ${versions} versions verified`);
    conclude(ledger, rounds);
  } finally {
    await server?.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Creates whose answer was lost and which happened belong to the client whose marker they bear. */
function own(ledger: Ledger, owned: Known[][]): void {
  for (const known of ledger.touched) {
    const client = Number(/-c(\d+)-/.exec(known.versions.find(({ marker }) => marker)?.marker ?? '')?.[1]);
    if (!owned[client]?.includes(known)) owned[client]?.push(known);
  }
  ledger.touched.clear();
}

function conclude(ledger: Ledger, rounds: number): void {
  const { acknowledgedWrites, acknowledgedTransactions, refused, violations } = ledger;
  console.log(
    `${rounds} kills, ${acknowledgedWrites} acknowledged writes (${acknowledgedTransactions} transactions among them), ` +
      `refused: ${Object.entries(refused).map(([status, count]) => `${status} × ${count}`).join(', ') || 'none'}, ${violations.length} violations`,
  );
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
