/** Buckets of bulk jobs over the wire: `CALDERA_S3_ENDPOINT` names the engine. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { s3Buckets } from '../../../src/aws/s3-buckets.ts';
import { bucketsContract } from '../buckets.contract.ts';

bucketsContract('S3', async () => {
  const client = new S3Client({
    endpoint: process.env.CALDERA_S3_ENDPOINT,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
  });
  const bucket = `contract-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { buckets: s3Buckets(client), bucket, missing: `contract-${randomUUID()}`, close: async () => client.destroy() };
});
