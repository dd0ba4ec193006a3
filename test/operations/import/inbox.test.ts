/** What is decided about the files of an inbox. */
import { expect, test } from '@jest/globals';
import { dealtWithKey, inboxFile, inboxImport, inboxPrefix, inboxVerdict, isInboxJob } from '../../../src/operations/import/inbox.ts';
import { jobStatuses } from '../../../src/operations/jobs/job-record.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
const inbox = inboxPrefix(datastoreId);

test('what is dropped below a store\'s prefix is its, in folders too', () => {
  expect(inboxFile(`${inbox}a.ndjson`)).toEqual({ datastoreId, name: 'a.ndjson' });
  expect(inboxFile(`${inbox}2026/a b.json`)).toEqual({ datastoreId, name: '2026/a b.json' });
});

test.each([
  'a.ndjson', 'inbox/a.ndjson', `inbox/${datastoreId}`, inbox, `inbox/${datastoreId.slice(1)}/a.ndjson`, `x/${inbox}a.ndjson`,
  `${inbox}processed/a.ndjson`, `${inbox}failed/job/a.ndjson`, `${inbox}.a.ndjson`, `${inbox}.b/a.ndjson`, `${inbox}a.ndjson.part`, `${inbox}~a.ndjson`, `${inbox}folder/`,
  `${inbox}${datastoreId}-FHIR_IMPORT-${datastoreId}/SUCCESS/a.ndjson`,
])('%s is taken for no file of an inbox', (key) => {
  expect(inboxFile(key)).toBeUndefined();
});

test('a file is imported once, however often it is found, and again when it has changed', () => {
  const found = { bucket: 'lake', key: `${inbox}a.ndjson`, revision: '1' };
  const job = inboxImport(found, { level: 'strict' });
  expect(job.clientToken).toMatch(/^[a-zA-Z0-9-]{1,64}$/);
  expect(inboxImport(found, { level: 'strict' })).toEqual(job);
  expect(inboxImport({ ...found, revision: '2' }, { level: 'strict' }).clientToken).not.toBe(job.clientToken);
  expect(inboxImport({ ...found, bucket: 'other' }, { level: 'strict' }).clientToken).not.toBe(job.clientToken);
  expect(isInboxJob(job)).toBe(true);
  expect(isInboxJob({ ...job, caller: 'someone' })).toBe(false);
});

test('a file is processed when all of its lines are imported, failed when its job ends otherwise, and stays until then', () => {
  const verdicts = Object.fromEntries(jobStatuses.map((status) => [status, inboxVerdict(status)]));
  expect(verdicts).toMatchObject({ SUBMITTED: undefined, IN_PROGRESS: undefined, CANCEL_SUBMITTED: undefined, COMPLETED: 'processed', COMPLETED_WITH_ERRORS: 'failed', FAILED: 'failed', CANCEL_COMPLETED: 'failed' });
});

test('what is dealt with lies where it is taken for no file of an inbox', () => {
  const key = dealtWithKey({ datastoreId, name: '2026/a.ndjson' }, 'failed', 'job');
  expect(key).toBe(`${inbox}failed/job/2026/a.ndjson`);
  expect(inboxFile(key)).toBeUndefined();
});
