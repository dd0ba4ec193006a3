/** A queue for each capability that works in the background, and one for what it failed at. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functions } from '../../src/aws/functions.ts';
import type { FunctionSpec, QueueCapability } from '../../src/aws/functions.ts';
import { failureQueueName, queueName } from '../../src/aws/names.ts';
import type { Settings } from '../kit/settings.ts';

/** Beyond a passing fault of a table, where the consumer does not say; each attempt takes up where the last one ended. */
const defaultMaxReceives = 5;

/** The most that SQS keeps: two weeks to look at a failure before it is lost. */
const retention = Duration.days(14);

/** Where nothing consumes yet. */
const defaultVisibility = Duration.seconds(30);

export interface CapabilityQueue {
  readonly capability: QueueCapability;
  /** Absent where the capability works on something else, and has failures only. */
  readonly queue?: Queue;
  readonly failures: Queue;
}

/** @returns those that a function sends to or works on, in the order of their names */
export function queueCapabilities(specs: readonly FunctionSpec[]): readonly { readonly capability: QueueCapability; readonly failuresOnly: boolean }[] {
  const grants = specs.flatMap((spec) => spec.grants);
  const worked = new Set(grants.flatMap((grant) => ('queue' in grant ? [grant.queue] : [])));
  const failing = grants.flatMap((grant) => ('failuresOf' in grant ? [grant.failuresOf] : []));
  return [...new Set([...worked, ...failing])].sort().map((capability) => ({ capability, failuresOnly: !worked.has(capability) }));
}

export function queues(scope: Construct, encryptionMasterKey: IKey, { name, retain }: Settings): readonly CapabilityQueue[] {
  const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const shared = { encryption: QueueEncryption.KMS, encryptionMasterKey, enforceSSL: true, retentionPeriod: retention, removalPolicy } as const;
  return queueCapabilities(functions).map(({ capability, failuresOnly }) => {
    const failures = new Queue(scope, `${capability}-failed`, { ...shared, queueName: failureQueueName(name, capability) });
    if (failuresOnly) return { capability, failures };
    const consumer = functions.find(({ consumes }) => consumes?.queue === capability);
    const queue = new Queue(scope, capability, {
      ...shared,
      queueName: queueName(name, capability),
      visibilityTimeout: visibilityOf(consumer),
      deadLetterQueue: { queue: failures, maxReceiveCount: consumer?.consumes?.maxReceives ?? defaultMaxReceives },
    });
    return { capability, queue, failures };
  });
}

/** Twice the consumer's time: it is over before anyone else is given the message, and a retry does not wait for hours. */
function visibilityOf(consumer: FunctionSpec | undefined): Duration {
  return consumer === undefined ? defaultVisibility : Duration.seconds(2 * consumer.timeoutSeconds);
}
