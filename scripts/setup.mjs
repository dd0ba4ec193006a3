/**
 * What `npm start` and `npm test` do first, so that a fresh clone needs npm and Node 20 or newer only:
 * install the locked packages when they are missing or out of date, then generate the FHIR definitions.
 * Runs on whatever Node the machine has; everything after it runs on the Node 24 that the packages bring.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const lock = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.caldera-setup');

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  if (error || status !== 0) {
    console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
    process.exit(status || 1);
  }
}

const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing packages (first run, about a minute) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}
const bundledNode = join(root, 'node_modules', '.bin', 'node');
run(existsSync(bundledNode) ? bundledNode : 'node', ['scripts/generate-definitions.ts', '--if-stale']);
