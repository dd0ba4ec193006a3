/** What S3 refuses, as a job is told of it; what it does is held to the contract over the wire (test/contracts/wire). */
import { expect, test } from '@jest/globals';
import { s3Buckets } from '../../src/aws/s3-buckets.ts';
import { refusal } from '../contracts/buckets.contract.ts';

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

function scripted(answer: (command: Sent) => unknown) {
  const sent: Sent[] = [];
  const send = async (command: Sent): Promise<unknown> => {
    sent.push(command);
    return answer(command);
  };
  return { buckets: s3Buckets({ send } as never), sent };
}

const failure = (name: string, httpStatusCode: number) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const failing = (name: string, status: number) => scripted(() => { throw failure(name, status); }).buckets;

test.each([
  ['NoSuchBucket', 404, 'missing-bucket'],
  ['PermanentRedirect', 301, 'missing-bucket'],
  ['AccessDenied', 403, 'no-permission'],
  ['KMS.NotFoundException', 400, 'no-permission'],
  ['KeyTooLongError', 400, 'bad-key'],
] as const)('%s is told as %s %s', async (name, status, reason) => {
  expect(await refusal(failing(name, status).put({ bucket: 'b', key: 'k' }, Buffer.from('x')))).toBe(reason);
});

test('what the job cannot change stays the fault that it is', async () => {
  await expect(failing('SlowDown', 503).list({ bucket: 'b', prefix: '', limit: 1 })).rejects.toThrow('SlowDown');
});

test('a key that is throttled is not told as one that may not be used', async () => {
  await expect(failing('KMS.ThrottlingException', 400).put({ bucket: 'b', key: 'k' }, Buffer.from('x'))).rejects.toThrow('KMS.ThrottlingException');
});

test('outputs are encrypted under the key that the job names', async () => {
  const { buckets, sent } = scripted(() => ({}));
  await buckets.put({ bucket: 'b', key: 'k' }, Buffer.from('x'), { kmsKeyId: 'alias/theirs' });
  expect(sent[0]!.input).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/theirs', BucketKeyEnabled: true });
});

test('a large range is asked for in windows, each on condition that the object is as it was listed', async () => {
  const { buckets, sent } = scripted(() => ({ Body: [] }));
  for await (const _piece of buckets.read({ bucket: 'b', key: 'k', revision: '"e"' }, { first: 10, last: 100 * 1024 * 1024 })) throw new Error('There is nothing.');
  const windows = sent.map(({ input }) => [input['Range'], input['IfMatch']]);
  expect(windows).toEqual([[`bytes=10-${10 + 64 * 1024 * 1024 - 1}`, '"e"'], [`bytes=${10 + 64 * 1024 * 1024}-${100 * 1024 * 1024}`, '"e"']]);
});

test('an upload in parts that fails is given up, so that nobody pays for its parts', async () => {
  const { buckets, sent } = scripted(({ constructor: { name } }) => {
    if (name === 'UploadPartCommand') throw failure('SlowDown', 503);
    return { UploadId: 'u' };
  });
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(20 * 1024 * 1024);
  }
  await expect(buckets.put({ bucket: 'b', key: 'k' }, source())).rejects.toThrow('SlowDown');
  expect(sent.map(({ constructor: { name } }) => name)).toEqual(['CreateMultipartUploadCommand', 'UploadPartCommand', 'AbortMultipartUploadCommand']);
});
