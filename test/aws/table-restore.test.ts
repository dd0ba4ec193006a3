/** How a data store's table and objects are restored on AWS: what is sent, and what comes back. */
import { describe, expect, test } from '@jest/globals';
import type { CopyObjectCommand } from '@aws-sdk/client-s3';
import { DescribeContinuousBackupsCommand, RestoreTableToPointInTimeCommand, TableAlreadyExistsException, TableInUseException } from '@aws-sdk/client-dynamodb';
import { dynamoTableAdministration, restoreTableParameters } from '../../src/aws/dynamo-table-administration.ts';
import { s3ObjectCopies } from '../../src/aws/s3-object-copies.ts';
import { tableBackups } from '../../src/aws/table-backups.ts';

const [from, to] = ['a'.repeat(32), 'b'.repeat(32)];
const address = { datastoreId: to, table: 'resources' } as const;

function administration(answer: (command: { readonly input: unknown }) => unknown) {
  const sent: { readonly input: unknown }[] = [];
  const send = async (command: { readonly input: unknown }) => {
    sent.push(command);
    return answer(command);
  };
  return { sent, tables: dynamoTableAdministration({ client: { send: send as never }, deployment: 'caldera' }) };
}

describe('the table of a restored store', () => {
  test('is the source’s at the second, on demand, under the store’s own key', () => {
    expect(restoreTableParameters('caldera', address, { sourceId: from, point: 1_700_000_000_999, keyArn: 'arn:key' })).toEqual({
      SourceTableName: `caldera-${from}-resources`,
      TargetTableName: `caldera-${to}-resources`,
      RestoreDateTime: new Date(1_700_000_000_000),
      BillingModeOverride: 'PAY_PER_REQUEST',
      SSESpecificationOverride: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'arn:key' },
    });
  });

  test.each([TableAlreadyExistsException, TableInUseException])('is begun once, however often it is asked for: %p', async (Told) => {
    const { sent, tables } = administration(() => {
      throw new Told({ message: 'There is one.', $metadata: {} });
    });
    await tables.restore(address, { sourceId: from, point: 1, keyArn: 'arn:key' });
    expect(sent[0]).toBeInstanceOf(RestoreTableToPointInTimeCommand);
  });

  test.each([
    [undefined, { PointInTimeRecoveryEnabled: true }],
    [3, { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 3 }],
    [0, { PointInTimeRecoveryEnabled: false }],
  ])('can be restored for so many days (%p)', async (days, PointInTimeRecoverySpecification) => {
    const { sent, tables } = administration(() => ({}));
    await tables.setRecovery(address, days);
    expect(sent.map(({ input }) => input)).toEqual([{ TableName: `caldera-${to}-resources`, PointInTimeRecoverySpecification }]);
  });
});

describe('the window of a backup', () => {
  test('is what DynamoDB says of the resources', async () => {
    const { sent, tables } = administration(() => ({
      ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { EarliestRestorableDateTime: new Date(5_000), LatestRestorableDateTime: new Date(9_000) } },
    }));
    expect(await tableBackups(tables).window(to)).toEqual({ enabled: 5_000, earliest: 5_000, latest: 9_000 });
    expect(sent[0]).toBeInstanceOf(DescribeContinuousBackupsCommand);
  });

  test('is none where recovery is off', async () => {
    const off = { ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } } };
    expect(await tableBackups(administration(() => off).tables).window(to)).toBeUndefined();
  });
});

describe('copies of objects', () => {
  const copies = (answer: () => unknown, sent: unknown[] = []) => s3ObjectCopies({
    client: {
      send: (async (command: CopyObjectCommand) => {
        sent.push(command.input);
        return answer();
      }) as never,
    },
    bucket: 'objects',
    deployment: 'caldera',
  });

  test('stay within the bucket, and lie under the key of the store that they are for', async () => {
    const sent: unknown[] = [];
    expect(await copies(() => ({}), sent).copy('bodies/Patient/x', { from, to })).toBe(true);
    expect(sent).toEqual([{
      Bucket: 'objects', Key: `stores/${to}/bodies/Patient/x`, CopySource: `objects/stores/${from}/bodies/Patient/x`,
      ServerSideEncryption: 'aws:kms', SSEKMSKeyId: `alias/caldera-${to}`, BucketKeyEnabled: true,
    }]);
  });

  test('are none of what is not there, and loud for all else', async () => {
    const failing = (name: string) => copies(() => {
      throw Object.assign(new Error('No.'), { name });
    });
    expect(await failing('NoSuchKey').copy('bodies/x', { from, to })).toBe(false);
    await expect(failing('SlowDown').copy('bodies/x', { from, to })).rejects.toThrow('No.');
  });
});
