/** Presigned uploads and downloads over the wire: `CALDERA_S3_ENDPOINT` names the engine. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { s3Contents, uploadLinkSeconds } from '../../../src/aws/s3-contents.ts';
import { s3Objects } from '../../../src/aws/s3-objects.ts';
import { contentsContract, digestOf } from '../contents.contract.ts';

const client = new S3Client({
  endpoint: process.env.CALDERA_S3_ENDPOINT,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
});
const place = (bucket: string) => ({ client, bucket, prefix: 'stores/1/', uploadsPrefix: 'uploads/1/', keyAlias: 'alias/caldera-1' });

contentsContract('S3', async () => {
  const bucket = `contract-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    contents: s3Contents(place(bucket)),
    objects: s3Objects(place(bucket)),
    async send({ url, headers }, body) {
      // S3 holds the bytes against their checksum; the engine believes what it is told.
      if (headers['x-amz-checksum-sha256'] !== digestOf(body).sha256) return false;
      return (await fetch(url, { method: 'PUT', headers: { ...headers }, body })).ok;
    },
    async fetched(offer, range) {
      if (!('url' in offer)) throw new Error('S3 hands contents out by links.');
      const response = await fetch(offer.url, { headers: range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` } });
      // The engine takes a missing object behind a link for a wrong signature.
      return response.status >= 400 ? undefined : Buffer.from(await response.arrayBuffer());
    },
    close: async () => client.destroy(),
  };
});

test('a link for an upload is good for these bytes, under the key of the data store, for a short time', async () => {
  const digest = { sizeBytes: 3, sha256: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' };
  const { url, headers } = await s3Contents(place('b')).invite({ upload: 'u', digest, ownUrl: '' });
  const { searchParams } = new URL(url);
  expect(searchParams.get('X-Amz-SignedHeaders')!.split(';')).toEqual(expect.arrayContaining(['content-length', 'host', ...Object.keys(headers)]));
  expect(searchParams.get('X-Amz-Expires')).toBe(String(uploadLinkSeconds));
  expect(headers['x-amz-checksum-sha256']).toBe(digest.sha256);
  expect(headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe('alias/caldera-1');
});
