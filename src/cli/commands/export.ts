/** `caldera export`: a store, its patients or those of a group as files on this machine, by `$export` of Bulk Data Access. */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished, statusPath } from '../asynchronous.ts';
import type { Call, Command, Option, Values } from '../command.ts';
import { fetchFiles } from '../downloads.ts';
import type { WantedFile } from '../downloads.ts';
import { Failed, WrongUse } from '../failure.ts';
import { issueText } from '../fhir.ts';
import type { Fhir } from '../fhir.ts';
import { tableText } from '../table-text.ts';

const levels = ['system', 'patient'];
/** Says in a directory whose files they are until all of them are there. */
const markName = '.caldera-export';
/** What went wrong is told line by line, to so many. */
const maxIssues = 8;

interface ManifestFile {
  readonly type: string;
  readonly url: string;
  readonly count?: number;
}

interface Manifest {
  readonly transactionTime: string;
  readonly output: readonly ManifestFile[];
  readonly deleted?: readonly ManifestFile[];
  readonly error: readonly ManifestFile[];
}

/** Options that are parameters of `$export`. */
const parameters: Readonly<Record<string, Option & { readonly parameter: string }>> = {
  type: { value: 'TYPE', multiple: true, says: 'only this type; several, or separated by commas', parameter: '_type' },
  since: { value: 'TIME', says: 'only what was changed after this instant; deletions are told then', parameter: '_since' },
  until: { value: 'TIME', says: 'only what was last changed before this instant', parameter: '_until' },
  'type-filter': { value: 'SEARCH', multiple: true, says: 'of a type only what a search finds, as Observation?status=final', parameter: '_typeFilter' },
  elements: { value: 'ELEMENTS', says: 'only these elements, as id,Patient.birthDate', parameter: '_elements' },
};

/** @throws WrongUse */
function kickOffPath(options: Values): string {
  const [level = 'system', group] = [options.text('level'), options.text('group')];
  if (!levels.includes(level)) throw new WrongUse(`--level is one of ${levels.join(', ')}; a group is named by --group.`);
  if (group !== undefined && options.text('level') !== undefined) throw new WrongUse('Either --level or --group.');
  const query = new URLSearchParams(Object.entries(parameters).flatMap(([name, { multiple, parameter }]) => {
    const values = multiple === true ? options.texts(name) : [options.text(name)];
    return values.flatMap((value): [string, string][] => (value === undefined ? [] : [[parameter, value]]));
  }));
  const scope = group === undefined ? { system: '', patient: '/Patient' }[level] : `/Group/${encodeURIComponent(group)}`;
  return `${scope}/$export${query.size === 0 ? '' : `?${query.toString()}`}`;
}

const exportFiles: Command = {
  name: 'export',
  says: 'Export a data store, its patients or a group of them into a directory.',
  options: {
    output: { value: 'DIR', says: 'where the files go: an empty directory, or one that is made' },
    level: { value: 'LEVEL', says: 'system: everything, as unless given; patient: what is of patients' },
    group: { value: 'ID', says: 'what is of the members of this Group' },
    ...parameters,
    resume: { says: 'go on with what an earlier call began in DIR' },
    keep: { says: 'leave the files on the server too; they go after 48 hours' },
  },
  details: 'Files of NDJSON are written as Type/Type-….ndjson, deletions and what could not be exported under deleted/ and errors/. Ctrl-C stops the waiting, not the work: the same with --resume goes on.',
  examples: ['export --output out', 'export --level patient --type Patient,Observation --since 2026-01-01T00:00:00Z --output out', 'export --group diabetes --output out --json', 'export --output out --resume'],
  async run(call) {
    const { options } = call;
    const folder = options.text('output');
    if (folder === undefined) throw new WrongUse('Where to? Name a directory with --output.');
    const fhir = await call.fhir();
    const path = await begunIn(folder, options, fhir);
    const manifest = await manifestOf(path, call, fhir);
    const files = [...manifest.output, ...(manifest.deleted ?? []), ...manifest.error].map((file) => wanted(file, folder));
    await fetchFiles(files, fhir, (done) => call.progress.say(`${done} of ${files.length} files`));
    call.progress.end();
    if (!options.flag('keep')) await fhir.ask({ method: 'DELETE', path });
    await rm(join(folder, markName), { force: true });
    await told(manifest, folder, call);
  },
};

/** @returns where the job is that the directory is for. @throws WrongUse */
async function begunIn(folder: string, options: Values, fhir: Fhir): Promise<string> {
  const mark = join(folder, markName);
  if (options.flag('resume')) {
    const path = await readFile(mark, 'utf8').catch(() => '');
    if (!/^\/datastore\/[^/]+\/r4\/export\/[0-9a-f]{32}$/.test(path)) throw new WrongUse('There is no export to go on with in this directory.');
    return path;
  }
  const there = await readdir(folder).catch((): string[] => []);
  if (there.includes(markName)) throw new WrongUse('An export was begun in this directory. Go on with it with --resume, or take an empty one.');
  if (there.length > 0) throw new WrongUse('The directory has files in it. Take an empty one: those of another export have the same names.');
  const wish = kickOffPath(options);
  await mkdir(folder, { recursive: true });
  const path = statusPath(await fhir.ask({ method: 'GET', path: wish, headers: { prefer: 'respond-async' } }));
  await writeFile(mark, path);
  return path;
}

async function manifestOf(path: string, { progress }: Call, fhir: Fhir): Promise<Manifest> {
  const text = await (await finished(path, fhir, progress)).text();
  const manifest = JSON.parse(text) as Partial<Manifest>;
  if (!Array.isArray(manifest.output) || !Array.isArray(manifest.error)) throw new Failed('The server answered something else than a manifest.');
  return manifest as Manifest;
}

/** A file is asked for on the endpoint that was chosen, whatever host its URL names: that one we sign for and trust. */
function wanted({ url, count }: ManifestFile, folder: string): WantedFile {
  const { path, name } = /(?<path>\/datastore\/[^/?#]+\/r4\/export\/[0-9a-f]{32}\/(?<name>[A-Za-z]+\/[A-Za-z0-9-]+\.ndjson))$/.exec(url)?.groups ?? {};
  if (path === undefined || name === undefined) throw new Failed('The manifest names a file that is none of the export; nothing was fetched.');
  return { from: path, to: join(folder, name), ...(count === undefined ? {} : { lines: count }) };
}

/** What was written, and what could not be. @throws Failed where not all was exported */
async function told(manifest: Manifest, folder: string, { json, terminal }: Call): Promise<void> {
  const { output, deleted = [], error, transactionTime } = manifest;
  if (json) await terminal.print(`${JSON.stringify({ directory: folder, ...manifest }, undefined, 2)}\n`);
  else await terminal.print(`${tableText(['TYPE', 'FILES', 'RESOURCES'], [...rows(output), ...rows(deleted, 'deleted'), ...rows(error, 'errors')])}Of ${transactionTime}, in ${folder}\n`);
  const issues = await issuesOf(error, folder);
  for (const { text } of issues.slice(0, maxIssues)) terminal.tell(text);
  const failed = issues.filter(({ isError }) => isError).length;
  if (failed > 0) throw new Failed(`Not everything was exported: ${join(folder, 'errors')} tells of ${failed} errors.`);
}

function rows(files: readonly ManifestFile[], name?: string): string[][] {
  const byType = Map.groupBy(files, ({ type }) => name ?? type);
  return [...byType].map(([type, of]) => [type, String(of.length), String(of.reduce((sum, { count = 0 }) => sum + count, 0))]);
}

interface Outcome {
  readonly issue?: readonly (Parameters<typeof issueText>[0])[];
}

async function issuesOf(files: readonly ManifestFile[], folder: string): Promise<{ readonly text: string; readonly isError: boolean }[]> {
  const found: { text: string; isError: boolean }[] = [];
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(wanted(file, folder).to) })) {
      const issues = (JSON.parse(line) as Outcome).issue ?? [];
      found.push(...issues.map((issue) => ({ text: issueText(issue), isError: issue.severity === 'error' || issue.severity === 'fatal' })));
    }
  }
  return found;
}

export const exportCommands: readonly Command[] = [exportFiles];
