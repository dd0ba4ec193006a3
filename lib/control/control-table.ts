/** The table of data stores, their states and secrets: small, shared, and what a restore begins with. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { controlTableName } from '../../src/aws/names.ts';
import { itemFieldNames } from '../../src/ports/table-limits.ts';
import type { Settings } from '../kit/settings.ts';

export function controlTable(scope: Construct, encryptionKey: IKey, { name, retain }: Settings): Table {
  return new Table(scope, 'control-table', {
    tableName: controlTableName(name),
    partitionKey: { name: itemFieldNames.pk, type: AttributeType.STRING },
    sortKey: { name: itemFieldNames.sk, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: retain,
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
