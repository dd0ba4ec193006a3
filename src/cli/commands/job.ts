/** `caldera job …`: import and export jobs, over HealthLake's control API. */
import type { Command, Option, Values } from '../command.ts';
import type { Control, JsonObject } from '../control.ts';
import { timeText } from '../datastore-properties.ts';
import { Failed, WrongUse } from '../failure.ts';
import { epochSeconds } from '../input.ts';
import { cell, propertiesText, tableText } from '../table-text.ts';

const kinds = ['import', 'export'] as const;
type Kind = (typeof kinds)[number];

/** What the API calls each kind. */
const apiNames: Readonly<Record<Kind, string>> = { import: 'Import', export: 'Export' };

const kindOption: Option = { value: 'KIND', says: 'import or export; both when not given' };

/** @throws WrongUse */
function wantedKinds(options: Values): readonly Kind[] {
  const given = options.text('kind');
  if (given === undefined) return kinds;
  const kind = kinds.find((known) => known === given);
  if (kind === undefined) throw new WrongUse(`--kind is one of ${kinds.join(', ')}.`);
  return [kind];
}

type Job = JsonObject & { readonly kind: Kind };

async function jobsOf(kind: Kind, filter: JsonObject, control: Control): Promise<Job[]> {
  const name = apiNames[kind];
  const jobs = await Array.fromAsync(control.list(`ListFHIR${name}Jobs`, filter, `${name}JobPropertiesList`));
  return jobs.map((job) => ({ kind, ...job }));
}

const list: Command = {
  name: 'job list',
  says: 'List the jobs of a data store, the newest first.',
  options: {
    kind: kindOption,
    name: { value: 'NAME', says: 'those of this name' },
    status: { value: 'STATUS', says: 'those of this status, as IN_PROGRESS' },
    'submitted-after': { value: 'TIME', says: 'those submitted after this time' },
    'submitted-before': { value: 'TIME', says: 'those submitted before this time' },
  },
  examples: ['job list', 'job list --kind import --status IN_PROGRESS', 'job list --submitted-after 2026-01-01 --json'],
  async run({ options, json, terminal, control, datastore }) {
    const wanted = wantedKinds(options);
    const time = (name: string): number | undefined => {
      const text = options.text(name);
      return text === undefined ? undefined : epochSeconds(`--${name}`, text);
    };
    const filter = {
      DatastoreId: await datastore(),
      JobName: options.text('name'),
      JobStatus: options.text('status')?.toUpperCase(),
      SubmittedAfter: time('submitted-after'),
      SubmittedBefore: time('submitted-before'),
    };
    const client = await control();
    const jobs: Job[] = [];
    for (const kind of wanted) jobs.push(...(await jobsOf(kind, filter, client)));
    jobs.sort((one, other) => Number(other['SubmitTime']) - Number(one['SubmitTime']));
    if (json) return await terminal.print(`${JSON.stringify(jobs, undefined, 2)}\n`);
    const rows = jobs.map((job) => [cell(job['JobId']), job.kind, cell(job['JobStatus']), timeText(job['SubmitTime']), timeText(job['EndTime']), cell(job['JobName'])]);
    await terminal.print(tableText(['ID', 'KIND', 'STATUS', 'SUBMITTED', 'ENDED', 'NAME'], rows));
  },
};

const describe: Command = {
  name: 'job describe',
  words: 'ID',
  count: [1, 1],
  says: 'Show a job, and how far it is.',
  options: { kind: kindOption },
  examples: ['job describe 0b54d1f9c6a24a4d9d3c2f1e0a9b8c7d', 'job describe 0b54d1f9c6a24a4d9d3c2f1e0a9b8c7d --kind import --json'],
  async run({ words: [id = ''], options, json, terminal, control, datastore }) {
    const wanted = wantedKinds(options);
    const job = await described({ id, wanted, datastore: await datastore() }, await control());
    if (json) return await terminal.print(`${JSON.stringify(job, undefined, 2)}\n`);
    const { JobProgressReport: report, ...others } = job;
    const counts = Object.entries((report ?? {}) as JsonObject).map(([name, value]): [string, string] => [spaced(name), cell(value)]);
    await terminal.print(propertiesText([...Object.entries(others).map(([name, value]): [string, string] => [spaced(name), valueText(name, value)]), ...counts]));
  },
};

/** The API asks kinds apart; an id alone says none. */
async function described(job: { id: string; wanted: readonly Kind[]; datastore: string }, control: Control): Promise<JsonObject> {
  for (const kind of job.wanted) {
    try {
      const answer = await control.call(`DescribeFHIR${apiNames[kind]}Job`, { DatastoreId: job.datastore, JobId: job.id });
      return { kind, ...(answer[`${apiNames[kind]}JobProperties`] as JsonObject) };
    } catch (error) {
      if (!(error instanceof Failed) || error.answer?.status !== 404) throw error;
    }
  }
  throw new Failed(`The data store has no ${job.wanted.join(' or ')} job of this id.`);
}

/** `TotalNumberOfScannedFiles` as words. */
function spaced(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().replace(/ in mb$/, ' (MB)').replace(/\barn\b/, 'ARN');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueText(name: string, value: unknown): string {
  if (name.endsWith('Time')) return timeText(value as number);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : cell(value);
}

export const jobCommands: readonly Command[] = [list, describe];
