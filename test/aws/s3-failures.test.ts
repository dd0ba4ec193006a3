/** What S3 cannot do at the moment is told from what it refuses. */
import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../src/aws/s3-failures.ts';
import { s3Objects } from '../../src/aws/s3-objects.ts';
import { isOfTheMoment } from '../../src/operations/enrichment/read-pending.ts';
import { ObjectsUnavailable } from '../../src/ports/object-store.ts';

const failure = (name: string, httpStatusCode?: number, more: object = {}) => Object.assign(new Error(`${name} of a key`), { name, ...more, $metadata: { httpStatusCode } });

describe('A failure of S3', () => {
  test.each([
    ['SlowDown', 503], ['InternalError', 500], ['RequestTimeout', 400], ['TooManyRequestsException', 429], ['TimeoutError', undefined], ['KMS.ThrottlingException', 400], ['ThrottlingException', 400],
  ])('that passes, as %s, is of the moment, and its words are not repeated', (name, status) => {
    const told = failureOf(failure(name, status));
    expect(told).toBeInstanceOf(ObjectsUnavailable);
    expect([isOfTheMoment(told), (told as ObjectsUnavailable).code, String(told).includes('key')]).toEqual([true, name, false]);
  });

  test('of a connection that is broken is of the moment', () => {
    expect(failureOf(failure('Error', undefined, { code: 'ECONNRESET' }))).toBeInstanceOf(ObjectsUnavailable);
  });

  test.each([['AccessDenied', 403], ['KMS.DisabledException', 400], ['EntityTooLarge', 400], ['NoSuchBucket', 404]])('that lasts, as %s, stays what it is', (name, status) => {
    const error = failure(name, status);
    expect([failureOf(error) === error, isOfTheMoment(error)]).toEqual([true, false]);
  });

  test('is told so by every operation of a store’s objects', async () => {
    const send = async () => { throw failure('SlowDown', 503); };
    const objects = s3Objects({ client: { send } as never, bucket: 'b', prefix: '' });
    for (const asked of [objects.get('k'), objects.put('k', new Uint8Array(1)), objects.delete('k'), objects.list({ prefix: '', limit: 1 })]) await expect(asked).rejects.toThrow(ObjectsUnavailable);
  });

  test('in the middle of an object’s bytes is told so', async () => {
    const Body = { transformToByteArray: async () => { throw failure('Error', undefined, { code: 'ECONNRESET' }); } };
    const objects = s3Objects({ client: { send: async () => ({ Body }) } as never, bucket: 'b', prefix: '' });
    await expect(objects.get('k')).rejects.toThrow(ObjectsUnavailable);
  });
});
