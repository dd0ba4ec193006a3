/**
 * What the steps of data stores ask of AWS, held against AWS's own models as botocore has them: the engines here know no
 * recovery to a point in time, and take members that AWS does not have.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { dynamoTableAdministration } from '../../../src/aws/dynamo-table-administration.ts';
import { kmsKeys } from '../../../src/aws/kms-keys.ts';

interface Command {
  readonly input: unknown;
}

interface Call {
  readonly service: string;
  readonly operation: string;
  readonly parameters: unknown;
}

const datastoreId = 'b'.repeat(32);
const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const address = { datastoreId, table: 'resources' } as const;
const calls: Call[] = [];

/** Keeps what it is sent, and answers as little as callers need. */
function recording(service: string) {
  return {
    send: (async (command: Command) => {
      calls.push({ service, operation: command.constructor.name.replace(/Command$/, ''), parameters: command.input });
      return { Table: { TableArn: `arn:aws:dynamodb:eu-west-1:123456789012:table/caldera-${datastoreId}-resources` }, KeyMetadata: { Arn: keyArn } };
    }) as never,
  };
}

function disagreements(sent: readonly Call[]): string {
  const python = process.env['CALDERA_PYTHON'];
  if (python === undefined) throw new Error('CALDERA_PYTHON names no Python with botocore: npm run test:wire sets it.');
  const script = join(import.meta.dirname, '../../control/check_parameters.py');
  return execFileSync(python, [script], { input: JSON.stringify(sent), encoding: 'utf8' });
}

test('tables are made, changed, restored and deleted in the words of DynamoDB, and keys in those of KMS', async () => {
  const tables = dynamoTableAdministration({ client: recording('dynamodb'), deployment: 'caldera' });
  await tables.describe(address);
  await tables.create(address, { keyArn, stream: true, warmth: { readUnits: 13_000, writeUnits: 5_000 }, limit: { readUnits: 1_000 } });
  await tables.enableStream(address);
  await tables.limit(address, {});
  await tables.warm(address, { readUnits: 13_000, writeUnits: 5_000 });
  await tables.setDeletionProtection(address, false);
  for (const days of [undefined, 0, 1, 30]) await tables.setRecovery(address, days);
  await tables.recovery(address);
  await tables.restore(address, { sourceId: 'a'.repeat(32), point: 1_800_000_000_999, keyArn });
  await tables.tag(address);
  await tables.delete(address);
  const keys = kmsKeys({ client: recording('kms'), tagging: recording('resourcegroupstaggingapi'), deployment: 'caldera' });
  await keys.find(datastoreId);
  await keys.create(datastoreId);
  await keys.enableRotation(keyArn);
  await keys.assignAlias(datastoreId, keyArn);
  await keys.scheduleDeletion(keyArn);
  await keys.removeAlias(datastoreId);
  expect(new Set(calls.map(({ operation }) => operation)).size).toBeGreaterThan(12);
  expect(disagreements(calls)).toBe('');
});

test('a call in other words is told of', () => {
  const parameters = { TargetTableName: 't', RestoreDateTime: new Date(0).toISOString(), BillingMode: 'PAY_PER_REQUEST' };
  expect(disagreements([{ service: 'dynamodb', operation: 'RestoreTableToPointInTime', parameters }])).toMatch(/Unknown parameter.*BillingMode/);
});
