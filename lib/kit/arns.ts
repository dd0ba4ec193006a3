/**
 * Where things are, from what they are called (src/aws/names.ts): stacks and roles name each other's resources
 * without exports between templates, which would lock one stack to another.
 */
import { Aws } from 'aws-cdk-lib';

const inAccount = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;

export const tableArn = (tableName: string): string => `arn:${Aws.PARTITION}:dynamodb:${inAccount}:table/${tableName}`;
export const queueArn = (name: string): string => `arn:${Aws.PARTITION}:sqs:${inAccount}:${name}`;
export const queueUrl = (name: string): string => `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/${name}`;
export const functionArn = (name: string): string => `arn:${Aws.PARTITION}:lambda:${inAccount}:function:${name}`;
/** Of event source mappings, which have ids for names. */
export const mappingArn = (): string => `arn:${Aws.PARTITION}:lambda:${inAccount}:event-source-mapping:*`;
export const workflowArn = (name: string): string => `arn:${Aws.PARTITION}:states:${inAccount}:stateMachine:${name}`;
export const runArn = (workflowName: string): string => `arn:${Aws.PARTITION}:states:${inAccount}:execution:${workflowName}:*`;
/** Which key it is, is said by a condition on its alias. */
export const anyKeyArn = (): string => `arn:${Aws.PARTITION}:kms:${inAccount}:key/*`;
export const keyAliasArn = (alias: string): string => `arn:${Aws.PARTITION}:kms:${inAccount}:${alias}`;
export const eventBusArn = (name: string): string => `arn:${Aws.PARTITION}:events:${inAccount}:event-bus/${name}`;
export const logGroupArn = (name: string): string => `arn:${Aws.PARTITION}:logs:${inAccount}:log-group:${name}`;
export const objectsBucketName = (deployment: string): string => `${deployment}-objects-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
export const jobsBucketName = (deployment: string): string => `${deployment}-jobs-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
export const bucketArn = (name: string): string => `arn:${Aws.PARTITION}:s3:::${name}`;

export const catalogArn = (): string => `arn:${Aws.PARTITION}:glue:${inAccount}:catalog`;
export const databaseArn = (name: string): string => `arn:${Aws.PARTITION}:glue:${inAccount}:database/${name}`;
export const databaseTablesArn = (database: string): string => `arn:${Aws.PARTITION}:glue:${inAccount}:table/${database}/*`;
export const databaseFunctionsArn = (database: string): string => `arn:${Aws.PARTITION}:glue:${inAccount}:userDefinedFunction/${database}/*`;
export const workgroupArn = (name: string): string => `arn:${Aws.PARTITION}:athena:${inAccount}:workgroup/${name}`;
export const roleArn = (name: string): string => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${name}`;

export const alarmTopicName = (deployment: string): string => `${deployment}-alarms`;
export const accessLogName = (deployment: string): string => `/${deployment}/access`;
