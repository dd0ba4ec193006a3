/** The deployment's queues as an operator sees and handles them. */
import type { Deployed } from './deployed.ts';
import { queueCall } from './engines.ts';

const queueUrl = ({ engines, assembly }: Deployed, capability: string): string => `${engines.moto}/${assembly.place.account}/caldera-${capability}`;

/** Messages that lie in the queue; those that wait for their time, or are being worked on, included. */
export async function messagesIn(deployed: Deployed, capability: string): Promise<number> {
  const QueueUrl = queueUrl(deployed, capability);
  const { Attributes } = (await queueCall(deployed.engines.moto, 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })) as { Attributes: Record<string, string> };
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
  const { moto } = deployed.engines;
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = (await queueCall(moto, 'ReceiveMessage', { QueueUrl: queueUrl(deployed, 'stream-failed'), MaxNumberOfMessages: 10 })) as { Messages?: Message[] };
    if (Messages.length === 0) break;
    bodies.push(...Messages.map(({ Body }) => Body));
    for (const { ReceiptHandle } of Messages) await queueCall(moto, 'DeleteMessage', { QueueUrl: queueUrl(deployed, 'stream-failed'), ReceiptHandle });
  }
  for (const MessageBody of bodies) await queueCall(moto, 'SendMessage', { QueueUrl: queueUrl(deployed, 'stream'), MessageBody });
  return bodies.length;
}

interface Message {
  readonly Body: string;
  readonly ReceiptHandle: string;
}
