/** The statements of roles that make lakes known to Glue and Athena, ask of them, and have them looked after. */
import { Aws } from 'aws-cdk-lib';
import type { CatalogGrant, Grant, LakeWorkflowGrant, QuestionsGrant, WorkgroupsGrant } from '../../src/aws/functions.ts';
import { anyStore, lakeDatabaseName, lakeWorkflowName, queryRoleName, workgroupName } from '../../src/aws/names.ts';
import { catalogArn, databaseArn, databaseFunctionsArn, databaseTablesArn, roleArn, workflowArn, workgroupArn } from './arns.ts';
import { allow } from './role-statement.ts';
import type { RoleStatement } from './role-statement.ts';

export type AnalyticsGrant = CatalogGrant | WorkgroupsGrant | QuestionsGrant | LakeWorkflowGrant;

export function isAnalyticsGrant(grant: Grant): grant is AnalyticsGrant {
  return 'catalog' in grant || 'workgroups' in grant || 'questions' in grant || 'lakeWorkflow' in grant;
}

export function analyticsStatements(deployment: string, grant: AnalyticsGrant): readonly RoleStatement[] {
  if ('catalog' in grant) return [catalogStatement(deployment, grant)];
  if ('workgroups' in grant) return [allow('Workgroups', grant.workgroups.map((call) => `athena:${call}`), workgroupArn(workgroupName(deployment, anyStore)))];
  if ('questions' in grant) return [allow('AssumeQueryRole', grant.questions.map((call) => `sts:${call}`), roleArn(queryRoleName(deployment, Aws.REGION)))];
  return [allow('LakeRuns', grant.lakeWorkflow.map((call) => `states:${call}`), workflowArn(lakeWorkflowName(deployment)))];
}

/**
 * A call on a database or a table needs leave for what it lies in too, and deleting a database for all that lies in it
 * (https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html).
 */
function catalogStatement(deployment: string, { catalog }: CatalogGrant): RoleStatement {
  const database = lakeDatabaseName(deployment, anyStore);
  const inside = catalog.some((call) => /Table/.test(call) || call === 'DeleteDatabase') ? [databaseTablesArn(database)] : [];
  const functions = catalog.includes('DeleteDatabase') ? [databaseFunctionsArn(database)] : [];
  return allow('Catalog', catalog.map((call) => `glue:${call}`), catalogArn(), databaseArn(database), ...inside, ...functions);
}
