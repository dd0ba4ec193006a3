/** The one way to make a log group: under the platform's key, and not for ever. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface LogGroupSpec {
  readonly logGroupName: string;
  readonly retentionDays: RetentionDays;
  readonly key: IKey;
  /** Whether it outlives its stack; a log kept under its name is in the way of the next deployment. */
  readonly retain: boolean;
}

export function logGroup(scope: Construct, id: string, { logGroupName, retentionDays, key, retain }: LogGroupSpec): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName,
    retention: retentionDays,
    encryptionKey: key,
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
