/** A function's grants as the statements of its role, compared as data; expressions are shown with their names in braces. */
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { roleStatements } from '../../../lib/kit/grants.ts';
import type { Grant } from '../../../src/aws/functions.ts';
import { textOf } from '../synthesized.ts';

const anyStore = '?'.repeat(32);
const here = '{AWS::Region}:{AWS::AccountId}';
const arnOf = (service: string, name: string): string => `arn:{AWS::Partition}:${service}:${here}:${name}`;

function statements(...grants: readonly Grant[]): unknown {
  const rendered = new Stack().resolve(roleStatements({ deployment: 'caldera', platformKeyArn: 'platform-key', eventBusName: 'default', jobBuckets: [], jobKeyArns: [] }, grants));
  return JSON.parse(JSON.stringify(rendered), (_key, value: unknown) => {
    const isExpression = typeof value === 'object' && value !== null && Object.keys(value).length === 1 && /^(?:Ref|Fn::)/.test(Object.keys(value)[0]!);
    return isExpression ? textOf(value) : value;
  });
}

const reading = ['kms:Decrypt', 'kms:DescribeKey'];
const writing = [...reading, 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

const keysOfStores = (actions: readonly string[], ...services: readonly string[]) => ({
  Sid: 'KeysOfStores', Effect: 'Allow', Action: actions, Resource: [arnOf('kms', 'key/*')],
  Condition: {
    StringEquals: {
      'aws:ResourceTag/caldera:deployment': 'caldera',
      'kms:ViaService': services.map((service) => `${service}.{AWS::Region}.{AWS::URLSuffix}`),
    },
    StringLike: { 'aws:ResourceTag/caldera:datastore': [anyStore, 'customer-managed'] },
  },
});

const keyOfPlatform = (actions: readonly string[], ...services: readonly string[]) => ({
  Sid: 'KeyOfPlatform', Effect: 'Allow', Action: actions, Resource: ['platform-key'],
  Condition: { StringEquals: { 'kms:ViaService': services.map((service) => `${service}.{AWS::Region}.{AWS::URLSuffix}`) } },
});

describe('a grant', () => {
  test('to tell events names the one bus, and admits events of the source named alone', () => {
    expect(statements({ events: ['PutEvents'], source: 'caldera.healthlake' })).toEqual([{
      Sid: 'Events', Effect: 'Allow', Action: ['events:PutEvents'], Resource: [arnOf('events', 'event-bus/default')],
      Condition: { StringEquals: { 'events:source': 'caldera.healthlake' } },
    }]);
  });

  test('on the tables of stores names one kind of them, of this deployment, and lets keys of stores be used through DynamoDB', () => {
    expect(statements({ table: 'index', actions: ['Query'] })).toEqual([
      { Sid: 'EveryIndex', Effect: 'Allow', Action: ['dynamodb:Query'], Resource: [arnOf('dynamodb', `table/caldera-${anyStore}-index`)] },
      keysOfStores(reading, 'dynamodb'),
    ]);
  });

  test('to read notes names the calls of a service that has no resources, and notes on their way by store', () => {
    expect(statements({ readNotes: ['DetectPHI'] })).toEqual([{ Sid: 'ReadNotes', Effect: 'Allow', Action: ['comprehendmedical:DetectPHI'], Resource: ['*'] }]);
    const [files, listing, ...keys] = statements({ noteFiles: ['GetObject', 'PutObject', 'ListBucket'] }) as { Resource: unknown; Condition: unknown }[];
    expect(JSON.stringify(files!.Resource)).toContain(`/enrichment/${anyStore}/*`);
    expect(listing!.Condition).toEqual({ StringLike: { 's3:prefix': `enrichment/${anyStore}/*` } });
    expect(keys).toEqual([keysOfStores(['kms:Decrypt', 'kms:GenerateDataKey'], 's3')]);
  });

  test('to have notes read names one workflow, and to follow jobs its runs', () => {
    expect(statements({ enrichmentWorkflow: ['StartSyncExecution'] }, { enrichWorkflow: ['StartExecution', 'DescribeExecution'] })).toEqual([
      { Sid: 'RunEnrichment', Effect: 'Allow', Action: ['states:StartSyncExecution'], Resource: [arnOf('states', 'stateMachine:caldera-enrichment')] },
      { Sid: 'StartEnrich', Effect: 'Allow', Action: ['states:StartExecution'], Resource: [arnOf('states', 'stateMachine:caldera-enrich')] },
      { Sid: 'FollowEnrich', Effect: 'Allow', Action: ['states:DescribeExecution'], Resource: [arnOf('states', 'execution:caldera-enrich:*')] },
    ]);
  });

  test('that writes lets keys be used for writing', () => {
    expect(statements({ table: 'control', actions: ['GetItem', 'PutItem'] })).toEqual([
      { Sid: 'Control', Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: [arnOf('dynamodb', 'table/caldera-control')] },
      keyOfPlatform(writing, 'dynamodb'),
    ]);
  });

  test('on objects names one folder of each store', () => {
    expect(statements({ objects: ['GetObject'], under: 'bodies/' })).toEqual([
      {
        Sid: 'EveryObjectUnderBodies', Effect: 'Allow', Action: ['s3:GetObject'],
        Resource: [`arn:{AWS::Partition}:s3:::caldera-objects-{AWS::AccountId}-{AWS::Region}/stores/${anyStore}/bodies/*`],
      },
      keysOfStores(['kms:Decrypt'], 's3'),
    ]);
  });

  test('on a queue names it, and the platform\'s key', () => {
    expect(statements({ queue: 'clean-up', actions: ['SendMessage'] })).toEqual([
      { Sid: 'QueueCleanUp', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [arnOf('sqs', 'caldera-clean-up')] },
      keyOfPlatform(['kms:Decrypt', 'kms:GenerateDataKey'], 'sqs'),
    ]);
  });

  test('beside others adds its service to theirs', () => {
    const all = statements({ table: 'resources', actions: ['GetItem'] }, { objects: ['GetObject'], under: 'bodies/' }) as readonly unknown[];
    expect(all.slice(2)).toEqual([keysOfStores(reading, 'dynamodb', 's3')]);
  });

  test('to make a mapping is for any, to this deployment\'s feed', () => {
    const toFeed = { ArnEquals: { 'lambda:FunctionArn': arnOf('lambda', 'function:caldera-fan-out') } };
    expect(statements({ streamMappings: ['CreateEventSourceMapping', 'DeleteEventSourceMapping'] })).toEqual([
      { Sid: 'MakeMappings', Effect: 'Allow', Action: ['lambda:CreateEventSourceMapping'], Resource: ['*'], Condition: toFeed },
      { Sid: 'ManageMappings', Effect: 'Allow', Action: ['lambda:DeleteEventSourceMapping'], Resource: [arnOf('lambda', 'event-source-mapping:*')], Condition: toFeed },
    ]);
  });

  test('to delete keys or renew them is for those of data stores, to look at them and to name them also for those that their owners offer', () => {
    const [manage, name] = statements({ storeKeys: ['DescribeKey', 'EnableKeyRotation', 'ScheduleKeyDeletion', 'CreateAlias'] }) as readonly { Action: unknown; Condition: { StringLike: unknown } }[];
    expect(manage).toMatchObject({ Action: ['kms:EnableKeyRotation', 'kms:ScheduleKeyDeletion'], Condition: { StringLike: { 'aws:ResourceTag/caldera:datastore': anyStore } } });
    expect(name).toMatchObject({ Action: ['kms:DescribeKey', 'kms:CreateAlias'], Condition: { StringLike: { 'aws:ResourceTag/caldera:datastore': [anyStore, 'customer-managed'] } } });
  });

  test('to manage keys is for those of data stores: the platform\'s has the deployment\'s tag alone', () => {
    const [manage] = statements({ storeKeys: ['ScheduleKeyDeletion'] }) as readonly { Condition: unknown }[];
    expect(manage!.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/caldera:deployment': 'caldera' }, StringLike: { 'aws:ResourceTag/caldera:datastore': anyStore },
    });
  });
});
