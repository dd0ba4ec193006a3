/** What becomes of jobs is told at least once, whatever ends in between. */
import { beforeEach, expect, test } from '@jest/globals';
import { jobAnnouncing } from '../../../src/operations/events/job-announcing.ts';
import { announceJobs, untoldJobs, untoldReservationMs } from '../../../src/operations/jobs/announce-job.ts';
import type { JobAnnouncing } from '../../../src/operations/jobs/announce-job.ts';
import { cancelJob, changeJob } from '../../../src/operations/jobs/change-job.ts';
import { jobRunner } from '../../../src/operations/jobs/job-runner.ts';
import { activeJobs, readJob, submitJob } from '../../../src/operations/jobs/submit-job.ts';
import type { JobPorts } from '../../../src/operations/jobs/submit-job.ts';
import type { JobRecord } from '../../../src/operations/jobs/job-record.ts';
import type { PlatformEvent } from '../../../src/ports/event-bus.ts';
import { memoryTable } from '../../store/memory-table.ts';
import type { MemoryTable } from '../../store/memory-table.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
const place = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };

let jobs: MemoryTable;
let now: number;
let told: PlatformEvent[];
let publish: (event: PlatformEvent) => Promise<void>;
let reported: unknown[];
let announcing: JobAnnouncing;

const noted = async (event: PlatformEvent): Promise<void> => void told.push(event);
const refusing = async (): Promise<void> => {
  throw new Error('The bus is out of reach.');
};

beforeEach(() => {
  jobs = memoryTable();
  [now, told, publish, reported] = [Date.UTC(2026, 0, 1), [], noted, []];
  announcing = jobAnnouncing({ bus: { publish: (event) => publish(event) }, place, datastoreId, report: (error) => reported.push(error) });
});

const ports = (): JobPorts & { ids: { uuid: () => string } } => ({
  jobs, announcing, clock: { now: () => now }, ids: { uuid: () => '00000000-0000-4000-8000-000000000001' },
});

async function submitted(): Promise<JobRecord> {
  const submission = await submitJob({ kind: 'import', caller: 'someone', input: {} }, ports());
  if ('refused' in submission) throw new Error('refused');
  return submission.job;
}

const types = (): readonly string[] => told.map(({ detailType }) => detailType.replace('Import Job ', ''));
const untold = async (): Promise<readonly string[]> => (await untoldJobs(ports())).flatMap((job) => (job.untold ?? []).map(({ status }) => status));
const marks = () => jobs.all().filter(({ pk }) => pk === 'jobs#untold');

test('each status that a job comes to is told once, with its counts, and changes of progress are not', async () => {
  const job = await submitted();
  await changeJob(job, () => ({ status: 'IN_PROGRESS' }), ports());
  await changeJob(job, () => ({ status: 'IN_PROGRESS', progress: { TotalNumberOfScannedFiles: 3 } }), ports());
  const ended = await changeJob(job, () => ({ status: 'COMPLETED' }), ports());
  expect(types()).toEqual(['Submitted', 'In Progress', 'Completed']);
  expect(told[2]).toMatchObject({ detail: { jobId: job.id, datastoreId, jobProgressReport: { TotalNumberOfScannedFiles: 3 } }, time: now });
  expect(await readJob('import', job.id, ports())).toEqual(ended);
  expect([ended?.untold, marks(), await activeJobs(ports())]).toEqual([undefined, [], []]);
});

test('a job that was cancelled is told of when it has come to its end', async () => {
  const job = await submitted();
  await cancelJob(job, ports());
  await changeJob(job, () => ({ status: 'CANCEL_COMPLETED' }), ports());
  expect(types()).toEqual(['Submitted', 'Cancelled']);
});

test('nobody is told twice of what is being told, and what comes meanwhile is told behind it', async () => {
  const taken = Promise.withResolvers<void>();
  publish = async (event) => {
    await noted(event);
    await taken.promise;
  };
  const submitting = submitted();
  while (told.length === 0) await new Promise(setImmediate);
  const [{ id }] = await untoldJobs(ports()) as [JobRecord];
  await changeJob({ kind: 'import', id }, () => ({ status: 'IN_PROGRESS' }), ports());
  await announceJobs(ports());
  taken.resolve();
  await submitting;
  expect([types(), await untold(), marks()]).toEqual([['Submitted', 'In Progress'], [], []]);
});

test('a bus that is out of reach fails no job, and is told in order, with the times, by who comes by', async () => {
  publish = refusing;
  const job = await submitted();
  now += 1000;
  await changeJob(job, () => ({ status: 'FAILED', message: 'No such bucket.' }), ports());
  expect([types(), await untold(), reported.length]).toEqual([[], ['SUBMITTED', 'FAILED'], 2]);
  expect(await activeJobs(ports())).toEqual([]);
  publish = noted;
  await announceJobs(ports(), 2000);
  expect(types()).toEqual([]);
  now += 2000;
  await announceJobs(ports(), 2000);
  expect(told.map(({ detailType, time }) => [detailType, time])).toEqual([['Import Job Submitted', job.submitted], ['Import Job Failed', job.submitted + 1000]]);
  expect([await untold(), marks()]).toEqual([[], []]);
});

test('the end of a job is told by the loop, when the process ended between the record and the event', async () => {
  const job = await submitted();
  publish = () => new Promise(() => {});
  void changeJob(job, () => ({ status: 'COMPLETED' }), ports());
  while ((await untold()).length === 0) await new Promise(setImmediate);
  // Another process, of which the first one knows nothing.
  publish = noted;
  announcing = { ...announcing, underway: new Set() };
  const runner = jobRunner({}, ports());
  expect(await runner.pending()).toEqual([`import/${job.id}`]);
  expect(await runner.run(`import/${job.id}`)).toBeUndefined();
  expect([types(), await runner.pending()]).toEqual([['Submitted', 'Completed'], []]);
});

test('the loop comes back to a job that ended until the bus is there', async () => {
  const job = await submitted();
  publish = refusing;
  const runner = jobRunner({ import: async (id) => void await changeJob({ kind: 'import', id }, () => ({ status: 'COMPLETED' }), ports()) }, ports());
  expect(await runner.run(`import/${job.id}`)).toBeGreaterThan(0);
  expect(await runner.pending()).toEqual([`import/${job.id}`]);
  publish = noted;
  expect(await runner.run(`import/${job.id}`)).toBeUndefined();
  expect(types()).toEqual(['Submitted', 'Completed']);
});

test('what remains of a change that was never written goes after a while', async () => {
  const job = await submitted();
  await jobs.put({ pk: 'jobs#untold', sk: `import#${job.id}#FAILED`, attributes: { time: now } });
  expect([await untold(), marks().length]).toEqual([[], 1]);
  now += untoldReservationMs + 1;
  expect([await untold(), marks()]).toEqual([[], []]);
});
