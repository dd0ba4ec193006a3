/**
 * The key of what data stores share: the control table, queues, logs, the topic of alarms. Each store has a key of its
 * own beside it (docs/decisions/0004-one-store-on-aws.md).
 */
import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { platformKeyAlias } from '../../src/aws/names.ts';
import { logGroupArn } from '../kit/arns.ts';
import type { Settings } from '../kit/settings.ts';

export function platformKey(scope: Construct, { name, retain }: Settings): Key {
  const key = new Key(scope, 'platform-key', {
    alias: platformKeyAlias(name),
    description: `${name}: control table, queues, logs`,
    enableKeyRotation: true,
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const serviceMay = (service: string, actions: string[], conditions: Record<string, Record<string, string | string[]>>): void => {
    key.addToResourcePolicy(new PolicyStatement({ principals: [new ServicePrincipal(service)], actions, resources: ['*'], conditions }));
  };
  // CloudWatch Logs encrypts for log groups by itself: no role of ours asks for it.
  serviceMay(`logs.${Aws.REGION}.amazonaws.com`, ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:DescribeKey'], {
    ArnLike: {
      'kms:EncryptionContext:aws:logs:arn': [`/aws/lambda/${name}-*`, `/aws/vendedlogs/states/${name}-*`, `/${name}/*`].map(logGroupArn),
    },
  });
  // So do alarms when they ring, and rules that fill queues.
  serviceMay('events.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } });
  serviceMay('cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } });
  return key;
}
