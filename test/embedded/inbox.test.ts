/** Files that are dropped in an inbox: imported by themselves, once, and moved. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { directoryBuckets } from '../../src/embedded/directory-buckets.ts';
import { inbox, maxInboxJobs, settledAfterMs } from '../../src/embedded/inbox.ts';
import type { Inbox } from '../../src/embedded/inbox.ts';
import { changeJob } from '../../src/operations/jobs/change-job.ts';
import type { JobRecord } from '../../src/operations/jobs/job-record.ts';
import { activeJobs, readJob, submitJob } from '../../src/operations/jobs/submit-job.ts';
import type { WantedJob } from '../../src/operations/jobs/submit-job.ts';
import { memoryTable } from '../store/memory-table.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
let root: string;
let now: number;
let notes: string[];
let faults: unknown[];
let jobs: ReturnType<typeof memoryTable>;
let watching: Inbox;
let made: number;

const ports = () => ({ jobs, clock: { now: () => now }, ids: { uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}` } });

/** As a process that has just begun. */
function begin(): void {
  const folders = new Map([['caldera', root]]);
  watching = inbox({
    datastoreId, folders, buckets: directoryBuckets(folders), clock: { now: () => now },
    start: async (wanted: Omit<WantedJob, 'kind'>) => submitJob({ ...wanted, kind: 'import' }, ports()),
    job: (id) => readJob('import', id, ports()), note: (text) => notes.push(text), report: (error) => faults.push(error),
  });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'caldera-inbox-'));
  [now, notes, faults, made] = [1_000_000, [], [], 0];
  jobs = memoryTable();
  begin();
});
afterEach(() => {
  rmSync(root, { recursive: true });
  expect(faults).toEqual([]);
});

const path = (name: string): string => join(root, 'inbox', datastoreId, name);

function drop(name: string, content = '{}\n'): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
}

const active = (): Promise<readonly JobRecord[]> => activeJobs(ports(), 'import');
const end = (job: JobRecord, status: JobRecord['status'], message?: string) => changeJob(job, () => ({ status, ...(message === undefined ? {} : { message }) }), ports());
const below = (folder: string): readonly string[] => (existsSync(path(folder)) ? readdirSync(path(folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).toSorted() : []);

async function settled(): Promise<readonly JobRecord[]> {
  await watching.look();
  now += settledAfterMs;
  await watching.look();
  return active();
}

test('a file is imported by a job of its own when nobody has written to it for a while', async () => {
  drop('a.ndjson');
  await watching.look();
  expect(await active()).toEqual([]);
  now += settledAfterMs - 1;
  appendFileSync(path('a.ndjson'), '{}\n');
  await watching.look();
  now += settledAfterMs - 1;
  await watching.look();
  expect(await active()).toEqual([]);
  now += 1;
  await watching.look();
  expect(await active()).toMatchObject([{ input: { InputDataConfig: { S3Uri: `s3://caldera/inbox/${datastoreId}/` }, Files: [`inbox/${datastoreId}/a.ndjson`] } }]);
});

test('names of files that are still being written are passed over until they have their name', async () => {
  for (const name of ['a.ndjson.part', '.a.ndjson', 'b/~a.ndjson', 'b.tmp']) drop(name);
  expect(await settled()).toEqual([]);
  renameSync(path('a.ndjson.part'), path('a.ndjson'));
  expect(await settled()).toHaveLength(1);
});

describe('a file whose job has ended', () => {
  test('is moved to processed/ when all of it was imported', async () => {
    drop('2026/a.ndjson');
    const [job] = await settled() as [JobRecord];
    expect(await watching.look()).toBe(1);
    await end(job, 'COMPLETED');
    expect(await watching.look()).toBe(0);
    expect(existsSync(path(`processed/${job.id}/2026/a.ndjson`))).toBe(true);
    expect([await settled(), notes]).toEqual([[], []]);
  });

  test('is moved to failed/ with the lines that failed beside, and that is told without its name', async () => {
    drop('a.ndjson');
    const [job] = await settled() as [JobRecord];
    const failure = join(root, 'inbox-outputs', `${datastoreId}-FHIR_IMPORT-${job.id}`, 'FAILURE', 'a.ndjson');
    mkdirSync(dirname(failure), { recursive: true });
    writeFileSync(failure, '{"lineId":1}\n');
    await end(job, 'COMPLETED_WITH_ERRORS');
    await watching.look();
    expect(below(`failed/${job.id}`)).toEqual(['a.ndjson', 'a.ndjson.reasons.ndjson']);
    expect(readFileSync(path(`failed/${job.id}/a.ndjson.reasons.ndjson`), 'utf8')).toBe('{"lineId":1}\n');
    expect(notes).toEqual([expect.stringContaining(job.id)]);
    expect(notes[0]).not.toContain('a.ndjson');
  });

  test('has the job\'s message beside it where nothing was begun', async () => {
    drop('a.ndjson');
    const [job] = await settled() as [JobRecord];
    await end(job, 'FAILED', 'The disk of the data store is full.');
    await watching.look();
    expect(JSON.parse(readFileSync(path(`failed/${job.id}/a.ndjson.reasons.ndjson`), 'utf8'))).toEqual({ jobId: job.id, status: 'FAILED', message: 'The disk of the data store is full.' });
  });

  test('is imported once more when it is moved back', async () => {
    drop('a.ndjson');
    const [job] = await settled() as [JobRecord];
    await end(job, 'FAILED', 'The disk of the data store is full.');
    await watching.look();
    renameSync(path(`failed/${job.id}/a.ndjson`), path('a.ndjson'));
    const next = await settled();
    expect(next).toHaveLength(1);
    expect(next[0]?.id).not.toBe(job.id);
  });

  test('is moved though its name is as long as a name may be', async () => {
    const name = `${'n'.repeat(248)}.ndjson`;
    drop(name);
    const [job] = await settled() as [JobRecord];
    await end(job, 'FAILED', 'The disk of the data store is full.');
    await watching.look();
    expect(below(`failed/${job.id}`)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.reasons\.ndjson$/), name]);
  });

  test('is another file where somebody has written to it meanwhile', async () => {
    drop('a.ndjson');
    const [job] = await settled() as [JobRecord];
    appendFileSync(path('a.ndjson'), '{}\n');
    await end(job, 'COMPLETED_WITH_ERRORS');
    const next = await settled();
    expect(next).toHaveLength(1);
    expect(next[0]?.id).not.toBe(job.id);
    expect(below('failed')).toEqual([]);
  });
});

test('an inbox that is a link is none, and nothing is moved behind one', async () => {
  mkdirSync(join(root, 'elsewhere'));
  writeFileSync(join(root, 'elsewhere', 'a.ndjson'), '{}\n');
  mkdirSync(join(root, 'inbox'));
  symlinkSync(join(root, 'elsewhere'), join(root, 'inbox', datastoreId));
  expect(await settled()).toEqual([]);
  rmSync(join(root, 'inbox', datastoreId));
  drop('b.ndjson');
  symlinkSync(join(root, 'elsewhere'), path('processed'));
  const [job] = await settled() as [JobRecord];
  await end(job, 'COMPLETED');
  await watching.look();
  expect([existsSync(path('b.ndjson')), faults.splice(0)]).toEqual([true, [expect.objectContaining({ reason: 'bad-key' })]]);
});

describe('a process that begins anew', () => {
  test('finds the jobs of the files that are there, and begins none again', async () => {
    drop('a.ndjson');
    drop('b.ndjson');
    const [one, other] = await settled() as [JobRecord, JobRecord];
    await end(one, 'COMPLETED');
    begin();
    expect(await settled()).toEqual([other]);
    expect(below('processed')).toEqual(['a.ndjson']);
  });
});

test('a few are imported at a time, the others then, and the same name comes again', async () => {
  for (let index = 0; index < maxInboxJobs + 2; index += 1) drop(`${index}.ndjson`);
  const first = await settled();
  expect(first).toHaveLength(maxInboxJobs);
  for (const job of first) await end(job, 'COMPLETED');
  await watching.look();
  await watching.look();
  const rest = await active();
  expect(rest).toHaveLength(2);
  for (const job of rest) await end(job, 'COMPLETED');
  await watching.look();
  drop('0.ndjson', '{"other": 1}\n');
  expect(await settled()).toHaveLength(1);
});
