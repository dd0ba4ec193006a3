/** A data store's key and objects over the wire: `CALDERA_S3_ENDPOINT` names an engine that speaks for KMS and tagging too. */
import { describe, expect, test } from '@jest/globals';
import { KMSClient } from '@aws-sdk/client-kms';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { kmsKeys } from '../../../src/aws/kms-keys.ts';
import { objectsPrefix } from '../../../src/aws/names.ts';
import { s3ObjectRemoval } from '../../../src/aws/s3-object-removal.ts';

const settings = { endpoint: process.env.CALDERA_S3_ENDPOINT, region: 'us-east-1', credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' } };
const newId = (): string => randomUUID().replaceAll('-', '');

describe('the key of a data store in KMS', () => {
  const keys = kmsKeys({ client: new KMSClient(settings), tagging: new ResourceGroupsTaggingAPIClient(settings), deployment: 'contract' });

  test('is found by its tags before it has an alias, and by either afterwards, once', async () => {
    const id = newId();
    expect(await keys.find(id)).toEqual([]);
    const arn = await keys.create(id);
    expect(await keys.find(id)).toEqual([arn]);
    for (let time = 0; time < 2; time += 1) {
      await keys.enableRotation(arn);
      await keys.assignAlias(id, arn);
      expect(await keys.find(id)).toEqual([arn]);
    }
    expect(await keys.find(newId())).toEqual([]);
  });

  test('loses its alias once and for all', async () => {
    const id = newId();
    await keys.assignAlias(id, await keys.create(id));
    await keys.removeAlias(id);
    await keys.removeAlias(id);
    expect(await keys.find(id)).toHaveLength(1);
  });
});

describe.each(['with', 'without'])('the objects of a data store in a bucket %s versions', (versions) => {
  test('are removed with all that they ever were, and those of others stay', async () => {
    const client = new S3Client({ ...settings, forcePathStyle: true });
    const [Bucket, id, other] = [`contract-${randomUUID()}`, newId(), newId()];
    await client.send(new CreateBucketCommand({ Bucket }));
    if (versions === 'with') await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const put = (owner: string, name: string) => client.send(new PutObjectCommand({ Bucket, Key: `${objectsPrefix(owner)}bodies/${name}`, Body: 'x' }));
    for (const name of ['a', 'b', 'a', 'c']) await put(id, name);
    await put(other, 'a');
    await client.send(new DeleteObjectCommand({ Bucket, Key: `${objectsPrefix(id)}bodies/b` }));
    const removal = s3ObjectRemoval({ client, bucket: Bucket });
    expect(await removal.removeSome(id)).toBe(versions === 'with' ? 5 : 2);
    expect(await removal.removeSome(id)).toBe(0);
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions?.map(({ Key }) => Key)).toEqual([`${objectsPrefix(other)}bodies/a`]);
    client.destroy();
  });
});
