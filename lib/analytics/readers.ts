/**
 * Readers of one data store's lake beside its own questions (docs/deploy.md#readers): a role for SageMaker or Redshift Spectrum, a
 * data source and a data set of QuickSight, or another account through Lake Formation. None is there unless the context names it,
 * and each reads one lake and writes nothing but the answers of its own questions.
 */
import { Aws, CfnOutput } from 'aws-cdk-lib';
import { CfnManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPrincipalPermissions, CfnResource } from 'aws-cdk-lib/aws-lakeformation';
import type { Construct } from 'constructs';
import { analyticsPrefix, lakeDatabaseName } from '../../src/aws/names.ts';
import { bucketArn, objectsBucketName } from '../kit/arns.ts';
import type { RoleStatement } from '../kit/grants.ts';
import type { Reader, Settings } from '../kit/settings.ts';
import { lakeStatements, queryStatements } from './query-role.ts';
import { quickSightDataSet } from './quicksight.ts';

export function lakeReader(scope: Construct, reader: Reader, settings: Settings): void {
  const { kind, datastoreId } = reader;
  if (typeof kind === 'object') return otherAccount(scope, { accountId: kind.accountId, datastoreId, deployment: settings.name });
  // Redshift reads the files itself; the others ask Athena, which keeps its answers for them.
  const statements = kind === 'redshift' ? lakeStatements(settings.name, datastoreId) : queryStatements(settings.name, datastoreId);
  const role = readerRole(scope, { kind, datastoreId, statements });
  if (kind === 'quicksight') quickSightDataSet(scope, { datastoreId, role, settings });
}

interface RoleOptions {
  readonly kind: 'sagemaker' | 'redshift' | 'quicksight';
  readonly datastoreId: string;
  readonly statements: readonly RoleStatement[];
}

/** Assumed by the service for this account alone. Its name is CloudFormation's: told as an output. */
function readerRole(scope: Construct, { kind, datastoreId, statements }: RoleOptions): Role {
  const role = new Role(scope, `${kind}-${datastoreId}-role`, {
    assumedBy: new ServicePrincipal(`${kind}.amazonaws.com`, { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
    description: `Reads the lake of data store ${datastoreId}`,
  });
  new CfnManagedPolicy(scope, `${kind}-${datastoreId}-policy`, {
    description: `The lake of data store ${datastoreId}`,
    policyDocument: { Version: '2012-10-17', Statement: statements },
    roles: [role.roleName],
  });
  new CfnOutput(scope, `${kind}${datastoreId}RoleArn`, { value: role.roleArn, description: `The role by which ${kind} reads the lake of data store ${datastoreId}` });
  return role;
}

interface OtherAccount {
  readonly accountId: string;
  readonly datastoreId: string;
  readonly deployment: string;
}

/**
 * Lake Formation shares the database and its tables with the account, and reads the files for it
 * (https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode.html): those who are let in by IAM stay so. Whoever
 * deploys has to be an administrator of the data lake.
 */
function otherAccount(scope: Construct, { accountId, datastoreId, deployment }: OtherAccount): void {
  const role = new Role(scope, `account-${accountId}-${datastoreId}-role`, {
    assumedBy: new ServicePrincipal('lakeformation.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
    description: `Reads the files of the lake of data store ${datastoreId} for Lake Formation`,
  });
  const policy = new CfnManagedPolicy(scope, `account-${accountId}-${datastoreId}-policy`, {
    description: `The lake of data store ${datastoreId}`,
    policyDocument: { Version: '2012-10-17', Statement: lakeStatements(deployment, datastoreId) },
    roles: [role.roleName],
  });
  const location = new CfnResource(scope, `account-${accountId}-${datastoreId}-location`, {
    resourceArn: `${bucketArn(objectsBucketName(deployment))}/${analyticsPrefix(datastoreId)}lake`,
    useServiceLinkedRole: false,
    hybridAccessEnabled: true,
    roleArn: role.roleArn,
  });
  location.addResourceDependency(policy);
  const database = { catalogId: Aws.ACCOUNT_ID, name: lakeDatabaseName(deployment, datastoreId) };
  const permit = (what: string, permissions: readonly string[], resource: CfnPrincipalPermissions.ResourceProperty): void => {
    new CfnPrincipalPermissions(scope, `account-${accountId}-${datastoreId}-${what}`, {
      principal: { dataLakePrincipalIdentifier: accountId }, permissions: [...permissions], permissionsWithGrantOption: [...permissions], resource,
    }).addResourceDependency(location);
  };
  permit('database', ['DESCRIBE'], { database });
  permit('tables', ['SELECT', 'DESCRIBE'], { table: { catalogId: database.catalogId, databaseName: database.name, tableWildcard: {} } });
}
