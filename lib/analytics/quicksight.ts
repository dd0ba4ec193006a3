/**
 * A data source of QuickSight over one data store's workgroup, and a data set to begin with: a row for each problem of each patient
 * (https://docs.aws.amazon.com/quicksight/latest/APIReference/API_CreateDataSet.html). It asks Athena each time: nothing of it
 * is copied into SPICE unless its owner chooses so.
 */
import { Aws } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { CfnDataSet, CfnDataSource } from 'aws-cdk-lib/aws-quicksight';
import type { Construct } from 'constructs';
import { lakeDatabaseName, workgroupName } from '../../src/aws/names.ts';
import type { Settings } from '../kit/settings.ts';

const dataSourceActions = ['DescribeDataSource', 'DescribeDataSourcePermissions', 'PassDataSource', 'UpdateDataSource', 'DeleteDataSource', 'UpdateDataSourcePermissions'];
const dataSetActions = [
  'DescribeDataSet', 'DescribeDataSetPermissions', 'PassDataSet', 'DescribeIngestion', 'ListIngestions', 'UpdateDataSet', 'DeleteDataSet',
  'CreateIngestion', 'CancelIngestion', 'UpdateDataSetPermissions',
];

/** What QuickSight calls each column; the statement gives them in this order. */
const columns: readonly (readonly [name: string, type: 'STRING' | 'DATETIME' | 'INTEGER'])[] = [
  ['patient_id', 'STRING'], ['gender', 'STRING'], ['age', 'INTEGER'],
  ['condition_code', 'STRING'], ['condition_name', 'STRING'], ['clinical_status', 'STRING'], ['began', 'DATETIME'], ['ended', 'DATETIME'],
];

const problemsOfPatients = (database: string): string => [
  'SELECT patient.id AS patient_id, patient.gender, date_diff(\'year\', patient.birthdate_date, current_date) AS age,',
  'element_at(condition.code.coding, 1).code AS condition_code,',
  'coalesce(condition.code.text, element_at(condition.code.coding, 1).display) AS condition_name,',
  'element_at(condition.clinicalstatus.coding, 1).code AS clinical_status,',
  'condition.onsetdatetime_timestamp AS began, condition.abatementdatetime_timestamp AS ended',
  `FROM "${database}".condition JOIN "${database}".patient ON patient.id = condition.subject.reference_id`,
].join(' ');

interface DataSetOptions {
  readonly datastoreId: string;
  /** By which QuickSight asks Athena. */
  readonly role: Role;
  readonly settings: Settings;
}

export function quickSightDataSet(scope: Construct, { datastoreId, role, settings }: DataSetOptions): void {
  const owner = (actions: readonly string[]) => [{ principal: settings.quickSightPrincipalArn!, actions: actions.map((action) => `quicksight:${action}`) }];
  const source = new CfnDataSource(scope, `quicksight-${datastoreId}-source`, {
    awsAccountId: Aws.ACCOUNT_ID,
    dataSourceId: `${settings.name}-${datastoreId}`,
    name: `Caldera ${datastoreId}`,
    type: 'ATHENA',
    dataSourceParameters: { athenaParameters: { workGroup: workgroupName(settings.name, datastoreId), roleArn: role.roleArn } },
    permissions: owner(dataSourceActions),
  });
  source.node.addDependency(role);
  new CfnDataSet(scope, `quicksight-${datastoreId}-problems`, {
    awsAccountId: Aws.ACCOUNT_ID,
    dataSetId: `${settings.name}-${datastoreId}-problems`,
    name: 'Problems of patients',
    importMode: 'DIRECT_QUERY',
    physicalTableMap: {
      problems: {
        customSql: {
          name: 'problems', dataSourceArn: source.attrArn, sqlQuery: problemsOfPatients(lakeDatabaseName(settings.name, datastoreId)),
          columns: columns.map(([name, type]) => ({ name, type })),
        },
      },
    },
    permissions: owner(dataSetActions),
  });
}
