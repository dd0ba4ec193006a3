/**
 * Walks HealthLake's API with AWS's own client, waiters and paginators included: what a program sees that moves here by
 * changing its endpoint. Both runtimes are held to it.
 */
import { describe, expect, test } from '@jest/globals';
import {
  ConflictException, CreateFHIRDatastoreCommand, DeleteFHIRDatastoreCommand, DescribeFHIRDatastoreCommand, DescribeFHIRExportJobCommand,
  DescribeFHIRImportJobCommand, ListFHIRDatastoresCommand, ListFHIRExportJobsCommand, ListFHIRImportJobsCommand, ListTagsForResourceCommand,
  paginateListFHIRDatastores, paginateListFHIRExportJobs, paginateListFHIRImportJobs, ResourceNotFoundException, StartFHIRExportJobCommand,
  StartFHIRImportJobCommand, TagResourceCommand, UntagResourceCommand, ValidationException, waitUntilFHIRDatastoreActive, waitUntilFHIRDatastoreDeleted,
  waitUntilFHIRExportJobCompleted, waitUntilFHIRImportJobCompleted,
} from '@aws-sdk/client-healthlake';
import type { CreateFHIRDatastoreCommandInput, DatastoreProperties, HealthLakeClient } from '@aws-sdk/client-healthlake';

export interface Walked {
  readonly client: HealthLakeClient;
  /** A request to the FHIR interface of a data store. @returns status and body, where it is JSON */
  readonly fhir: (method: string, url: string, body?: object) => Promise<{ readonly status: number; readonly body: any }>; // eslint-disable-line typescript/no-explicit-any -- Bodies are looked at member by member.
  readonly arnPattern: RegExp;
  /** Where exports may write and imports read, as `s3://bucket/folder`. */
  readonly place: string;
}

/** Far more than the clocks of a deployment under test are ahead. */
const dayMs = 24 * 60 * 60 * 1000;
/** HealthLake's waiters look once a minute; here everything is quicker. */
const waiting = { maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 };

export function healthlakeClientWalk(walked: () => Walked): void {
  const send: HealthLakeClient['send'] = ((command: never) => walked().client.send(command)) as never;
  const made: string[] = [];
  const active = async (DatastoreId: string): Promise<DatastoreProperties> => {
    await waitUntilFHIRDatastoreActive({ client: walked().client, ...waiting }, { DatastoreId });
    return (await send(new DescribeFHIRDatastoreCommand({ DatastoreId }))).DatastoreProperties!;
  };
  const create = async (input: Partial<CreateFHIRDatastoreCommandInput> = {}): Promise<string> => {
    const { DatastoreId, DatastoreStatus } = await send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', ...input }));
    expect(DatastoreStatus).toBe('CREATING');
    made.push(DatastoreId!);
    return DatastoreId!;
  };

  describe('AWS\'s client for HealthLake', () => {
    test('makes a data store, waits until it is ACTIVE, uses it, deletes it, and waits until it is gone', async () => {
      const { client, fhir, arnPattern } = walked();
      const before = Date.now();
      const DatastoreId = await create({ DatastoreName: 'walked', Tags: [{ Key: 'team', Value: 'cardiology' }] });
      const properties = await active(DatastoreId);
      expect(properties).toMatchObject({ DatastoreId, DatastoreName: 'walked', DatastoreStatus: 'ACTIVE', DatastoreTypeVersion: 'R4' });
      expect(properties.DatastoreArn).toMatch(arnPattern);
      expect(Math.abs(properties.CreatedAt!.getTime() - before)).toBeLessThan(dayMs);
      expect(properties.DatastoreEndpoint).toMatch(new RegExp(`/datastore/${DatastoreId}/r4/$`));
      const patient = await fhir('POST', `${properties.DatastoreEndpoint}Patient`, { resourceType: 'Patient', name: [{ family: 'Rivera' }] });
      expect(patient.status).toBe(201);
      expect((await fhir('GET', `${properties.DatastoreEndpoint}Patient?name=rivera`)).body.entry).toHaveLength(1);
      const ResourceARN = properties.DatastoreArn!;
      await send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'caldera:protected', Value: 'true' }] }));
      expect((await send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: 'team', Value: 'cardiology' }, { Key: 'caldera:protected', Value: 'true' }]);
      await expect(send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).rejects.toBeInstanceOf(ConflictException);
      await send(new UntagResourceCommand({ ResourceARN, TagKeys: ['caldera:protected'] }));
      expect(await send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).toMatchObject({ DatastoreId, DatastoreStatus: 'DELETING' });
      await waitUntilFHIRDatastoreDeleted({ client, ...waiting }, { DatastoreId });
      expect((await send(new DescribeFHIRDatastoreCommand({ DatastoreId }))).DatastoreProperties).toMatchObject({ DatastoreStatus: 'DELETED' });
      await expect(send(new DeleteFHIRDatastoreCommand({ DatastoreId }))).rejects.toBeInstanceOf(ResourceNotFoundException);
    });

    test('lists data stores in pages, and by filters', async () => {
      const { client } = walked();
      const ids = [await create({ DatastoreName: 'page 1' }), await create({ DatastoreName: 'page 2' }), await create({ DatastoreName: 'page 3' })];
      for (const id of ids) await active(id);
      const found: string[] = [];
      let pages = 0;
      for await (const { DatastorePropertiesList } of paginateListFHIRDatastores({ client, pageSize: 2 }, { Filter: { DatastoreStatus: 'ACTIVE', CreatedAfter: new Date(0), CreatedBefore: new Date(Date.now() + dayMs) } })) {
        pages += 1;
        found.push(...DatastorePropertiesList!.map(({ DatastoreId }) => DatastoreId!));
      }
      expect(found.filter((id) => ids.includes(id))).toEqual(ids);
      expect(pages).toBe(Math.ceil(found.length / 2));
      const byName = await send(new ListFHIRDatastoresCommand({ Filter: { DatastoreName: 'page 2' } }));
      expect(byName.DatastorePropertiesList!.map(({ DatastoreId }) => DatastoreId)).toEqual([ids[1]]);
      await expect(send(new ListFHIRDatastoresCommand({ NextToken: 'none of ours' }))).rejects.toBeInstanceOf(ValidationException);
    });

    test('makes one data store for one client token', async () => {
      const input = { DatastoreTypeVersion: 'R4', DatastoreName: 'once', ClientToken: 'one-token' } as const;
      const DatastoreId = await create(input);
      expect(await send(new CreateFHIRDatastoreCommand(input))).toMatchObject({ DatastoreId });
      await expect(send(new CreateFHIRDatastoreCommand({ ...input, DatastoreName: 'twice' }))).rejects.toBeInstanceOf(ValidationException);
      await active(DatastoreId);
    });

    test('lists and describes import and export jobs, and begins them', async () => {
      const { client } = walked();
      const DatastoreId = await create({ DatastoreName: 'jobs' });
      await active(DatastoreId);
      const JobId = 'a'.repeat(32);
      expect((await send(new ListFHIRImportJobsCommand({ DatastoreId, JobStatus: 'COMPLETED', SubmittedBefore: new Date() }))).ImportJobPropertiesList).toEqual([]);
      expect((await send(new ListFHIRExportJobsCommand({ DatastoreId, JobName: 'nightly' }))).ExportJobPropertiesList).toEqual([]);
      for await (const page of paginateListFHIRImportJobs({ client, pageSize: 1 }, { DatastoreId })) expect(page.ImportJobPropertiesList).toEqual([]);
      for await (const page of paginateListFHIRExportJobs({ client, pageSize: 1 }, { DatastoreId })) expect(page.ExportJobPropertiesList).toEqual([]);
      await expect(send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }))).rejects.toBeInstanceOf(ResourceNotFoundException);
      await expect(send(new DescribeFHIRExportJobCommand({ DatastoreId, JobId }))).rejects.toBeInstanceOf(ResourceNotFoundException);
      const output = { S3Configuration: { S3Uri: 's3://bucket/out', KmsKeyId: 'alias/key' } };
      const starting = { DatastoreId, DataAccessRoleArn: 'arn:aws:iam::123456789012:role/x' };
      const importing = new StartFHIRImportJobCommand({ ...starting, InputDataConfig: { S3Uri: 's3://bucket/in' }, JobOutputDataConfig: output });
      expect(await send(importing)).toMatchObject({ DatastoreId, JobStatus: 'SUBMITTED' });
      expect(await send(new StartFHIRExportJobCommand({ ...starting, OutputDataConfig: output }))).toMatchObject({ DatastoreId, JobStatus: 'SUBMITTED' });
    });

    test('waits for an export to be completed, finds it in lists, imports it into another store, and waits for that', async () => {
      const { client, fhir, place } = walked();
      const [from, to] = [await create({ DatastoreName: 'exported' }), await create({ DatastoreName: 'imported' })];
      const [{ DatastoreEndpoint: source }, { DatastoreEndpoint: target }] = [await active(from), await active(to)];
      for (const family of ['Rivera', 'Okafor']) await fhir('POST', `${source}Patient`, { resourceType: 'Patient', name: [{ family }] });
      const output = (folder: string) => ({ S3Configuration: { S3Uri: `${place}/${folder}`, KmsKeyId: 'alias/key' } });
      const starting = { DataAccessRoleArn: 'arn:aws:iam::123456789012:role/x', JobName: 'nightly' };
      const exportIds: string[] = [];
      for (const ClientToken of ['one', 'one', 'two']) {
        const { JobId } = await send(new StartFHIRExportJobCommand({ ...starting, DatastoreId: from, OutputDataConfig: output('out'), ClientToken }));
        await waitUntilFHIRExportJobCompleted({ client, ...waiting }, { DatastoreId: from, JobId });
        exportIds.push(JobId!);
      }
      const [JobId, again, second] = exportIds as [string, string, string];
      expect(again).toBe(JobId);
      const { ExportJobProperties: job } = await send(new DescribeFHIRExportJobCommand({ DatastoreId: from, JobId }));
      expect(job).toMatchObject({ JobId, JobName: 'nightly', JobStatus: 'COMPLETED', DatastoreId: from, SubmitTime: expect.any(Date), EndTime: expect.any(Date), OutputDataConfig: output('out') });
      const listed: string[] = [];
      for await (const page of paginateListFHIRExportJobs({ client, pageSize: 1 }, { DatastoreId: from, JobStatus: 'COMPLETED', JobName: 'nightly' })) {
        listed.push(...page.ExportJobPropertiesList!.map((each) => each.JobId!));
      }
      expect(listed.toSorted()).toEqual([JobId, second].toSorted());
      const InputDataConfig = { S3Uri: `${place}/out/${from}-FHIR_EXPORT-${JobId}/` };
      const started = await send(new StartFHIRImportJobCommand({ ...starting, DatastoreId: to, InputDataConfig, JobOutputDataConfig: output('in') }));
      await waitUntilFHIRImportJobCompleted({ client, ...waiting }, { DatastoreId: to, JobId: started.JobId });
      const { ImportJobProperties: imported } = await send(new DescribeFHIRImportJobCommand({ DatastoreId: to, JobId: started.JobId }));
      expect(imported).toMatchObject({ JobStatus: 'COMPLETED', JobProgressReport: { TotalNumberOfResourcesImported: 2, TotalNumberOfResourcesWithCustomerError: 0 } });
      const imports: unknown[] = [];
      for await (const page of paginateListFHIRImportJobs({ client, pageSize: 1 }, { DatastoreId: to })) imports.push(...page.ImportJobPropertiesList!);
      expect(imports).toEqual([imported]);
      const found = async (base: string): Promise<unknown> => (await fhir('GET', `${base}Patient?_sort=family`)).body.entry.map(({ resource: { id, name } }: { resource: { id: string; name: unknown } }) => ({ id, name }));
      expect(await found(target!)).toEqual(await found(source!));
    });

    test('is told what does not fit, and that there is no such store', async () => {
      await expect(send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R5' as never }))).rejects.toMatchObject({
        name: 'ValidationException', message: expect.stringContaining("'datastoreTypeVersion' failed to satisfy constraint"),
      });
      await expect(send(new DescribeFHIRDatastoreCommand({ DatastoreId: '0'.repeat(32) }))).rejects.toBeInstanceOf(ResourceNotFoundException);
      await expect(send(new ListTagsForResourceCommand({ ResourceARN: `arn:aws:healthlake:us-east-1:111111111111:datastore/fhir/${'0'.repeat(32)}` }))).rejects.toBeInstanceOf(ResourceNotFoundException);
    });

    test('deletes what it has made', async () => {
      const { client } = walked();
      const left = (await send(new ListFHIRDatastoresCommand({ Filter: { DatastoreStatus: 'ACTIVE' } }))).DatastorePropertiesList!
        .map(({ DatastoreId }) => DatastoreId!).filter((id) => made.includes(id));
      for (const DatastoreId of left) {
        await send(new DeleteFHIRDatastoreCommand({ DatastoreId }));
        await waitUntilFHIRDatastoreDeleted({ client, ...waiting }, { DatastoreId });
      }
      expect(left.length).toBeGreaterThan(0);
    });
  });
}
