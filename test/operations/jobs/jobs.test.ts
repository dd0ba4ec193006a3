/** Long jobs of a data store: submitted once, listed as HealthLake lists them, changed by one at a time. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { cancelJob, changeJob, jobRetentionMs, sweepJobs } from '../../../src/operations/jobs/change-job.ts';
import { isBeingCancelled } from '../../../src/operations/jobs/job-record.ts';
import { listJobs, maxExaminedJobs } from '../../../src/operations/jobs/list-jobs.ts';
import { activeJobs, jobReservationMs, readJob, submitJob } from '../../../src/operations/jobs/submit-job.ts';
import type { Submission, WantedJob } from '../../../src/operations/jobs/submit-job.ts';
import type { JobRecord } from '../../../src/operations/jobs/job-record.ts';
import { memoryTable } from '../../store/memory-table.ts';
import type { MemoryTable } from '../../store/memory-table.ts';

let jobs: MemoryTable;
let now: number;
let made: number;
const ports = () => ({
  jobs,
  clock: { now: () => now },
  ids: { uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}` },
});
beforeEach(() => {
  jobs = memoryTable();
  now = Date.UTC(2026, 0, 1);
  made = 0;
});

const wanted: WantedJob = { kind: 'import', caller: 'someone', input: { from: 'there' } };

async function submitted(more: Partial<WantedJob> = {}): Promise<JobRecord> {
  return jobOf(await submitJob({ ...wanted, ...more }, ports()));
}

function jobOf(submission: Submission): JobRecord {
  if ('refused' in submission) throw new Error('refused');
  return submission.job;
}

describe('a job', () => {
  test('is kept as it was submitted, under an id of 32 hexadecimal digits', async () => {
    const job = await submitted({ name: 'first', progress: { resources: 0 } });
    expect(job).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'SUBMITTED', submitted: now, name: 'first', input: { from: 'there' } });
    expect(await readJob('import', job.id, ports())).toEqual(job);
    expect(await readJob('export', job.id, ports())).toBeUndefined();
    expect(await activeJobs(ports())).toEqual([job]);
  });

  test('is one, however often its client token is sent with the same wishes', async () => {
    const job = await submitted({ clientToken: 'a' });
    expect(await submitJob({ ...wanted, clientToken: 'a' }, ports())).toEqual({ job, isNew: false });
    expect(await submitJob({ ...wanted, clientToken: 'a', input: {} }, ports())).toMatchObject({ refused: 'token-reused' });
    expect(await submitJob({ ...wanted, clientToken: 'a', caller: 'another' }, ports())).toMatchObject({ isNew: true });
    const together = await Promise.all([1, 2, 3].map(() => submitJob({ ...wanted, clientToken: 'b' }, ports())));
    expect(new Set(together.map((one) => jobOf(one).id)).size).toBe(1);
  });

  test('is taken up by its client token where a crash left the token alone', async () => {
    const { id } = await submitted({ clientToken: 'a' });
    await jobs.delete({ pk: 'jobs#import', sk: id });
    expect(await submitJob({ ...wanted, clientToken: 'a' }, ports())).toMatchObject({ job: { id }, isNew: true });
  });

  test('is refused where as many as may be have not ended', async () => {
    const one = await submitted({ most: 2 });
    await submitted({ most: 2 });
    expect(await submitJob({ ...wanted, most: 2, clientToken: 'a' }, ports())).toEqual({ refused: 'too-many' });
    await changeJob(one, () => ({ status: 'COMPLETED' }), ports());
    expect(await submitJob({ ...wanted, most: 2, clientToken: 'a' }, ports())).toMatchObject({ isNew: true });
  });

  test('of a kind that there is one of at a time waits for nobody but that one, which is told', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => submitJob({ ...wanted, most: 1 }, ports())));
    expect([one, other].filter((each) => 'refused' in each!)).toHaveLength(1);
    const [running] = await activeJobs(ports());
    expect(await submitJob({ ...wanted, most: 1 }, ports())).toEqual({ refused: 'too-many', job: running });
    await changeJob(running!, () => ({ status: 'FAILED' }), ports());
    expect(await submitJob({ ...wanted, most: 1 }, ports())).toMatchObject({ isNew: true });
  });

  test('that died when it was submitted keeps its place for a while only', async () => {
    const { id } = await submitted({ most: 1 });
    await jobs.delete({ pk: 'jobs#import', sk: id });
    expect(await submitJob({ ...wanted, most: 1 }, ports())).toEqual({ refused: 'too-many' });
    expect(await activeJobs(ports())).toEqual([]);
    now += jobReservationMs + 1;
    expect(await submitJob({ ...wanted, most: 1 }, ports())).toMatchObject({ isNew: true });
    expect(await activeJobs(ports())).toHaveLength(1);
    expect(jobs.all().filter(({ pk }) => pk === 'jobs#active')).toHaveLength(1);
  });
});

describe('a change of a job', () => {
  test('is made on what is there, also when another was quicker', async () => {
    const job = await submitted();
    const count = (record: JobRecord) => ({ progress: { resources: Number(record.progress['resources'] ?? 0) + 1 } });
    await Promise.all(Array.from({ length: 5 }, () => changeJob(job, count, ports())));
    expect(await readJob('import', job.id, ports())).toMatchObject({ progress: { resources: 5 }, revision: 6 });
  });

  test('that ends it notes the moment, takes it from the active ones, and is the last', async () => {
    const job = await submitted();
    now += 5;
    const done = await changeJob(job, () => ({ status: 'COMPLETED', progress: { resources: 1 } }), ports());
    expect(done).toMatchObject({ status: 'COMPLETED', ended: now });
    expect(await activeJobs(ports())).toEqual([]);
    expect(await changeJob(job, () => ({ status: 'IN_PROGRESS' }), ports())).toEqual(done);
    expect(await cancelJob(job, ports())).toEqual(done);
  });

  test('asks its worker to cancel it', async () => {
    const job = await submitted();
    const asked = await cancelJob(job, ports());
    expect(asked).toMatchObject({ status: 'CANCEL_SUBMITTED' });
    expect(isBeingCancelled(asked!)).toBe(true);
    expect(await cancelJob(job, ports())).toEqual(asked);
    expect(await cancelJob({ kind: 'import', id: '0'.repeat(32) }, ports())).toBeUndefined();
  });
});

describe('the list of jobs', () => {
  test('has those of a kind, newest first, page by page', async () => {
    const made: string[] = [];
    for (let each = 0; each < 5; each += 1) {
      now += 1000;
      made.unshift((await submitted()).id);
    }
    await submitted({ kind: 'export' });
    const first = await listJobs({ kind: 'import', count: 2 }, ports());
    const second = await listJobs({ kind: 'import', count: 2, after: first.next! }, ports());
    const third = await listJobs({ kind: 'import', count: 2, after: second.next! }, ports());
    expect([first, second, third].map((page) => page.jobs.map(({ id }) => id))).toEqual([made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
    expect(third.next).toBeUndefined();
    await expect(listJobs({ kind: 'import', count: 2, after: 'x' }, ports())).rejects.toMatchObject({ status: 400 });
  });

  test('is narrowed by name, status and the time of submission', async () => {
    const one = await submitted({ name: 'a' });
    now += 1000;
    const other = await submitted({ name: 'b' });
    await changeJob(one, () => ({ status: 'FAILED', message: 'It failed.' }), ports());
    const listed = async (filter: object) => (await listJobs({ kind: 'import', count: 10, ...filter }, ports())).jobs.map(({ id }) => id);
    expect(await listed({ name: 'a' })).toEqual([one.id]);
    expect(await listed({ status: 'SUBMITTED' })).toEqual([other.id]);
    expect(await listed({ submittedBefore: now })).toEqual([one.id]);
    expect(await listed({ submittedAfter: now - 1000 })).toEqual([other.id]);
    expect(await listed({ submittedAfter: now - 1001, submittedBefore: now + 1 })).toEqual([other.id, one.id]);
  });

  test('ends a page that looks for something rare, and goes on behind', async () => {
    const { id } = await submitted({ name: 'rare' });
    for (let each = 0; each < maxExaminedJobs; each += 1) await jobs.put({ ...(await jobs.get({ pk: 'jobs#import', sk: id }, { strong: true }))!, sk: `1${String(each).padStart(31, '0')}`, body: new TextEncoder().encode('{}') });
    const page = await listJobs({ kind: 'import', count: 100, name: 'rare' }, ports());
    expect(page).toEqual({ jobs: [], next: expect.any(String) });
    expect((await listJobs({ kind: 'import', count: 100, name: 'rare', after: page.next! }, ports())).jobs).toHaveLength(1);
  });

  test('loses what ended and is kept no longer, its token too', async () => {
    const job = await submitted({ clientToken: 'a' });
    const active = await submitted();
    await changeJob(job, () => ({ status: 'COMPLETED' }), ports());
    expect(await sweepJobs('import', ports())).toBe(0);
    now += jobRetentionMs + 1;
    expect(await sweepJobs('import', ports())).toBe(1);
    expect((await listJobs({ kind: 'import', count: 10 }, ports())).jobs).toEqual([active]);
    expect(await submitJob({ ...wanted, clientToken: 'a' }, ports())).toMatchObject({ isNew: true });
  });
});
