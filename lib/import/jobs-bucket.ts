/**
 * The bucket of bulk jobs that is there without being set up: for inputs and outputs, and for inboxes. What is dropped below
 * `inbox/{datastoreId}/` is told to EventBridge, and by it to the queue of inboxes
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html).
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { inboxRoot } from '../../src/aws/names.ts';
import { jobsBucketName } from '../kit/arns.ts';
import type { Settings } from '../kit/settings.ts';

/** As for objects (lib/platform/objects-bucket.ts). */
const recoverableDays = 35;
const abandonedUploadDays = 7;

export function jobsBucket(scope: Construct, encryptionKey: IKey, { name, retain }: Settings): Bucket {
  const bucket = new Bucket(scope, 'jobs-bucket', {
    bucketName: jobsBucketName(name),
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    lifecycleRules: [{
      id: 'recoverable-for-a-while',
      noncurrentVersionExpiration: Duration.days(recoverableDays),
      abortIncompleteMultipartUploadAfter: Duration.days(abandonedUploadDays),
      expiredObjectDeleteMarker: true,
    }],
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  // The construct's own property brings a function and a custom resource for buckets of others.
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return bucket;
}

/** S3 tells of an object once it is whole; a file of an inbox is a message of the queue. */
export function inboxRule(scope: Construct, queue: Queue, { name }: Settings): void {
  const rule = new CfnRule(scope, 'inbox-rule', {
    description: 'Files that are dropped in inboxes of data stores',
    eventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [jobsBucketName(name)] }, object: { key: [{ prefix: inboxRoot }] } },
    },
    state: 'ENABLED',
    targets: [{ id: 'inbox', arn: queue.queueArn }],
  });
  queue.addToResourcePolicy(new PolicyStatement({
    sid: 'InboxRule', principals: [new ServicePrincipal('events.amazonaws.com')], actions: ['sqs:SendMessage'], resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
  }));
}
