/** What is asked of S3; the contract suite holds the port's promises over a wire engine. */
import { expect, test } from '@jest/globals';
import { s3Objects } from '../../src/aws/s3-objects.ts';
import { ObjectsUnavailable } from '../../src/ports/object-store.ts';

test('an object is put under the prefix of its data store, encrypted with that store\'s key', async () => {
  const sent: unknown[] = [];
  const client = { send: async ({ input }: { input: unknown }) => void sent.push(input) };
  const body = new Uint8Array(3);
  await s3Objects({ client: client as never, bucket: 'b', prefix: 'stores/1/', keyAlias: 'alias/caldera-1' }).put('bodies/x', body);
  await s3Objects({ client: client as never, bucket: 'b', prefix: '' }).put('bodies/x', body);
  expect(sent).toEqual([
    { Bucket: 'b', Key: 'stores/1/bodies/x', Body: body, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/caldera-1', BucketKeyEnabled: true },
    { Bucket: 'b', Key: 'bodies/x', Body: body },
  ]);
});

test('an object is created where there is none, and by one alone', async () => {
  const sent: unknown[] = [];
  const answering = (status?: number) => s3Objects({
    bucket: 'b', prefix: 'p/',
    client: {
      send: async ({ input }: { input: unknown }) => {
        sent.push(input);
        if (status !== undefined) throw Object.assign(new Error('refused'), { $metadata: { httpStatusCode: status } });
      },
    } as never,
  });
  const body = new Uint8Array(3);
  expect([await answering().create('x', body), await answering(412).create('x', body), await answering(409).create('x', body)]).toEqual([true, false, false]);
  expect(sent[0]).toEqual({ Bucket: 'b', Key: 'p/x', Body: body, IfNoneMatch: '*' });
  await expect(answering(503).create('x', body)).rejects.toThrow(ObjectsUnavailable);
  await expect(answering(403).create('x', body)).rejects.toThrow('refused');
});
