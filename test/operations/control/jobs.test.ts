import { beforeEach, describe, expect, test } from '@jest/globals';
import type { WantedJob } from '../../../src/operations/jobs/submit-job.ts';
import { submitJob } from '../../../src/operations/jobs/submit-job.ts';
import type { JobKind } from '../../../src/operations/jobs/job-record.ts';
import { changeJob } from '../../../src/operations/jobs/change-job.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { ControlPlatform, startInstant } from './control-platform.ts';

const jobs = memoryTable();
let platform: ControlPlatform;
let made = 0;
let id: string;
const ports = () => ({ jobs, clock: { now: () => platform.now }, ids: { uuid: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}` } });
const starter = (kind: JobKind) => async (_store: unknown, wanted: Omit<WantedJob, 'kind'>) => submitJob({ ...wanted, kind, most: 2 }, ports());

beforeEach(async () => {
  for (const item of (await jobs.scan({ segment: 0, segments: 1, limit: 1000 })).items) await jobs.delete(item);
  platform = new ControlPlatform({ jobsOf: () => jobs, startImport: starter('import'), startExport: starter('export') });
  id = await platform.made();
});

const role = 'arn:aws:iam::123456789012:role/x';
const importing = (more: object = {}) => ({
  DatastoreId: id, InputDataConfig: { S3Uri: 's3://bucket/in' }, JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://bucket/out', KmsKeyId: 'alias/key' } },
  DataAccessRoleArn: role, ...more,
});

describe('import and export jobs', () => {
  test('are started, described, and listed newest first', async () => {
    const { JobId, ...rest } = await platform.call('StartFHIRImportJob', importing({ JobName: 'first', ValidationLevel: 'minimal', ClientToken: 'one' }));
    expect(rest).toEqual({ JobStatus: 'SUBMITTED', DatastoreId: id });
    expect((await platform.call('StartFHIRImportJob', importing({ JobName: 'first', ValidationLevel: 'minimal', ClientToken: 'one' }))).JobId).toBe(JobId);
    await expect(platform.call('StartFHIRImportJob', importing({ ClientToken: 'one' }))).rejects.toMatchObject({ name: 'ValidationException' });
    const { ImportJobProperties } = await platform.call('DescribeFHIRImportJob', { DatastoreId: id, JobId });
    expect(ImportJobProperties).toEqual({
      JobId, JobName: 'first', JobStatus: 'SUBMITTED', SubmitTime: startInstant / 1000, DatastoreId: id, ValidationLevel: 'minimal', DataAccessRoleArn: role,
      InputDataConfig: importing().InputDataConfig, JobOutputDataConfig: importing().JobOutputDataConfig,
    });
    await changeJob({ kind: 'import', id: JobId }, () => ({ status: 'COMPLETED_WITH_ERRORS', progress: { TotalNumberOfScannedFiles: 3 }, message: 'One file could not be read.' }), ports());
    platform.now += 1000;
    await platform.call('StartFHIRImportJob', importing({ JobName: 'second' }));
    const listed = await platform.call('ListFHIRImportJobs', { DatastoreId: id });
    expect(listed.ImportJobPropertiesList).toMatchObject([
      { JobName: 'second' },
      { JobName: 'first', JobStatus: 'COMPLETED_WITH_ERRORS', EndTime: startInstant / 1000, Message: 'One file could not be read.', JobProgressReport: { TotalNumberOfScannedFiles: 3 } },
    ]);
    expect(await platform.call('ListFHIRExportJobs', { DatastoreId: id })).toEqual({ ExportJobPropertiesList: [] });
    await expect(platform.call('DescribeFHIRExportJob', { DatastoreId: id, JobId })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('exports have their output and no progress', async () => {
    const OutputDataConfig = importing().JobOutputDataConfig;
    const { JobId } = await platform.call('StartFHIRExportJob', { DatastoreId: id, OutputDataConfig, DataAccessRoleArn: role });
    expect((await platform.call('DescribeFHIRExportJob', { DatastoreId: id, JobId })).ExportJobProperties).toEqual({
      JobId, JobStatus: 'SUBMITTED', SubmitTime: startInstant / 1000, DatastoreId: id, OutputDataConfig, DataAccessRoleArn: role,
    });
  });

  test('come in pages, filtered by name, status and submission', async () => {
    platform = new ControlPlatform({ jobsOf: () => jobs, startImport: async (_store, wanted) => submitJob({ ...wanted, kind: 'import' }, ports()) });
    id = await platform.made();
    for (const JobName of ['a', 'b', 'a', 'a']) {
      platform.now += 1000;
      await platform.call('StartFHIRImportJob', importing({ JobName }));
    }
    const listed = (more: object) => platform.call('ListFHIRImportJobs', { DatastoreId: id, ...more });
    const first = await listed({ JobName: 'a', MaxResults: 2 });
    const second = await listed({ JobName: 'a', MaxResults: 2, NextToken: first.NextToken });
    expect([first.ImportJobPropertiesList.length, second.ImportJobPropertiesList.length, second.NextToken]).toEqual([2, 1, undefined]);
    await expect(listed({ NextToken: first.NextToken })).rejects.toMatchObject({ name: 'ValidationException' });
    const seconds = startInstant / 1000;
    expect((await listed({ SubmittedAfter: seconds + 1, SubmittedBefore: seconds + 3 })).ImportJobPropertiesList).toHaveLength(1);
    expect((await listed({ JobStatus: 'FAILED' })).ImportJobPropertiesList).toEqual([]);
  });

  test('are refused when as many as may be have not ended', async () => {
    await platform.call('StartFHIRImportJob', importing());
    await platform.call('StartFHIRImportJob', importing());
    await expect(platform.call('StartFHIRImportJob', importing())).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
  });

  test('of a store that is not ACTIVE are refused, none are listed, and none found', async () => {
    const { DatastoreId } = await platform.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4' });
    await expect(platform.call('StartFHIRImportJob', importing({ DatastoreId }))).rejects.toMatchObject({ name: 'ConflictException' });
    expect(await platform.call('ListFHIRImportJobs', { DatastoreId })).toEqual({ ImportJobPropertiesList: [] });
    await expect(platform.call('ListFHIRImportJobs', { DatastoreId: 'b'.repeat(32) })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(platform.call('DescribeFHIRImportJob', { DatastoreId: id, JobId: 'x' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('are not offered where nothing runs them', async () => {
    platform = new ControlPlatform();
    id = await platform.made();
    await expect(platform.call('StartFHIRImportJob', importing())).rejects.toMatchObject({ name: 'UnknownOperationException', message: expect.stringContaining('not offered') });
  });
});

describe('RestoreFHIRDatastore', () => {
  const point = startInstant / 1000;
  const restoring = (RestorePointTime = point) => ({ SourceDatastoreId: id, RestoreConfiguration: { ContinuousBackupRestoreConfiguration: { RestorePointTime } }, ClientToken: 'restore' });

  test('makes a new store of the source at the moment, once per client token', async () => {
    platform = new ControlPlatform({ backups: { window: async () => ({ enabled: startInstant - 2000, earliest: startInstant - 1000, latest: startInstant }) } });
    id = await platform.made({ DatastoreName: 'source' });
    const answer = await platform.call('RestoreFHIRDatastore', { ...restoring(), Tags: [{ Key: 'a', Value: 'b' }] });
    expect(answer).toMatchObject({ DatastoreStatus: 'CREATING' });
    expect(platform.started.at(-1)).toMatchObject({ verb: 'restore', datastoreId: answer.DatastoreId });
    expect(await platform.call('RestoreFHIRDatastore', { ...restoring(), Tags: [{ Key: 'a', Value: 'b' }] })).toEqual(answer);
    await platform.settle();
    const { DatastoreProperties } = await platform.call('DescribeFHIRDatastore', { DatastoreId: answer.DatastoreId });
    expect(DatastoreProperties).toMatchObject({
      DatastoreName: 'source', DatastoreStatus: 'ACTIVE',
      BackupStatusInfo: { BackupEnabledAt: point - 2, EarliestRestorePoint: point - 1, LatestRestorePoint: point },
    });
    await expect(platform.call('RestoreFHIRDatastore', { ...restoring(point + 1), ClientToken: 'other' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test("gives the new store the backup that is asked for, and otherwise its source's", async () => {
    platform = new ControlPlatform({ backups: { window: async () => ({ enabled: startInstant - 2000, earliest: startInstant - 1000, latest: startInstant }) } });
    id = await platform.made({ BackupConfiguration: { Status: 'ENABLED', RetentionPeriodInDays: 3 } });
    const backupOf = async (ClientToken: string, asked: object): Promise<unknown> => {
      const { DatastoreId } = await platform.call('RestoreFHIRDatastore', { ...restoring(), ...asked, ClientToken });
      return (await platform.records.read(DatastoreId))?.backup;
    };
    expect(await backupOf('a', {})).toEqual({ status: 'ENABLED', retentionDays: 3 });
    expect(await backupOf('b', { BackupConfiguration: { RetentionPeriodInDays: 9 } })).toEqual({ status: 'ENABLED', retentionDays: 9 });
    expect(await backupOf('c', { BackupConfiguration: { Status: 'DISABLED' } })).toEqual({ status: 'DISABLED', retentionDays: 3 });
    await expect(backupOf('d', { BackupConfiguration: { RetentionPeriodInDays: 31 } })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('is not offered where there are no backups', async () => {
    await expect(platform.call('RestoreFHIRDatastore', restoring())).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});
