import { expect, test } from '@jest/globals';
import { jobEvent } from '../../../src/operations/events/job-event.ts';
import type { JobRecord } from '../../../src/operations/jobs/job-record.ts';
import { jobStatuses } from '../../../src/operations/jobs/job-record.ts';

const place = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };
const datastoreId = '0123456789abcdef0123456789abcdef';
const job: JobRecord = {
  id: 'fedcba9876543210fedcba9876543210', kind: 'import', status: 'SUBMITTED', submitted: Date.UTC(2026, 10, 22), caller: 'someone', progress: {}, revision: 1,
  input: { InputDataConfig: { S3Uri: 's3://bucket/input' }, DataAccessRoleArn: 'arn:aws:iam::123456789012:role/import' },
};

test('an import job is told of with HealthLake\'s fields', () => {
  expect(jobEvent({ job, datastoreId, time: 5 }, place)).toEqual({
    source: 'caldera.healthlake',
    detailType: 'Import Job Submitted',
    detail: { jobId: job.id, submitTime: '2026-11-22T00:00:00.000Z', datastoreId, inputDataConfig: { s3Uri: 's3://bucket/input' } },
    time: 5,
    resources: [`arn:aws:healthlake:eu-central-1:123456789012:datastore/fhir/${datastoreId}`],
  });
});

test('an export job is told of with its output and its counts', () => {
  const exported: JobRecord = {
    ...job, kind: 'export', status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfResourcesExported: 12 },
    input: { OutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/output', KmsKeyId: 'key' } } },
  };
  expect(jobEvent({ job: exported, datastoreId, time: 5 }, place)).toMatchObject({
    detailType: 'Export Job Completed With Errors',
    detail: { outputDataConfig: { s3Uri: 's3://bucket/output' }, jobProgressReport: { TotalNumberOfResourcesExported: 12 } },
  });
});

test('statuses on the way to being cancelled are not told of, and that a job was cancelled and reindexed is, with counts alone', () => {
  const detailTypes = jobStatuses.map((status) => jobEvent({ job: { ...job, status }, datastoreId, time: 5 }, place)?.detailType);
  expect(detailTypes.filter((detailType) => detailType !== undefined)).toEqual(
    ['Submitted', 'In Progress', 'Completed With Errors', 'Completed', 'Failed', 'Cancelled'].map((word) => `Import Job ${word}`));
  const reindexing: JobRecord = { ...job, kind: 'reindex', input: {}, progress: { examined: 3, searchable: [{ url: 'http://a' }] } };
  expect(jobEvent({ job: reindexing, datastoreId, time: 5 }, place)).toMatchObject({
    detailType: 'Reindex Job Submitted',
    detail: { jobId: job.id, submitTime: '2026-11-22T00:00:00.000Z', datastoreId, jobProgressReport: { examined: 3 } },
  });
});
