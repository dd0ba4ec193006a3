/**
 * Holds the SQL dialect against Trino: fetches it by Maven into `.cache/trino`, compiles the program that asks it, and runs the suite
 * of `jest.trino.config.mjs`; with `--record` it writes down Trino's answers in place of that. Needs Java 17 or newer and Maven.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'test', 'sql', 'trino');
const cache = join(root, '.cache', 'trino');
const [libraries, classes, stamp] = ['lib', 'classes', 'stamp'].map((name) => join(cache, name));

function run(command, args) {
  try {
    execFileSync(command, args, { cwd: sources, stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    console.error(`${command} is needed and did not do its part: Trino is held against the dialect by Java 17 and Maven.`);
    throw error;
  }
}

/** Once for each version, and each change to the program. */
function prepare() {
  const wanted = createHash('sha256').update(readFileSync(join(sources, 'pom.xml'))).update(readFileSync(join(sources, 'Trino.java'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(classes, { recursive: true });
  run('mvn', ['--quiet', '--batch-mode', 'dependency:copy-dependencies', `-DoutputDirectory=${libraries}`, '-DincludeScope=runtime']);
  run('javac', ['-encoding', 'UTF-8', '-nowarn', '-Xlint:none', '-cp', join(libraries, '*'), '-d', classes, join(sources, 'Trino.java')]);
  writeFileSync(stamp, wanted);
}

prepare();
const others = process.argv.slice(2);
const args = others[0] === '--record'
  ? ['--disable-warning=ExperimentalWarning', join(sources, 'record.ts')]
  : [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', join(root, 'jest.trino.config.mjs'), ...others];
const env = { ...process.env, CALDERA_TRINO: [classes, join(libraries, '*')].join(delimiter) };
process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
