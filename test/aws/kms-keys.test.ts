/** Which keys of an account a data store may be under, as KMS tells of them. */
import { describe, expect, test } from '@jest/globals';
import { kmsKeys } from '../../src/aws/kms-keys.ts';

const arn = 'arn:aws:kms:eu-west-1:123456789012:key/1234';
const fitting = { Arn: arn, KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT', KeyManager: 'CUSTOMER' };

function keysOf(answer: () => unknown) {
  const client = { send: (async () => answer()) as never };
  return kmsKeys({ client, tagging: client, deployment: 'caldera' });
}

describe('a key that its owner offers', () => {
  test('is known by its ARN, whatever it was named by', async () => {
    expect(await keysOf(() => ({ KeyMetadata: fitting })).offered('alias/mine')).toBe(arn);
  });

  test.each([
    ['another use', { KeyUsage: 'SIGN_VERIFY' }, 'symmetric key'], ['another kind', { KeySpec: 'RSA_2048' }, 'symmetric key'],
    ["AWS's own", { KeyManager: 'AWS' }, 'a symmetric key of yours'], ['disabled', { KeyState: 'Disabled' }, 'is Disabled'],
    ['on its way out', { KeyState: 'PendingDeletion' }, 'is PendingDeletion'],
  ])('is refused when it is of, or is, %s', async (_what, change, words) => {
    await expect(keysOf(() => ({ KeyMetadata: { ...fitting, ...change } })).offered('alias/mine')).rejects.toMatchObject({ name: 'KeyUnusable', message: expect.stringContaining(words) });
  });

  test.each(['NotFoundException', 'AccessDeniedException'])('is told how to offer it on %s, and nothing of what was sent', async (name) => {
    const refused = keysOf(() => {
      throw Object.assign(new Error('alias/mine'), { name });
    }).offered('alias/mine');
    await expect(refused).rejects.toMatchObject({ name: 'KeyUnusable', message: expect.stringMatching(/^(?!.*mine).*caldera:deployment = caldera and caldera:datastore = customer-managed/) });
  });

  test('is asked for again when KMS fails', async () => {
    const throttled = Object.assign(new Error('Slow down.'), { name: 'ThrottlingException' });
    await expect(keysOf(() => Promise.reject(throttled)).offered('alias/mine')).rejects.toBe(throttled);
  });
});
