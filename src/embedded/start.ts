/** The embedded server as a program. Results go to standard output, everything else to standard error. */
import { resolve } from 'node:path';
import { accessKeys } from './access-keys.ts';
import { helpText, startArguments, WrongArguments } from './arguments.ts';
import type { StartArguments } from './arguments.ts';
import { DirectoryRefused } from './data-directory.ts';
import { faultText } from '../machine/fault-report.ts';
import { ownLexicon } from './own-lexicon.ts';
import { startServer } from './server.ts';
import type { RunningServer } from './server.ts';

/** What takes longer than that says how far it is. */
const patienceMs = 2_000;
/** How soon a server notices that the npm that started it is gone. */
const orphanCheckMs = 250;
/** New files and folders are the owner's alone. */
const ownerOnlyMask = 0o077;
/** SQLite's numbers for a file that is damaged or none of its own (https://www.sqlite.org/rescode.html). */
const damagedCodes: ReadonlySet<unknown> = new Set([11, 26]);
/** As every shell says it. */
const exitWrongUse = 2;

function fail(message: string, exitCode = 1): never {
  console.error(message);
  process.exit(exitCode);
}

/** Runs until a signal ends the process. */
export async function start(): Promise<void> {
  // Messages of errors may quote patients' data; the place is enough to find the defect.
  process.on('uncaughtException', (error) => fail(`Caldera stopped on a fault it cannot go on after. ${faultText(error)}`));
  // Patients' data and the stores' keys are for the owner's eyes, whatever directory was given.
  process.umask(ownerOnlyMask);
  const given = understood();
  const state: { server?: RunningServer; stopping: boolean } = { stopping: false };
  const stop = (): void => {
    // A start that is interrupted goes on with the next one; a second signal means at once.
    if (state.server === undefined || state.stopping) process.exit(0);
    state.stopping = true;
    console.error('Stopping …');
    state.server.close().then(() => process.exit(0), (error: unknown) => fail(faultText(error)));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  if (process.env['npm_lifecycle_event'] === 'start') whenOrphaned(stop);
  state.server = await started(given);
  announce(state.server, given);
}

/** npm passes a signal on to its shell, which ends without passing it further: whoever stops npm means the server. */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, orphanCheckMs);
  watch.unref();
}

function understood(): StartArguments {
  try {
    const given = startArguments(process.argv.slice(2));
    if (given !== 'help') return given;
  } catch (error) {
    if (error instanceof WrongArguments) fail(error.message, exitWrongUse);
    throw error;
  }
  process.stdout.write(helpText);
  process.exit(0);
}

async function started(given: StartArguments): Promise<RunningServer> {
  const begin = performance.now();
  let reported = begin;
  try {
    return await startServer({
      ...given,
      ...(given.lexiconFile === undefined ? {} : { lexicon: ownLexicon(given.lexiconFile) }),
      accessKeys: accessKeys({ file: given.accessKeysFile, environment: process.env }),
      reportFault: ({ id, error }) => console.error(`Fault ${id}: ${faultText(error)}`),
      note: (text) => console.error(text),
      reportProgress({ resources }) {
        if (performance.now() - reported < patienceMs) return;
        reported = performance.now();
        console.error(`Making the synthetic population: ${resources} resources so far …`);
      },
    });
  } catch (error) {
    if (error instanceof WrongArguments) fail(error.message, exitWrongUse);
    if (error instanceof DirectoryRefused) fail(error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') fail(`Port ${given.port} is in use. Give another one: npm start -- --port ${given.port + 1}`);
    if (code === 'EACCES') fail(`Port ${given.port} is not free for ordinary users. Give one above 1023 with --port.`);
    if (code === 'ENOSPC') fail('The disk is full. Make room, or give a directory on another disk with --data.');
    if (damagedCodes.has((error as { errcode?: unknown }).errcode)) {
      fail(`A database in ${resolve(given.dataDirectory)} is damaged or no database. Put back a copy of the whole directory, or give another with --data.`);
    }
    throw error;
  }
}

function announce({ baseUrl, firstRun }: RunningServer, { dataDirectory, populationGiven }: StartArguments): void {
  if (populationGiven && !firstRun) {
    console.error('The data store is already there, as it was: --patients and --empty count for a new directory only.');
  }
  process.stdout.write(`Caldera is running; its data lies in ${resolve(dataDirectory)}. The base URL of the default data store:

${baseUrl}

Try, in another terminal:
  curl '${baseUrl}/Patient?_count=1&_pretty=true'
  curl '${baseUrl}/Observation?code=http://loinc.org|85354-9&date=ge2024&_sort=-date&_count=3'
  curl -X POST '${baseUrl}/Patient' -H 'Content-Type: application/fhir+json' \\
    -d '{"resourceType": "Patient", "name": [{"family": "Rivera"}]}'

Stop it with Ctrl-C.
`);
}
