/** What S3 tells those who may read an object, but not list the bucket. */
import { expect, test } from '@jest/globals';
import { s3Objects } from '../../src/aws/s3-objects.ts';
import { ObjectsUnavailable } from '../../src/ports/object-store.ts';

const failed = (status: number): Error => Object.assign(new Error('refused'), { $metadata: { httpStatusCode: status } });

function objects(status: number, listed: readonly string[]) {
  const asked: unknown[] = [];
  const client = {
    async send({ input, constructor }: { input: { Prefix?: string }; constructor: { name: string } }) {
      asked.push(constructor.name);
      if (input.Prefix === undefined) throw failed(status);
      return { Contents: listed.filter((key) => key.startsWith(input.Prefix!)).map((Key) => ({ Key })) };
    },
  };
  return { objects: s3Objects({ client: client as never, bucket: 'b', prefix: 'stores/1/' }), asked };
}

test('404 is an object that is not there', async () => {
  const { objects: store, asked } = objects(404, []);
  expect(await store.get('a')).toBeUndefined();
  expect(asked).toEqual(['GetObjectCommand']);
});

test('403 for what a listing of the key does not show is an object that is not there', async () => {
  expect(await objects(403, []).objects.get('a')).toBeUndefined();
  expect(await objects(403, ['stores/1/ab']).objects.get('a')).toBeUndefined();
});

test('403 for what is there is a refusal, and so is any other status', async () => {
  await expect(objects(403, ['stores/1/a', 'stores/1/ab']).objects.get('a')).rejects.toThrow('refused');
  await expect(objects(400, []).objects.get('a')).rejects.toThrow('refused');
});

test('a fault of S3 is neither', async () => {
  const { objects: store, asked } = objects(500, []);
  await expect(store.get('a')).rejects.toThrow(ObjectsUnavailable);
  expect(asked).toEqual(['GetObjectCommand']);
});
