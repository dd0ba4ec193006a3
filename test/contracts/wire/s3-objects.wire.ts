/** The S3 adapter over the wire: `CALDERA_S3_ENDPOINT` names the engine. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { s3Objects } from '../../../src/aws/s3-objects.ts';
import { objectStoreContract } from '../object-store.contract.ts';

for (const prefix of ['', 'stores/one/']) {
  objectStoreContract(`the S3 bucket under '${prefix}'`, async () => {
    const client = new S3Client({
      endpoint: process.env.CALDERA_S3_ENDPOINT,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
    });
    const bucket = `contract-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return { objects: s3Objects({ client, bucket, prefix }), close: async () => client.destroy() };
  });
}
