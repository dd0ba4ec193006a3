/** A queue for each capability that works in the background, and one for what it failed at. */
import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functions } from '../../src/aws/functions.ts';
import type { FunctionSpec, QueueCapability } from '../../src/aws/functions.ts';
import { failureQueueName, queueName } from '../../src/aws/names.ts';
import type { Settings } from '../kit/settings.ts';

/** Beyond a passing fault of a table; each attempt takes up where the last one ended. */
const maxReceives = 5;

/** The most that SQS keeps: two weeks to look at a failure before it is lost. */
const retention = Duration.days(14);

/** Where nothing consumes yet. */
const defaultVisibility = Duration.seconds(30);

export interface CapabilityQueue {
  readonly capability: QueueCapability;
  readonly queue: Queue;
  readonly failures: Queue;
}

/** @returns those that a function sends to or works on, in the order of their names */
export function queueCapabilities(specs: readonly FunctionSpec[]): readonly QueueCapability[] {
  const granted = specs.flatMap(({ grants }) => grants.flatMap((grant) => ('queue' in grant ? [grant.queue] : 'failuresOf' in grant ? [grant.failuresOf] : [])));
  return [...new Set(granted)].sort();
}

export function queues(scope: Construct, encryptionMasterKey: IKey, { name }: Settings): readonly CapabilityQueue[] {
  const shared = { encryption: QueueEncryption.KMS, encryptionMasterKey, enforceSSL: true, retentionPeriod: retention } as const;
  return queueCapabilities(functions).map((capability) => {
    const failures = new Queue(scope, `${capability}-failed`, { ...shared, queueName: failureQueueName(name, capability) });
    const queue = new Queue(scope, capability, {
      ...shared,
      queueName: queueName(name, capability),
      visibilityTimeout: visibilityOf(capability),
      deadLetterQueue: { queue: failures, maxReceiveCount: maxReceives },
    });
    return { capability, queue, failures };
  });
}

/** Twice the consumer's time: it is over before anyone else is given the message, and a retry does not wait for hours. */
function visibilityOf(capability: QueueCapability): Duration {
  const consumer = functions.find(({ consumes }) => consumes?.queue === capability);
  return consumer === undefined ? defaultVisibility : Duration.seconds(2 * consumer.timeoutSeconds);
}
