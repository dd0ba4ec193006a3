/**
 * The statements of roles that make, change and delete data stores' own resources, and that carry the change feed. The
 * calls on keys that a grant implies are rendered with those of all others (grants.ts).
 */
import type {
  BucketGrant, ExportWorkflowGrant, FailuresGrant, ImportWorkflowGrant, ReindexWorkflowGrant, StoreKeysGrant, StoreTablesGrant, StreamGrant, StreamMappingsGrant, WorkflowGrant,
} from '../../src/aws/functions.ts';
import {
  anyStore, datastoreWorkflowName, exportWorkflowName, failureQueueName, functionName, importWorkflowName, objectsPrefix, offeredKey,
  reindexWorkflowName, storeKeyAlias, storeKeyTags, storeTableName, storeTables,
} from '../../src/aws/names.ts';
import {
  anyKeyArn, bucketArn, functionArn, keyAliasArn, mappingArn, objectsBucketName, queueArn, runArn, tableArn, workflowArn,
} from './arns.ts';
import { allow } from './role-statement.ts';
import type { RoleStatement } from './role-statement.ts';

export type ControlGrant =
  | BucketGrant | FailuresGrant | StoreKeysGrant | StoreTablesGrant | StreamGrant | StreamMappingsGrant
  | WorkflowGrant | ReindexWorkflowGrant | ExportWorkflowGrant | ImportWorkflowGrant;

export function controlStatements(deployment: string, grant: ControlGrant): readonly RoleStatement[] {
  if ('bucket' in grant) return bucketStatements(deployment, grant);
  if ('failuresOf' in grant) return failuresStatements(deployment, grant);
  if ('storeKeys' in grant) return storeKeysStatements(deployment, grant);
  if ('storeTables' in grant) return storeTablesStatements(deployment, grant);
  if ('stream' in grant) return streamStatements(deployment, grant);
  if ('streamMappings' in grant) return streamMappingsStatements(deployment, grant);
  if ('reindexWorkflow' in grant) return workflowStatements(reindexWorkflowName(deployment), 'Reindexing', grant.reindexWorkflow);
  if ('importWorkflow' in grant) return workflowStatements(importWorkflowName(deployment), 'Import', grant.importWorkflow);
  if ('exportWorkflow' in grant) return workflowStatements(exportWorkflowName(deployment), 'Export', grant.exportWorkflow);
  return workflowStatements(datastoreWorkflowName(deployment), 'Workflow', grant.workflow);
}

/** Those that have none of the actions grant nothing and are left out. */
function present(statements: readonly RoleStatement[]): readonly RoleStatement[] {
  return statements.filter(({ Action }) => Action.length > 0);
}

function bucketStatements(deployment: string, { bucket }: BucketGrant): readonly RoleStatement[] {
  const statement = allow('ListStores', bucket.map((action) => `s3:${action}`), bucketArn(objectsBucketName(deployment)));
  return [{ ...statement, Condition: { StringLike: { 's3:prefix': `${objectsPrefix(anyStore)}*` } } }];
}

function failuresStatements(deployment: string, { failuresOf, actions }: FailuresGrant): readonly RoleStatement[] {
  return [allow('Failures', actions.map((action) => `sqs:${action}`), queueArn(failureQueueName(deployment, failuresOf)))];
}

const aliasActions: ReadonlySet<string> = new Set(['CreateAlias', 'UpdateAlias', 'DeleteAlias']);

/**
 * A key is known by its tags from its first moment on, an alias by its name. A call on an alias needs leave for both.
 * Keys cannot be found, nor made, by their names, for they have none yet.
 */
function storeKeysStatements(deployment: string, { storeKeys }: StoreKeysGrant): readonly RoleStatement[] {
  const named = (...actions: readonly string[]) => storeKeys.filter((action) => actions.includes(action)).map((action) => `kms:${action}`);
  const aliases = storeKeys.filter((action) => aliasActions.has(action)).map((action) => `kms:${action}`);
  const tagged = (key: 'RequestTag' | 'ResourceTag', ...offered: readonly string[]) => ({
    StringEquals: { [`aws:${key}/${storeKeyTags.deployment}`]: deployment },
    // The platform's key has the deployment's tag too, and is not to be had by this.
    StringLike: { [`aws:${key}/${storeKeyTags.datastore}`]: offered.length === 0 ? anyStore : [anyStore, ...offered] },
  });
  return present([
    { ...allow('MakeKeys', named('CreateKey', 'TagResource'), '*'), Condition: tagged('RequestTag') },
    { ...allow('ManageKeys', named('EnableKeyRotation', 'ScheduleKeyDeletion'), anyKeyArn()), Condition: tagged('ResourceTag') },
    { ...allow('NameKeys', [...named('DescribeKey'), ...aliases], anyKeyArn()), Condition: tagged('ResourceTag', offeredKey) },
    allow('Aliases', aliases, keyAliasArn(storeKeyAlias(deployment, anyStore))),
    allow('FindKeys', storeKeys.includes('GetResources') ? ['tag:GetResources'] : [], '*'),
  ]);
}

function storeTablesStatements(deployment: string, { storeTables: actions }: StoreTablesGrant): readonly RoleStatement[] {
  const tables = storeTables.map((table) => tableArn(storeTableName(deployment, anyStore, table)));
  return [allow('EveryTable', actions.map((action) => `dynamodb:${action}`), ...tables)];
}

/** Streams cannot be listed by name. */
function streamStatements(deployment: string, { stream }: StreamGrant): readonly RoleStatement[] {
  const reading = stream.filter((action) => action !== 'ListStreams').map((action) => `dynamodb:${action}`);
  return present([
    allow('EveryStream', reading, `${tableArn(storeTableName(deployment, anyStore, 'resources'))}/stream/*`),
    allow('ListStreams', stream.includes('ListStreams') ? ['dynamodb:ListStreams'] : [], '*'),
  ]);
}

/**
 * Mappings are named by AWS; which function they call is said by a condition. One that is not there yet has no ARN, and
 * they cannot be listed by name (https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html).
 */
function streamMappingsStatements(deployment: string, { streamMappings }: StreamMappingsGrant): readonly RoleStatement[] {
  const named = (...actions: readonly string[]) => streamMappings.filter((action) => actions.includes(action)).map((action) => `lambda:${action}`);
  const toFeed = { ArnEquals: { 'lambda:FunctionArn': functionArn(functionName(deployment, 'fan-out')) } };
  return present([
    { ...allow('MakeMappings', named('CreateEventSourceMapping'), '*'), Condition: toFeed },
    { ...allow('ManageMappings', named('UpdateEventSourceMapping', 'DeleteEventSourceMapping'), mappingArn()), Condition: toFeed },
    allow('FindMappings', named('ListEventSourceMappings'), '*'),
  ]);
}

/** @param word what the statements call it */
function workflowStatements(name: string, word: string, actions: readonly string[]): readonly RoleStatement[] {
  return present([
    allow(`Start${word}`, actions.includes('StartExecution') ? ['states:StartExecution'] : [], workflowArn(name)),
    allow(`Follow${word}`, actions.includes('DescribeExecution') ? ['states:DescribeExecution'] : [], runArn(name)),
  ]);
}

/** What DynamoDB needs of a key to make a table under it, and to go on using it by itself. */
export const tableMakingKeyActions = ['kms:CreateGrant', 'kms:DescribeKey', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];
