/** Every enum and constraint of HealthLake's model: what it accepts, what it refuses and under which member's name. */
import { describe, expect, test } from '@jest/globals';
import { checkedInput } from '../../../src/operations/control/checked-input.ts';
import type { ControlError } from '../../../src/operations/control/control-error.ts';
import { requestShapes } from '../../../src/operations/control/request-shapes.ts';
import type { ControlOperationName } from '../../../src/operations/control/request-shapes.ts';
import type { StructureShape } from '../../../src/operations/control/shape.ts';

const id = 'a'.repeat(32);
const role = 'arn:aws:iam::123456789012:role/x';
const arn = `arn:aws:healthlake:eu-central-1:123456789012:datastore/fhir/${id}`;
const output = { S3Configuration: { S3Uri: 's3://bucket/out', KmsKeyId: 'alias/key' } };

/** An input that is accepted; cases change one member of it. */
const bases: Readonly<Record<ControlOperationName, object>> = {
  CreateFHIRDatastore: { DatastoreTypeVersion: 'R4' },
  DescribeFHIRDatastore: { DatastoreId: id },
  ListFHIRDatastores: {},
  UpdateFHIRDatastore: { DatastoreId: id },
  DeleteFHIRDatastore: { DatastoreId: id },
  RestoreFHIRDatastore: { SourceDatastoreId: id, RestoreConfiguration: { ContinuousBackupRestoreConfiguration: { RestorePointTime: 1.5 } } },
  StartFHIRImportJob: { InputDataConfig: { S3Uri: 's3://bucket/in' }, JobOutputDataConfig: output, DatastoreId: id, DataAccessRoleArn: role },
  DescribeFHIRImportJob: { DatastoreId: id, JobId: id },
  ListFHIRImportJobs: { DatastoreId: id },
  StartFHIRExportJob: { OutputDataConfig: output, DatastoreId: id, DataAccessRoleArn: role },
  DescribeFHIRExportJob: { DatastoreId: id, JobId: id },
  ListFHIRExportJobs: { DatastoreId: id },
  TagResource: { ResourceARN: arn, Tags: [] },
  UntagResource: { ResourceARN: arn, TagKeys: [] },
  ListTagsForResource: { ResourceARN: arn },
};

interface Case {
  readonly operations: readonly ControlOperationName[];
  /** `Filter.DatastoreName`, `Tags.0.Key`. */
  readonly member: string;
  readonly accepted: readonly unknown[];
  /** The value, and what the message says. */
  readonly refused: readonly (readonly [unknown, string])[];
}

const enumeration = (...values: readonly string[]): Pick<Case, 'accepted' | 'refused'> => ({
  accepted: values,
  refused: [[values[0]!.toLowerCase() === values[0] ? values[0].toUpperCase() : values[0]!.toLowerCase(), 'Member must satisfy enum value set'], ['', `[${values.join(', ')}]`]],
});
const shorter = (min: number) => `Member must have length greater than or equal to ${min}`;
const longer = (max: number) => `Member must have length less than or equal to ${max}`;
const pattern = 'Member must satisfy regular expression pattern';
const long = (length: number, begin = '') => begin + 'x'.repeat(length - begin.length);
const named = (max: number): Pick<Case, 'accepted' | 'refused'> => ({
  accepted: ['x', long(max), 'Ärzte 1_.:/=+-%@', '\u{1D53D}'.repeat(max)], refused: [['', shorter(1)], [long(max + 1), longer(max)], ['a*b', pattern], ['a\nb', pattern]],
});
const jobStatuses = [
  'SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED', 'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'CANCEL_COMPLETED', 'CANCEL_FAILED',
];
const starts = ['StartFHIRImportJob', 'StartFHIRExportJob'] as const;
const jobLists = ['ListFHIRImportJobs', 'ListFHIRExportJobs'] as const;
const describing = ['DescribeFHIRImportJob', 'DescribeFHIRExportJob'] as const;
const making = ['CreateFHIRDatastore', 'RestoreFHIRDatastore'] as const;
const configuring = [...making, 'UpdateFHIRDatastore'] as const;
const uri: Pick<Case, 'accepted' | 'refused'> = {
  accepted: ['s3://abc', 's3://my.bucket-1/a/b c', long(1024, 's3://bucket/')],
  refused: [['s3://ab', pattern], ['https://bucket/x', pattern], ['s3://Bucket/x', pattern], ['', pattern], [long(1025, 's3://bucket/'), longer(1024)]],
};
const key: Pick<Case, 'accepted' | 'refused'> = {
  accepted: [
    '1234abcd-12ab-34cd-56ef-1234567890ab', 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab', 'alias/key', 'arn:aws:kms:us-east-1:123456789012:alias/key', long(400),
  ],
  refused: [['', shorter(1)], ['a key', pattern], [long(401), longer(400)]],
};
const tagKey: Pick<Case, 'accepted' | 'refused'> = { accepted: ['x', long(128)], refused: [['', shorter(1)], [long(129), longer(128)], ['100%', pattern]] };

const cases: readonly Case[] = [
  { operations: ['DescribeFHIRDatastore', 'UpdateFHIRDatastore', 'DeleteFHIRDatastore', ...starts, ...jobLists, ...describing], member: 'DatastoreId', ...named(32) },
  { operations: ['RestoreFHIRDatastore'], member: 'SourceDatastoreId', ...named(32) },
  { operations: describing, member: 'JobId', ...named(32) },
  { operations: configuring, member: 'DatastoreName', ...named(256) },
  { operations: ['ListFHIRDatastores'], member: 'Filter.DatastoreName', ...named(256) },
  { operations: [...starts, ...jobLists], member: 'JobName', ...named(64) },
  { operations: [...making, ...starts], member: 'ClientToken', accepted: ['a-1', long(64)], refused: [['', shorter(1)], [long(65), longer(64)], ['a_b', pattern]] },
  {
    operations: ['ListFHIRDatastores', ...jobLists], member: 'MaxResults', accepted: [1, 500],
    refused: [[0, 'value greater than or equal to 1'], [501, 'value less than or equal to 500']],
  },
  { operations: ['ListFHIRDatastores', ...jobLists], member: 'NextToken', accepted: ['', long(8192)], refused: [[long(8193), longer(8192)], ['é', pattern]] },
  { operations: ['StartFHIRImportJob'], member: 'InputDataConfig.S3Uri', ...uri },
  { operations: ['StartFHIRImportJob'], member: 'JobOutputDataConfig.S3Configuration.S3Uri', ...uri },
  { operations: ['StartFHIRExportJob'], member: 'OutputDataConfig.S3Configuration.S3Uri', ...uri },
  { operations: ['StartFHIRImportJob'], member: 'JobOutputDataConfig.S3Configuration.KmsKeyId', ...key },
  { operations: ['StartFHIRExportJob'], member: 'OutputDataConfig.S3Configuration.KmsKeyId', ...key },
  {
    operations: starts, member: 'DataAccessRoleArn', accepted: [role, 'arn:aws-us-gov:iam::123456789012:role/a/b', long(2048, role)],
    refused: [['arn:aws:iam::1:role/x', pattern], ['x', shorter(20)], [long(2049, role), longer(2048)], ['arn:aws:iam::123456789012:user/x', pattern]],
  },
  {
    operations: configuring, member: 'IdentityProviderConfiguration.IdpLambdaArn',
    accepted: ['arn:aws:lambda:eu-west-1:123456789012:function:f', 'arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST', 'arn:aws:lambda:eu-west-1:123456789012:function:f:live'].map((each) => each.padEnd(49, 'f')),
    refused: [['arn:aws:lambda:eu-west-1:1:function:f', shorter(49)], [long(257, 'arn:aws:lambda:eu-west-1:123456789012:function:'), longer(256)], [long(60, 'arn:aws:lambda:somewhere:123456789012:function:'), pattern]],
  },
  { operations: configuring, member: 'IdentityProviderConfiguration.Metadata', accepted: ['', '{}'], refused: [[long(16_385), longer(16_384)]] },
  { operations: configuring, member: 'IdentityProviderConfiguration.AuthorizationStrategy', ...enumeration('SMART_ON_FHIR_V1', 'SMART_ON_FHIR', 'AWS_AUTH') },
  { operations: configuring, member: 'AnalyticsConfiguration.Status', ...enumeration('ENABLED', 'ENABLING', 'DISABLED', 'DISABLING', 'PAUSING', 'PAUSED') },
  { operations: configuring, member: 'NlpConfiguration.Status', ...enumeration('ENABLED', 'ENABLING', 'DISABLED', 'DISABLING') },
  { operations: configuring, member: 'ProfileConfiguration.DefaultProfiles', accepted: [[], ['us-core-3.1.1', 'carin-bb-2.0.0']], refused: [[Array.from({ length: 51 }, () => 'x'), longer(50)]] },
  { operations: configuring, member: 'ProfileConfiguration.DefaultProfiles.0', accepted: ['', long(256)], refused: [[long(257), longer(256)]] },
  { operations: ['CreateFHIRDatastore'], member: 'DatastoreTypeVersion', ...enumeration('R4') },
  { operations: ['CreateFHIRDatastore'], member: 'PreloadDataConfig.PreloadDataType', ...enumeration('SYNTHEA') },
  { operations: ['CreateFHIRDatastore', 'UpdateFHIRDatastore'], member: 'BackupConfiguration.Status', ...enumeration('ENABLED', 'DISABLED') },
  { operations: ['CreateFHIRDatastore', 'UpdateFHIRDatastore'], member: 'BackupConfiguration.BackupType', ...enumeration('CONTINUOUS') },
  {
    operations: ['CreateFHIRDatastore', 'UpdateFHIRDatastore'], member: 'BackupConfiguration.RetentionPeriodInDays', accepted: [1, 30],
    refused: [[0, 'value greater than or equal to 1'], [31, 'value less than or equal to 30']],
  },
  { operations: making, member: 'SseConfiguration.KmsEncryptionConfig.CmkType', ...enumeration('CUSTOMER_MANAGED_KMS_KEY', 'AWS_OWNED_KMS_KEY') },
  { operations: ['ListFHIRDatastores'], member: 'Filter.DatastoreStatus', ...enumeration('CREATING', 'ACTIVE', 'DELETING', 'DELETED', 'CREATE_FAILED', 'UPDATING', 'UPDATE_FAILED') },
  { operations: jobLists, member: 'JobStatus', ...enumeration(...jobStatuses) },
  { operations: ['StartFHIRImportJob'], member: 'ValidationLevel', ...enumeration('strict', 'structure-only', 'minimal') },
  { operations: ['StartFHIRImportJob'], member: 'InputFormat', accepted: ['x', long(5000)], refused: [['', shorter(1)], [long(5001), longer(5000)]] },
  { operations: ['StartFHIRImportJob'], member: 'ProfileId', accepted: ['x', long(5000)], refused: [['', shorter(1)], [long(5001), longer(5000)]] },
  { operations: [...making, 'TagResource'], member: 'Tags', accepted: [[], tagList(200)], refused: [[tagList(201), longer(200)], [[null], 'must not be null']] },
  { operations: ['UntagResource'], member: 'TagKeys', accepted: [[], ['a', 'b']], refused: [[Array.from({ length: 201 }, () => 'x'), longer(200)]] },
  { operations: ['UntagResource'], member: 'TagKeys.0', ...tagKey },
  {
    operations: ['TagResource', 'UntagResource', 'ListTagsForResource'], member: 'ResourceARN',
    accepted: [arn, arn.replace('arn:aws:', 'arn:aws-us-gov:'), arn.replace('datastore/fhir', 'dataTransformationProfile')],
    refused: [['', shorter(1)], [arn.replace('fhir/', ''), pattern], [arn.slice(0, -1), pattern], [arn.replace('123456789012', '1'), pattern], [long(1012), longer(1011)]],
  },
];

function tagList(length: number): object[] {
  return Array.from({ length }, (_each, index) => ({ Key: `k${index}`, Value: 'v' }));
}

/** The base with the member set; what lies on the way is made. */
function withMember(operation: ControlOperationName, member: string, value: unknown): object {
  const input = structuredClone(bases[operation]) as Record<string, unknown>;
  const names = member.split('.');
  let place: Record<string, unknown> = input;
  for (const [index, name] of names.slice(0, -1).entries()) {
    place[name] ??= /^\d+$/.test(names[index + 1]!) ? [] : {};
    place = place[name] as Record<string, unknown>;
  }
  place[names.at(-1)!] = value;
  if (member.startsWith('IdentityProviderConfiguration.') && !member.endsWith('Strategy')) place['AuthorizationStrategy'] = 'AWS_AUTH';
  return input;
}

const inMessage = (member: string): string => member.split('.').map((name) => (
  /^\d+$/.test(name) ? `${Number(name) + 1}.member` : `${name[0]!.toLowerCase()}${name.slice(1)}`
)).join('.');

function refusalOf(operation: ControlOperationName, input: unknown): ControlError {
  try {
    checkedInput(requestShapes[operation] as StructureShape, input);
  } catch (error) {
    return error as ControlError;
  }
  throw new Error(`${operation} accepted what it is to refuse.`);
}

describe.each(cases.flatMap(({ operations, ...rest }) => operations.map((operation) => ({ operation, ...rest }))))('$operation $member', ({ operation, member, accepted, refused }) => {
  test('accepts', () => {
    for (const value of accepted) checkedInput(requestShapes[operation] as StructureShape, withMember(operation, member, value));
  });

  test('refuses', () => {
    for (const [value, reason] of refused) {
      const { name, message } = refusalOf(operation, withMember(operation, member, value));
      expect({ name, message }).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(reason) });
      expect(message).toMatch(/^\d+ validation errors? detected: /);
      expect(message).toContain(`'${inMessage(member)}`);
    }
  });
});

describe('tags of a request', () => {
  test.each([[{ Key: '', Value: '' }, 'tags.1.member.key'], [{ Key: 'a', Value: long(257) }, 'tags.1.member.value'], [{ Key: 'a' }, 'tags.1.member.value'], [{ Value: 'a' }, 'tags.1.member.key']])('refuse %j', (tag, place) => {
    expect(refusalOf('TagResource', { ResourceARN: arn, Tags: [tag] }).message).toContain(place);
  });
});

describe('members that are required', () => {
  test.each(Object.entries(bases).flatMap(([operation, base]) => Object.keys(base).map((member) => [operation as ControlOperationName, member] as const)))('%s %s', (operation, member) => {
    const { [member]: _left, ...rest } = bases[operation] as Record<string, unknown>;
    const place = `${member[0]!.toLowerCase()}${member.slice(1)}`;
    expect(refusalOf(operation, rest).message).toBe(`1 validation error detected: Value null at '${place}' failed to satisfy constraint: Member must not be null`);
  });

  test.each([
    ['SseConfiguration', {}], ['SseConfiguration', { KmsEncryptionConfig: {} }], ['PreloadDataConfig', {}], ['IdentityProviderConfiguration', {}],
  ])('within %s %j', (member, value) => {
    expect(refusalOf('CreateFHIRDatastore', withMember('CreateFHIRDatastore', member, value)).name).toBe('ValidationException');
  });
});

describe('unions', () => {
  test.each([
    ['StartFHIRImportJob', 'InputDataConfig'], ['StartFHIRImportJob', 'JobOutputDataConfig'], ['StartFHIRExportJob', 'OutputDataConfig'], ['RestoreFHIRDatastore', 'RestoreConfiguration'],
  ] as const)('%s %s has exactly one member', (operation, member) => {
    for (const value of [{}, { Other: 1 }]) expect(refusalOf(operation, withMember(operation, member, value)).message).toContain('Exactly one');
  });
});

test('several findings are told at once, and nothing that was sent is repeated', () => {
  const { message } = refusalOf('CreateFHIRDatastore', { DatastoreTypeVersion: 'STU3-secret', DatastoreName: 'secret*', Tags: [{ Key: 'secret%' }] });
  expect(message).toMatch(/^4 validation errors detected: /);
  expect(message).not.toContain('secret');
});
