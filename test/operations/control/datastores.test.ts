import { beforeEach, describe, expect, test } from '@jest/globals';
import { ControlPlatform, startInstant } from './control-platform.ts';
import type { Answered } from './control-platform.ts';

let platform: ControlPlatform;
beforeEach(() => {
  platform = new ControlPlatform();
});

const described = async (DatastoreId: string): Promise<Answered> => (await platform.call('DescribeFHIRDatastore', { DatastoreId })).DatastoreProperties;
const listed = async (input: object = {}): Promise<Answered> => platform.call('ListFHIRDatastores', input);
const names = ({ DatastorePropertiesList }: Answered): string[] => DatastorePropertiesList.map(({ DatastoreName }: Answered) => DatastoreName);

describe('CreateFHIRDatastore', () => {
  test('answers id, ARN, status and endpoint; the store is CREATING and then ACTIVE', async () => {
    const answer = await platform.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', DatastoreName: 'One' });
    const id = answer.DatastoreId;
    expect(answer).toEqual({
      DatastoreId: expect.stringMatching(/^[0-9a-f]{32}$/),
      DatastoreArn: platform.arn(id),
      DatastoreStatus: 'CREATING',
      DatastoreEndpoint: `https://caldera.example/datastore/${id}/r4/`,
    });
    await platform.settle();
    expect(await described(id)).toEqual({
      ...answer, DatastoreStatus: 'ACTIVE', DatastoreName: 'One', CreatedAt: startInstant / 1000, DatastoreTypeVersion: 'R4', NlpConfiguration: { Status: 'DISABLED' },
    });
  });

  test('keeps what is said of the store', async () => {
    const said = {
      SseConfiguration: { KmsEncryptionConfig: { CmkType: 'AWS_OWNED_KMS_KEY' } },
      PreloadDataConfig: { PreloadDataType: 'SYNTHEA' },
      IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH', FineGrainedAuthorizationEnabled: false, Metadata: '{"issuer":"https://idp"}' },
      AnalyticsConfiguration: { Status: 'PAUSED' },
      NlpConfiguration: { Status: 'ENABLED' },
      ProfileConfiguration: { DefaultProfiles: ['us-core-3.1.1'] },
    };
    const id = await platform.made({ ...said, BackupConfiguration: { Status: 'ENABLED', RetentionPeriodInDays: 3 } });
    expect(await described(id)).toMatchObject({ ...said, BackupStatusInfo: { Configuration: { Status: 'ENABLED', BackupType: 'CONTINUOUS', RetentionPeriodInDays: 3 } } });
    expect(await platform.records.read(id)).toMatchObject({ preloading: { patients: 20, seed: 1 } });
  });

  test('keeps the key of yours that the store is under', async () => {
    const SseConfiguration = { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: 'alias/mine' } };
    expect(await described(await platform.made({ SseConfiguration }))).toMatchObject({ DatastoreStatus: 'ACTIVE', SseConfiguration });
  });

  test('says why it failed', async () => {
    const { DatastoreId } = await platform.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4' });
    await platform.settle(true);
    expect(await described(DatastoreId)).toMatchObject({ DatastoreStatus: 'CREATE_FAILED', ErrorCause: { ErrorCategory: 'RETRYABLE_ERROR', ErrorMessage: expect.stringContaining('TimeoutError') } });
  });

  test('with a client token happens once, wherever the first request was cut off', async () => {
    const input = { DatastoreTypeVersion: 'R4', DatastoreName: 'One', ClientToken: 'token-1' };
    platform.beforeStart = () => {
      throw new Error('The connection broke.');
    };
    await expect(platform.call('CreateFHIRDatastore', input)).rejects.toMatchObject({ name: 'InternalServerException' });
    expect(platform.faults).toHaveLength(1);
    expect(platform.started).toEqual([]);
    platform.beforeStart = () => {};
    const { DatastoreId } = await platform.call('CreateFHIRDatastore', input);
    await platform.settle();
    expect(await platform.call('CreateFHIRDatastore', { ClientToken: 'token-1', DatastoreName: 'One', DatastoreTypeVersion: 'R4' })).toMatchObject({ DatastoreId, DatastoreStatus: 'ACTIVE' });
    expect(platform.started).toHaveLength(1);
    expect(names(await listed())).toEqual(['One']);
  });

  test('refuses a client token that came with another request, and takes it as new after a day', async () => {
    const id = await platform.made({ ClientToken: 'token-1', DatastoreName: 'One' });
    await expect(platform.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', ClientToken: 'token-1' })).rejects.toMatchObject({ name: 'ValidationException' });
    platform.now += 24 * 60 * 60 * 1000;
    expect(await platform.made({ ClientToken: 'token-1', DatastoreName: 'One' })).not.toBe(id);
  });

  test('without a client token makes a store each time', async () => {
    expect(await platform.made()).not.toBe(await platform.made());
  });

  test('is refused beyond the quota, and deleted stores do not count', async () => {
    platform = new ControlPlatform({ maxDatastores: 2 });
    const id = await platform.made({ ClientToken: 'one' });
    await platform.made();
    await expect(platform.made()).rejects.toMatchObject({ name: 'ServiceQuotaExceededException', message: expect.stringContaining('2 is the most') });
    expect(await platform.made({ ClientToken: 'one' })).toBe(id);
    await platform.call('DeleteFHIRDatastore', { DatastoreId: id });
    await platform.settle();
    await platform.made();
  });

  test.each([
    ['AnalyticsConfiguration', { Status: 'DISABLED' }], ['AnalyticsConfiguration', { Status: 'ENABLING' }], ['NlpConfiguration', { Status: 'DISABLING' }],
    ['SseConfiguration', { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY' } }],
    ['SseConfiguration', { KmsEncryptionConfig: { CmkType: 'AWS_OWNED_KMS_KEY', KmsKeyId: 'alias/mine' } }],
    ['IdentityProviderConfiguration', { AuthorizationStrategy: 'AWS_AUTH', Metadata: 'no JSON' }],
    ['Tags', [{ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' }]], ['Tags', [{ Key: 'aws:x', Value: '1' }]],
  ])('refuses %s %j', async (member, value) => {
    await expect(platform.made({ [member]: value })).rejects.toMatchObject({ name: 'ValidationException' });
    expect(platform.started).toEqual([]);
  });
});

describe('an authorization that is not enforced', () => {
  const unenforced = [
    { AuthorizationStrategy: 'SMART_ON_FHIR' }, { AuthorizationStrategy: 'SMART_ON_FHIR_V1', Metadata: '{}' },
    { AuthorizationStrategy: 'AWS_AUTH', FineGrainedAuthorizationEnabled: true },
  ];

  test.each(unenforced)('is refused, and no store is made that lacks it: %j', async (IdentityProviderConfiguration) => {
    await expect(platform.made({ IdentityProviderConfiguration })).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('not enforced yet') });
    expect(await platform.records.list()).toEqual([]);
  });

  test.each(unenforced)('is refused in a change, which changes nothing: %j', async (IdentityProviderConfiguration) => {
    const id = await platform.made();
    const before = await described(id);
    const sent = platform.call('UpdateFHIRDatastore', { DatastoreId: id, DatastoreName: 'b', IdentityProviderConfiguration });
    await expect(sent).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await described(id)).toEqual(before);
  });
});

describe('ListFHIRDatastores', () => {
  test('gives pages in the order the stores were made, by tokens that go on with the same question only', async () => {
    for (const DatastoreName of ['a', 'b', 'c', 'd', 'e']) {
      platform.now += 1;
      await platform.made({ DatastoreName });
    }
    const first = await listed({ MaxResults: 2 });
    const second = await listed({ MaxResults: 2, NextToken: first.NextToken });
    const third = await listed({ MaxResults: 2, NextToken: second.NextToken });
    expect([first, second, third].map(names)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(third).not.toHaveProperty('NextToken');
    expect(names(await listed({ NextToken: '' }))).toHaveLength(5);
    for (const wrong of [{ NextToken: first.NextToken, Filter: { DatastoreName: 'a' } }, { NextToken: 'AAAA' }, { NextToken: `${first.NextToken}x` }]) {
      await expect(listed(wrong)).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });

  test('filters by name, status and when they were made', async () => {
    await platform.made({ DatastoreName: 'a' });
    platform.now += 10_000;
    await platform.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4', DatastoreName: 'b' });
    const seconds = startInstant / 1000;
    const filtered = async (Filter: object): Promise<string[]> => names(await listed({ Filter }));
    expect(await filtered({ DatastoreName: 'a' })).toEqual(['a']);
    expect(await filtered({ DatastoreStatus: 'CREATING' })).toEqual(['b']);
    expect(await filtered({ CreatedBefore: seconds + 5 })).toEqual(['a']);
    expect(await filtered({ CreatedAfter: seconds })).toEqual(['b']);
    expect(await filtered({ CreatedAfter: seconds - 1, DatastoreStatus: 'ACTIVE' })).toEqual(['a']);
  });
});

describe('UpdateFHIRDatastore', () => {
  test('changes name, profiles and identity provider at once, the latter as a whole', async () => {
    const id = await platform.made({ DatastoreName: 'a', IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH', Metadata: '{}' } });
    const { DatastoreProperties } = await platform.call('UpdateFHIRDatastore', {
      DatastoreId: id, DatastoreName: 'b', ProfileConfiguration: { DefaultProfiles: ['x'] }, IdentityProviderConfiguration: { AuthorizationStrategy: 'AWS_AUTH' },
    });
    expect(DatastoreProperties).toMatchObject({ DatastoreName: 'b', DatastoreStatus: 'ACTIVE', ProfileConfiguration: { DefaultProfiles: ['x'] } });
    expect(DatastoreProperties.IdentityProviderConfiguration).toEqual({ AuthorizationStrategy: 'AWS_AUTH' });
    expect(await described(id)).toEqual(DatastoreProperties);
  });

  test('brings about NLP, analytics and backup, the store UPDATING meanwhile', async () => {
    const id = await platform.made({ AnalyticsConfiguration: { Status: 'ENABLED' } });
    const input = { DatastoreId: id, NlpConfiguration: { Status: 'ENABLED' }, AnalyticsConfiguration: { Status: 'PAUSED' }, BackupConfiguration: { RetentionPeriodInDays: 9 } };
    const { DatastoreProperties } = await platform.call('UpdateFHIRDatastore', input);
    expect(DatastoreProperties).toMatchObject({ DatastoreStatus: 'UPDATING', NlpConfiguration: { Status: 'ENABLING' }, AnalyticsConfiguration: { Status: 'PAUSING' } });
    for (const other of [input, { DatastoreId: id, DatastoreName: 'meanwhile' }]) {
      await expect(platform.call('UpdateFHIRDatastore', other)).rejects.toMatchObject({ name: 'ConflictException' });
    }
    await platform.settle();
    expect(await described(id)).toMatchObject({
      DatastoreStatus: 'ACTIVE', NlpConfiguration: { Status: 'ENABLED' }, AnalyticsConfiguration: { Status: 'PAUSED' },
      BackupStatusInfo: { Configuration: { Status: 'ENABLED', RetentionPeriodInDays: 9 } },
    });
  });

  test('that failed is UPDATE_FAILED, and sent again it is brought about', async () => {
    const id = await platform.made();
    const input = { DatastoreId: id, NlpConfiguration: { Status: 'ENABLED' } };
    await platform.call('UpdateFHIRDatastore', input);
    await platform.settle(true);
    expect(await described(id)).toMatchObject({ DatastoreStatus: 'UPDATE_FAILED' });
    await platform.call('UpdateFHIRDatastore', input);
    await platform.settle();
    expect(await described(id)).toMatchObject({ DatastoreStatus: 'ACTIVE', NlpConfiguration: { Status: 'ENABLED' } });
  });

  test('to what the store has already changes nothing', async () => {
    const id = await platform.made({ NlpConfiguration: { Status: 'ENABLED' } });
    const { DatastoreProperties } = await platform.call('UpdateFHIRDatastore', { DatastoreId: id, NlpConfiguration: { Status: 'ENABLED' } });
    expect(DatastoreProperties).toMatchObject({ DatastoreStatus: 'ACTIVE' });
  });

  test('of a store that is not there, or deleted, is ResourceNotFoundException', async () => {
    await expect(platform.call('UpdateFHIRDatastore', { DatastoreId: 'a'.repeat(32), DatastoreName: 'b' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('DeleteFHIRDatastore', () => {
  test('is DELETING and then DELETED, told of for a week and then forgotten with its secret', async () => {
    const id = await platform.made({ DatastoreName: 'a' });
    expect(await platform.call('DeleteFHIRDatastore', { DatastoreId: id })).toMatchObject({ DatastoreId: id, DatastoreArn: platform.arn(id), DatastoreStatus: 'DELETING' });
    await platform.settle();
    expect(await described(id)).toMatchObject({ DatastoreStatus: 'DELETED' });
    await expect(platform.call('DeleteFHIRDatastore', { DatastoreId: id })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(names(await listed({ Filter: { DatastoreStatus: 'DELETED' } }))).toEqual(['a']);
    platform.now += 7 * 24 * 60 * 60 * 1000;
    expect(names(await listed())).toEqual([]);
    await expect(described(id)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await platform.made();
    expect(await platform.records.read(id)).toBeUndefined();
  });

  test('is refused while the store is being made, and for one that is tagged as protected', async () => {
    const { DatastoreId: making } = await platform.call('CreateFHIRDatastore', { DatastoreTypeVersion: 'R4' });
    await expect(platform.call('DeleteFHIRDatastore', { DatastoreId: making })).rejects.toMatchObject({ name: 'ConflictException' });
    await platform.settle();
    await platform.call('TagResource', { ResourceARN: platform.arn(making), Tags: [{ Key: 'caldera:protected', Value: 'true' }] });
    await expect(platform.call('DeleteFHIRDatastore', { DatastoreId: making })).rejects.toMatchObject({ name: 'ConflictException', message: expect.stringContaining('caldera:protected') });
    await platform.call('UntagResource', { ResourceARN: platform.arn(making), TagKeys: ['caldera:protected'] });
    expect(await platform.call('DeleteFHIRDatastore', { DatastoreId: making })).toMatchObject({ DatastoreStatus: 'DELETING' });
  });

  test('that failed leaves the store DELETING with the reason, and may be sent again', async () => {
    const id = await platform.made();
    await platform.call('DeleteFHIRDatastore', { DatastoreId: id });
    await platform.settle(true);
    expect(await described(id)).toMatchObject({ DatastoreStatus: 'DELETING', ErrorCause: { ErrorCategory: 'RETRYABLE_ERROR' } });
    await platform.call('DeleteFHIRDatastore', { DatastoreId: id });
    await platform.settle();
    expect(await described(id)).toMatchObject({ DatastoreStatus: 'DELETED' });
  });
});

describe('tags', () => {
  test('are put on, take new values, and are taken off', async () => {
    const id = await platform.made({ Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '' }] });
    const tags = async (): Promise<Answered> => (await platform.call('ListTagsForResource', { ResourceARN: platform.arn(id) })).Tags;
    expect(await platform.call('TagResource', { ResourceARN: platform.arn(id), Tags: [{ Key: 'a', Value: '2' }, { Key: 'ü:/=+-@.', Value: 'c' }] })).toEqual({});
    expect(await tags()).toEqual([{ Key: 'b', Value: '' }, { Key: 'a', Value: '2' }, { Key: 'ü:/=+-@.', Value: 'c' }]);
    expect(await platform.call('UntagResource', { ResourceARN: platform.arn(id), TagKeys: ['a', 'unknown', 'ü:/=+-@.', 'b'] })).toEqual({});
    expect(await tags()).toEqual([]);
  });

  test('are 200 at most', async () => {
    const id = await platform.made({ Tags: Array.from({ length: 200 }, (_each, index) => ({ Key: `k${index}`, Value: 'v' })) });
    const tag = (Key: string) => platform.call('TagResource', { ResourceARN: platform.arn(id), Tags: [{ Key, Value: 'w' }] });
    expect(await tag('k7')).toEqual({});
    await expect(tag('one-more')).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('200 tags') });
  });

  test('of another account, region, or of no store are ResourceNotFoundException', async () => {
    const id = await platform.made();
    for (const ResourceARN of [platform.arn(id).replace('eu-central-1', 'us-east-1'), platform.arn(id).replace('123456789012', '000000000000'), platform.arn('f'.repeat(32))]) {
      await expect(platform.call('ListTagsForResource', { ResourceARN })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });
});

describe('the protocol', () => {
  test('answers in AWS\'s JSON, errors with their type in body and header', async () => {
    const answer = await platform.wire('HealthLake.DescribeFHIRDatastore', JSON.stringify({ DatastoreId: 'a'.repeat(32) }));
    expect(answer).toMatchObject({ status: 404, headers: { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-ErrorType': 'ResourceNotFoundException' } });
    expect(JSON.parse(answer.json)).toEqual({ __type: 'com.amazonaws.healthlake#ResourceNotFoundException', Message: 'There is no such data store.' });
  });

  test.each([undefined, 'HealthLake.', 'HealthLake.Nothing', 'Other.ListFHIRDatastores', 'HealthLake.StartDataTransformationJob', 'HealthLake.toString'])(
    'refuses the target %s as UnknownOperationException', async (target) => {
      const { status, json } = await platform.wire(target, '{}');
      expect([status, JSON.parse(json).__type]).toEqual([400, 'com.amazonaws.healthlake#UnknownOperationException']);
    },
  );

  test.each(['{', '[]', '"x"', '{"MaxResults": "1"}', '{"MaxResults": 1.5}', '{"Filter": []}', '{"Filter": {"CreatedBefore": "yesterday"}}', '{"Filter": {"CreatedBefore": 1e300}}'])(
    'refuses the body %s as SerializationException', async (body) => {
      const { status, json } = await platform.wire('HealthLake.ListFHIRDatastores', body);
      expect([status, JSON.parse(json).__type]).toEqual([400, 'com.amazonaws.healthlake#SerializationException']);
    },
  );

  test('an empty body is an empty input, null is nothing, and unknown members are passed over', async () => {
    for (const body of ['', '{}', '{"NextToken": null, "Newer": 1}']) {
      expect(await platform.wire('HealthLake.ListFHIRDatastores', body)).toMatchObject({ status: 200, json: '{"DatastorePropertiesList":[]}' });
    }
  });

  test('a fault is told by its number and nothing else', async () => {
    platform.beforeStart = () => {
      throw new Error('A secret.');
    };
    const { status, json } = await platform.wire('HealthLake.CreateFHIRDatastore', '{"DatastoreTypeVersion":"R4"}');
    expect(status).toBe(500);
    expect(json).not.toContain('secret');
    expect(platform.faults).toHaveLength(1);
  });
});
