/** The command line of `npm start`. */
import { parseArgs } from 'node:util';
import { omissionsProblem, readOmissions } from '../store/omitted-families.ts';
import { bucketNamePattern } from './directory-buckets.ts';
import { isLoopback } from './loopback.ts';

export const defaultPort = 8080;
export const defaultPatients = 20;
/** The generator is linear; this is some hours of preloading and tens of gigabytes. */
export const maxPatients = 1_000_000;
/** Any number would do: with the same one, everybody's first data store is the same. */
export const defaultSeed = 1;

export interface StartArguments {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly population: { readonly patients: number; readonly seed: number } | 'empty';
  /** Whether the population was asked for, or is the default. */
  readonly populationGiven: boolean;
  /** The families that a new data store is made without, as `Observation.value-string`; absent when nothing was said. */
  readonly omitted?: readonly string[];
  /** Whether the notes of the default data store are to be read. */
  readonly nlp?: boolean;
  /** The file of a lexicon of the user's own. */
  readonly lexiconFile?: string;
  /** False where no lakes are to be kept. */
  readonly analytics?: boolean;
  /** The file of the access keys that clients sign with. */
  readonly accessKeysFile?: string;
  /** Folders that bulk jobs read and write, by the names that they have as buckets. */
  readonly buckets?: ReadonlyMap<string, string>;
}

/** The command line cannot be followed; the message says why and what to do. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments';
}

export const helpText = `Caldera: a FHIR R4 data platform on this machine.

Usage: npm start -- [options]

  --data DIR      where everything is kept (default: ./data); made when missing
  --port N        the port to listen on (default: ${defaultPort}; 0 takes any that is free)
  --patients N    synthetic patients that a new data store begins with (default: ${defaultPatients})
  --empty         a new data store begins with nothing
  --omit-index L  search parameters that a new data store keeps no index of, as
                  Observation.value-string,Claim.priority (docs/search.md)
  --nlp           clinical notes of the default data store become coded
                  resources, from now on (docs/enrichment.md)
  --lexicon F     a file of concepts to be found in notes, beside the sample
                  (docs/clinical-lexicon.md)
  --no-analytics  no tables for SQL are kept up while this runs (docs/sql.md)
  --access-keys F a file of access keys, an id and a secret a line: requests are
                  then signed with one of them (docs/control-plane.md)
  --bucket N=DIR  a directory that imports and exports read and write as s3://N/;
                  any number of them (docs/import.md)
  --help          this text

Examples:
  npm start                                   the default data store, with ${defaultPatients} synthetic patients
  npm start -- --port 9000                    on another port
  npm start -- --data /tmp/trial --empty      an empty store in a directory of its own

The server listens on this machine only. Stop it with Ctrl-C; nothing that was acknowledged is lost.
`;

const options = {
  data: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  patients: { type: 'string' },
  empty: { type: 'boolean' },
  'omit-index': { type: 'string' },
  nlp: { type: 'boolean' },
  lexicon: { type: 'string' },
  'no-analytics': { type: 'boolean' },
  'access-keys': { type: 'string' },
  bucket: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws WrongArguments */
export function startArguments(words: readonly string[]): StartArguments | 'help' {
  const values = parsed(words);
  if (values.help) return 'help';
  if (values.empty && values.patients !== undefined) throw new WrongArguments('--empty and --patients exclude each other: give one of them.');
  const host = values.host ?? '127.0.0.1';
  if (!isLoopback(host)) {
    throw new WrongArguments(
      '--host: only this machine (127.0.0.1, ::1, localhost) until authorization exists. Anyone who reached another address could read and change every record.',
    );
  }
  if (values.data === '') throw new WrongArguments('--data needs the path of a directory.');
  const patients = wholeNumber('--patients', values.patients ?? String(defaultPatients), maxPatients);
  return {
    dataDirectory: values.data ?? 'data',
    host: host.replace(/^\[|\]$/g, ''),
    port: wholeNumber('--port', values.port ?? String(defaultPort), 65_535),
    population: values.empty || patients === 0 ? 'empty' : { patients, seed: defaultSeed },
    populationGiven: values.empty === true || values.patients !== undefined,
    ...(values['omit-index'] === undefined ? {} : { omitted: omissions(values['omit-index']) }),
    ...(values.nlp && { nlp: true }),
    ...(values.lexicon === undefined ? {} : { lexiconFile: values.lexicon }),
    ...(values['no-analytics'] && { analytics: false }),
    ...(values['access-keys'] === undefined ? {} : { accessKeysFile: values['access-keys'] }),
    ...(values.bucket === undefined ? {} : { buckets: buckets(values.bucket) }),
  };
}

function buckets(mounts: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const mount of mounts) {
    const [, name = '', folder = ''] = /^([^=]*)=(.+)$/s.exec(mount) ?? [];
    if (!bucketNamePattern.test(name)) {
      throw new WrongArguments('--bucket is NAME=DIR; a name has 3 to 63 of the characters a-z, 0-9, "." and "-", and begins and ends with a letter or digit.');
    }
    if (folders.has(name)) throw new WrongArguments('--bucket: each name stands for one directory.');
    folders.set(name, folder);
  }
  return folders;
}

function omissions(list: string): readonly string[] {
  const names = readOmissions(list);
  const problem = omissionsProblem(names);
  if (problem !== undefined) throw new WrongArguments(`--omit-index: ${problem}`);
  return names;
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: false, strict: true }).values;
  } catch (error) {
    // The first sentence names the word that was not understood; what follows is about `--` and positionals.
    throw new WrongArguments(`${(error as Error).message.split('. ')[0]}. See npm start -- --help.`);
  }
}

function wholeNumber(name: string, value: string, max: number): number {
  if (!/^\d{1,9}$/.test(value) || Number(value) > max) throw new WrongArguments(`${name} needs a whole number from 0 to ${max}.`);
  return Number(value);
}
