/** SQS: its calls answered by an engine, its permissions by the caller's role and the queue's policy. */
import { QueueRefused } from '../queue-engine.ts';
import type { QueueEngine } from '../queue-engine.ts';
import { jsonAnswer, jsonCall, jsonError } from './service.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const keyActions: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['kms:GenerateDataKey', 'kms:Decrypt'],
  SendMessageBatch: ['kms:GenerateDataKey', 'kms:Decrypt'],
  ReceiveMessage: ['kms:Decrypt'],
};
/** One permission for one message or ten. */
const permissionOf: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage', DeleteMessageBatch: 'DeleteMessage', ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/** What passes through queues. */
export interface Sending {
  /** Bodies of messages, as they were sent. */
  readonly sent: string[];
  /** Queues whose messages wait for no time, as pauses of workflows are left out. */
  readonly undelayed: Set<string>;
}

export function sqs(world: World, queues: QueueEngine, { sent, undelayed }: Sending): Service {
  const { account, region } = world.place;
  return {
    accesses(request) {
      const { operation, input } = jsonCall(request);
      const name = (input.QueueUrl as string).split('/').at(-1)!;
      const own = { action: `sqs:${permissionOf[operation] ?? operation}`, resource: `arn:aws:sqs:${region}:${account}:${name}` };
      const key = world.queueKeys.get(name);
      return [own, ...(key === undefined ? [] : world.keys.uses(key, 'sqs', keyActions[operation] ?? []))];
    },
    async answer(request) {
      const { operation, input } = jsonCall(request);
      const isSent = operation.startsWith('SendMessage');
      if (isSent) sent.push(request.body.toString());
      const isUndelayed = isSent && undelayed.has((input.QueueUrl as string).split('/').at(-1)!);
      // Absent where it is undefined.
      const atOnce = (message: object): object => ({ ...message, DelaySeconds: undefined });
      const whole = isUndelayed ? atOnce({ ...input, ...(input.Entries !== undefined && { Entries: (input.Entries as readonly object[]).map(atOnce) }) }) : input;
      try {
        return jsonAnswer(queues.call(operation, whole));
      } catch (error) {
        if (!(error instanceof QueueRefused)) throw error;
        return jsonError(`com.amazonaws.sqs#${error.type}`, error.message);
      }
    },
    denied: (reason) => jsonError('AccessDenied', reason, 403),
  };
}
