/**
 * What `npm start` and `npm test` do first, so that a fresh clone needs npm and Node 20 or newer only:
 * install the locked packages when they are missing or out of date, then generate the FHIR definitions.
 * Runs on whatever Node the machine has; everything after it runs on the Node 24 that the packages bring.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Raw JSON numbers, `node:sqlite` and TypeScript without a build step. */
const requiredMajor = 24;

const root = join(import.meta.dirname, '..');
const packages = join(root, 'node_modules');
const stamp = join(packages, '.caldera-setup');
const windows = process.platform === 'win32';

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], shell: windows });
  if (error || status !== 0) fail(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
}

/** npm must not run on the Node it is about to replace. */
function withoutLocalPrograms() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const path = (process.env[name] ?? '').split(delimiter).filter((folder) => !folder.startsWith(packages));
  return { ...process.env, [name]: path.join(delimiter) };
}

/**
 * Not `npm ci`: it refuses a lock file that misses any platform's binary of an optional package, although the
 * machine at hand needs only its own. `--no-save` takes the locked versions too and leaves the lock file alone.
 * Install scripts are not run: no package needs one, and what does not run cannot go wrong.
 */
function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(`${process.platform} ${process.arch} `).update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing packages (first run or new versions; about a minute) …');
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], withoutLocalPrograms());
  writeFileSync(stamp, wanted);
}

/** The first `node` of npm's scripts: the one from the packages where there is one for this machine, else the machine's own. */
function runtime() {
  const bundled = join(packages, '.bin', windows ? 'node.cmd' : 'node');
  const node = existsSync(bundled) ? bundled : process.execPath;
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8', shell: windows });
  const major = Number(/^v(\d+)/.exec(stdout ?? '')?.[1]);
  if (major >= requiredMajor) return node;
  const found = error || !major ? `${node} does not run on this machine` : `this is Node ${major}`;
  return fail(`Caldera needs Node ${requiredMajor} or newer, and ${found}. Install it from https://nodejs.org and try again.`);
}

installPackages();
run(runtime(), ['scripts/generate-definitions.ts', '--if-stale']);
