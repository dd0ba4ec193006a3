/**
 * Makes the Lambda layer that has DuckDB: `.cache/layers/duckdb`, the packages as npm publishes them, below
 * `nodejs/node_modules` (https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html). Part of `npm run bundle`.
 *
 * DuckDB is machine code. Functions that use it run on x64, whose package is the one that tests run: where npm has it installed
 * it is taken from there, and on other machines it is fetched once and held against the lock file.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { duckdbPackages } from '../src/aws/duckdb-layer.ts';

const root = join(import.meta.dirname, '..');
const fetched = join(root, '.cache/packages');
/** What the stacks take for the layer. */
export const duckdbLayer = join(root, '.cache/layers/duckdb');
/** Beside it, what it was made of: a layer that nothing has changed is left as it is. */
const madeOf = `${duckdbLayer}.json`;

interface Locked {
  readonly version: string;
  /** `sha512-…` */
  readonly integrity: string;
}

/** @throws Error that says what to do when a package is neither installed nor to be had */
export function makeDuckdbLayer(): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Readonly<Record<string, Locked>> };
  const wanted = duckdbPackages.map((name) => ({ name, locked: packages[`node_modules/${name}`]! }));
  const contents = JSON.stringify(wanted);
  if (existsSync(madeOf) && readFileSync(madeOf, 'utf8') === contents) return;
  for (const old of [madeOf, duckdbLayer]) rmSync(old, { recursive: true, force: true });
  for (const { name, locked } of wanted) {
    const installed = join(root, 'node_modules', name);
    const source = isInstalled(installed, locked) ? installed : fetchedPackage(name, locked);
    cpSync(source, join(duckdbLayer, 'nodejs/node_modules', name), { recursive: true, filter: (file) => !/\.(?:d\.ts|map|md)$/.test(file) });
  }
  // Last, so that a layer that was cut off is made anew.
  writeFileSync(madeOf, contents);
}

function isInstalled(folder: string, { version }: Locked): boolean {
  const file = join(folder, 'package.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as Locked).version === version;
}

/** @returns where the package lies, unpacked. @throws Error when it cannot be fetched, or is not the one of the lock file */
function fetchedPackage(name: string, { version, integrity }: Locked): string {
  const folder = join(fetched, `${name.replace('/', '-')}-${version}`);
  const unpacked = join(folder, 'package');
  if (existsSync(unpacked)) return unpacked;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${version}`], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    throw new Error(`Functions on AWS need ${name} ${version}, which this machine does not install and npm could not fetch. Run npm run bundle once with a way to the registry.`, { cause: error });
  }
  const [archive] = readdirSync(folder);
  const digest = createHash('sha512').update(readFileSync(join(folder, archive!))).digest('base64');
  if (integrity !== `sha512-${digest}`) throw new Error(`${name} ${version} is not the package of package-lock.json.`);
  execFileSync('tar', ['-xzf', archive!], { cwd: folder });
  return unpacked;
}
