/** Where the resources come from that the oracle searches. Each source is data: nothing of the product is imported here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, Resource } from '../evaluator/json.ts';
import { edgeCases } from './edge-cases.ts';

export interface Source {
  readonly name: string;
  readonly resources: readonly Resource[];
  /** Why there are none. */
  readonly skipped?: string;
}

export interface SourceOptions {
  readonly patients: number;
  readonly seed: number;
  /** Synthea bundles to take. */
  readonly bundles: number;
  /**
   * Of the official definitions (value sets, code systems, profiles, search parameters), which are 4,400 of 5,300 files, one
   * in so many.
   */
  readonly definitionsShare: number;
}

const root = join(import.meta.dirname, '../../..');

export function sources(options: SourceOptions): readonly Source[] {
  return [
    { name: 'edge cases', resources: edgeCases() },
    { name: 'synthetic population', resources: synthetic(options) },
    officialExamples(options.definitionsShare),
    synthea(options.bundles),
  ];
}

function synthetic({ patients, seed }: SourceOptions): readonly Resource[] {
  const script = join(import.meta.dirname, 'write-population.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, String(patients), String(seed)];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  return output.trimEnd().split('\n').map((line) => JSON.parse(line) as Resource);
}

const examples = {
  name: 'hl7.fhir.r4.examples-4.0.1',
  package: 'hl7.fhir.r4.examples@4.0.1',
  integrity: 'sha512-DXBdIZOeQaSKIgCU7w6HOC7sw/6BzylmipLkBW4f//pT+Bc94x+8LImwTdvaNThPJoOzpBzvxAzNqjeu3X/zLw==',
};

/** HL7's package of R4's examples (CC0), fetched once into `.cache/oracle`; without a network there are none. */
function officialExamples(definitionsShare: number): Source {
  const name = 'official R4 examples';
  try {
    const folder = unpackedExamples();
    const files = readdirSync(folder).filter((file) => /^[A-Z]\w+-.*\.json$/.test(file)).sort();
    const taken = files.filter((file, index) => !isDefinition(file) || index % definitionsShare === 0);
    return { name, resources: taken.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource) };
  } catch (error) {
    return { name, resources: [], skipped: `${examples.package} cannot be had: ${(error as Error).message.split('\n')[0]}` };
  }
}

function isDefinition(file: string): boolean {
  return /^(?:CodeSystem|SearchParameter|StructureDefinition|ValueSet)-/.test(file);
}

function unpackedExamples(): string {
  const cache = join(root, '.cache', 'oracle');
  const folder = join(cache, examples.name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const archive = join(cache, `${examples.name}.tgz`);
  if (!existsSync(archive)) execFileSync('npm', ['pack', examples.package, '--silent'], { cwd: cache, stdio: 'ignore' });
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== examples.integrity) {
    rmSync(archive);
    throw new Error('its integrity is not the one that is expected');
  }
  const unfinished = mkdtempSync(join(cache, 'unpacking-'));
  execFileSync('tar', ['xzf', archive, '-C', unfinished, '--strip-components=1']);
  renameSync(unfinished, folder);
  return folder;
}

/** Some of Synthea's patients in `../shared`, each a transaction bundle whose entries refer to each other by URN. */
function synthea(bundles: number): Source {
  const name = 'Synthea';
  const archive = join(root, '../shared/data/synthea/synthea-r4-100-bundles.tar.xz');
  if (!existsSync(archive)) return { name, resources: [], skipped: 'there is no ../shared/data/synthea' };
  const directory = mkdtempSync(join(tmpdir(), 'caldera-oracle-synthea-'));
  try {
    const files = execFileSync('tar', ['tJf', archive, '--quoting-style=literal'], { encoding: 'utf8' }).split('\n').filter((file) => file.endsWith('.json')).sort();
    execFileSync('tar', ['xJf', archive, '-C', directory, ...files.slice(0, bundles)]);
    return { name, resources: files.slice(0, bundles).flatMap((file) => entriesOf(readFileSync(join(directory, file), 'utf8'))) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function entriesOf(text: string): Resource[] {
  const { entry } = JSON.parse(text);
  const references = new Map<string, string>(entry.map(({ fullUrl, resource }: Json) => [fullUrl, `${resource.resourceType}/${resource.id}`]));
  const rewritten = text.replace(/urn:uuid:[0-9a-f-]{36}/g, (urn) => references.get(urn) ?? urn);
  return JSON.parse(rewritten).entry.map(({ resource }: Json) => resource);
}
