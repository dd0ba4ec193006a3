/** The deployment's queues as an operator sees and handles them. */
import type { Deployed } from './deployed.ts';
import type { ReceivedMessage } from './queue-engine.ts';

const queueUrl = ({ engines }: Deployed, capability: string): string => engines.queues.call('GetQueueUrl', { QueueName: `caldera-${capability}` }).QueueUrl as string;

/** Messages that lie in the queue; those that wait for their time, or are being worked on, included. */
export async function messagesIn(deployed: Deployed, capability: string): Promise<number> {
  const QueueUrl = queueUrl(deployed, capability);
  const { Attributes } = deployed.engines.queues.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }) as { Attributes: Record<string, string> };
  const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed', 'ApproximateNumberOfMessagesNotVisible'];
  return counts.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

/**
 * Has the change feed carry again what it failed at: moves the messages of its failure queue back, as a redrive does
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html).
 *
 * @returns how many there were
 */
export async function moveBack(deployed: Deployed): Promise<number> {
  const { queues } = deployed.engines;
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = queues.call('ReceiveMessage', { QueueUrl: queueUrl(deployed, 'stream-failed'), MaxNumberOfMessages: 10 }) as { Messages?: readonly ReceivedMessage[] };
    if (Messages.length === 0) break;
    bodies.push(...Messages.map(({ Body }) => Body));
    for (const { ReceiptHandle } of Messages) queues.call('DeleteMessage', { QueueUrl: queueUrl(deployed, 'stream-failed'), ReceiptHandle });
  }
  for (const MessageBody of bodies) queues.call('SendMessage', { QueueUrl: queueUrl(deployed, 'stream'), MessageBody });
  return bodies.length;
}
