/**
 * The role that asks Athena. Functions of SQL alone may assume it, and do so narrowed to one data store by a session policy
 * (src/aws/sql-session.ts); without one it reaches what the sessions of all stores reach.
 */
import { Aws } from 'aws-cdk-lib';
import { ArnPrincipal, CfnManagedPolicy, CompositePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { anyStore, analyticsPrefix, lakeDatabaseName, offeredKey, queryRoleName, sqlAnswersPrefix, storeKeyTags, workgroupName } from '../../src/aws/names.ts';
import { anyKeyArn, bucketArn, catalogArn, databaseArn, databaseTablesArn, objectsBucketName, workgroupArn } from '../kit/arns.ts';
import { allow } from '../kit/grants.ts';
import type { RoleStatement } from '../kit/grants.ts';

/** https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html, https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html */
const athenaCalls = ['StartQueryExecution', 'GetQueryExecution', 'GetQueryRuntimeStatistics', 'GetQueryResults', 'StopQueryExecution'].map((call) => `athena:${call}`);
const catalogCalls = ['GetDatabase', 'GetTable', 'GetTables', 'GetPartitions'].map((call) => `glue:${call}`);

/** @param roleArns of the functions that ask */
export function queryRole(scope: Construct, deployment: string, roleArns: readonly string[]): void {
  const [first, ...others] = roleArns.map((arn) => new ArnPrincipal(arn));
  const role = new Role(scope, 'query-role', {
    roleName: queryRoleName(deployment, Aws.REGION),
    assumedBy: new CompositePrincipal(first!, ...others),
    description: 'Asks Athena the questions of one data store at a time',
  });
  new CfnManagedPolicy(scope, 'query-policy', {
    description: 'What questions in SQL reach of all data stores',
    policyDocument: { Version: '2012-10-17', Statement: queryStatements(deployment) },
    roles: [role.roleName],
  });
}

/** @param datastoreId whose lake is asked; the pattern of all unless given */
export function queryStatements(deployment: string, datastoreId = anyStore): readonly RoleStatement[] {
  const bucket = bucketArn(objectsBucketName(deployment));
  const answers = `${sqlAnswersPrefix(datastoreId)}*`;
  return [
    allow('AskAthena', athenaCalls, workgroupArn(workgroupName(deployment, datastoreId))),
    ...lakeStatements(deployment, datastoreId),
    allow('KeepAnswers', ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], `${bucket}/${answers}`),
    { ...allow('ListAnswers', ['s3:ListBucket'], bucket), Condition: { StringLike: { 's3:prefix': [answers] } } },
    allow('FindPlace', ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], bucket),
    keyStatement('KeysOfAnswers', ['kms:GenerateDataKey'], { deployment, datastoreId }),
  ];
}

/** What reads a lake where it lies: its catalog, its files, and its key. */
export function lakeStatements(deployment: string, datastoreId: string): readonly RoleStatement[] {
  const database = lakeDatabaseName(deployment, datastoreId);
  const bucket = bucketArn(objectsBucketName(deployment));
  const files = `${analyticsPrefix(datastoreId)}*`;
  return [
    allow('ReadCatalog', catalogCalls, catalogArn(), databaseArn(database), databaseTablesArn(database)),
    allow('DefaultDatabase', ['glue:GetDatabase'], databaseArn('default')),
    allow('ReadLakes', ['s3:GetObject'], `${bucket}/${files}`),
    { ...allow('ListLakes', ['s3:ListBucket'], bucket), Condition: { StringLike: { 's3:prefix': [files] } } },
    keyStatement('KeysOfLakes', ['kms:Decrypt'], { deployment, datastoreId }),
  ];
}

function keyStatement(sid: string, actions: readonly string[], { deployment, datastoreId }: { readonly deployment: string; readonly datastoreId: string }): RoleStatement {
  return {
    ...allow(sid, actions, anyKeyArn()),
    Condition: {
      StringEquals: { [`aws:ResourceTag/${storeKeyTags.deployment}`]: deployment, 'kms:ViaService': [`s3.${Aws.REGION}.${Aws.URL_SUFFIX}`] },
      StringLike: { [`aws:ResourceTag/${storeKeyTags.datastore}`]: [datastoreId, offeredKey] },
    },
  };
}
