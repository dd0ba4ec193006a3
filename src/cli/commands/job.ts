/** `caldera job …`: import and export jobs, over HealthLake's control API; cancelling them is the FHIR interface's. */
import type { Call, Command, Option, Values } from '../command.ts';
import type { Control, JsonObject } from '../control.ts';
import { timeText } from '../datastore-properties.ts';
import { Failed, WrongUse } from '../failure.ts';
import { epochSeconds } from '../input.ts';
import { apiNames, concluded, describedJob, endedJob, isEnded, jobKinds, jobPaths, jobText } from '../jobs.ts';
import type { Job, JobKind, WantedJob } from '../jobs.ts';
import { cell, tableText } from '../table-text.ts';
import { timeoutOption } from '../waiting.ts';

const kindOption: Option = { value: 'KIND', says: 'import or export; both when not given' };

/** @throws WrongUse */
function wantedKinds(options: Values): readonly JobKind[] {
  const given = options.text('kind');
  if (given === undefined) return jobKinds;
  const kind = jobKinds.find((known) => known === given);
  if (kind === undefined) throw new WrongUse(`--kind is one of ${jobKinds.join(', ')}.`);
  return [kind];
}

async function jobsOf(kind: JobKind, filter: JsonObject, control: Control): Promise<Job[]> {
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

const id = '0b54d1f9c6a24a4d9d3c2f1e0a9b8c7d';

async function wantedJob({ words: [given = ''], options, datastore }: Call): Promise<WantedJob> {
  return { id: given, kinds: wantedKinds(options), datastore: await datastore() };
}

const describe: Command = {
  name: 'job describe',
  words: 'ID',
  count: [1, 1],
  says: 'Show a job, and how far it is.',
  options: { kind: kindOption },
  examples: [`job describe ${id}`, `job describe ${id} --kind import --json`],
  async run(call) {
    const job = await describedJob(await wantedJob(call), await call.control());
    await call.terminal.print(call.json ? `${JSON.stringify(job, undefined, 2)}\n` : jobText(job));
  },
};

const wait: Command = {
  name: 'job wait',
  words: 'ID',
  count: [1, 1],
  says: 'Wait for the end of a job, and say how far it is.',
  options: { kind: kindOption, timeout: timeoutOption },
  details: 'The exit code is 0 when all of it was done. Ctrl-C stops the waiting, not the work.',
  examples: [`job wait ${id}`, `job wait ${id} --timeout 600 --json`],
  async run(call) {
    const job = await endedJob(await wantedJob(call), call);
    call.progress.end();
    await concluded(job, call);
  },
};

const cancel: Command = {
  name: 'job cancel',
  words: 'ID',
  count: [1, 1],
  says: 'End a job before its time.',
  options: { kind: kindOption },
  details: 'It ends within seconds. What an import has imported until then stays.',
  examples: [`job cancel ${id}`],
  async run(call) {
    const wanted = await wantedJob(call);
    const job = await describedJob(wanted, await call.control());
    if (isEnded(job)) throw new Failed(`The job has come to its end already: it is ${cell(job['JobStatus'])}.`);
    await (await call.fhir()).ask({ method: 'DELETE', path: jobPaths[job.kind] + wanted.id });
    const { JobStatus: status } = await describedJob(wanted, await call.control());
    await call.terminal.print(call.json ? `${JSON.stringify({ ...job, JobStatus: status }, undefined, 2)}\n` : `${cell(status)}\n`);
  },
};

export const jobCommands: readonly Command[] = [list, describe, wait, cancel];
