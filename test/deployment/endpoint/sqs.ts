/** SQS: its calls answered by an engine, its permissions by the caller's role and the queue's policy. */
import { forwarded, jsonCall, jsonError } from './service.ts';
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

export function sqs(world: World, engine: string, { sent, undelayed }: Sending): Service {
  const { account, region } = world.place;
  return {
    accesses(request) {
      const { operation, input } = jsonCall(request);
      const name = (input.QueueUrl as string).split('/').at(-1)!;
      const own = { action: `sqs:${permissionOf[operation] ?? operation}`, resource: `arn:aws:sqs:${region}:${account}:${name}` };
      const key = world.queueKeys.get(name);
      return [own, ...(key === undefined ? [] : world.keys.uses(key, 'sqs', keyActions[operation] ?? []))];
    },
    answer(request) {
      const { operation, input } = jsonCall(request);
      if (!operation.startsWith('SendMessage')) return forwarded(engine, request);
      sent.push(request.body.toString());
      const isUndelayed = undelayed.has((input.QueueUrl as string).split('/').at(-1)!);
      // Absent where it is undefined.
      const atOnce = (message: object): object => ({ ...message, DelaySeconds: undefined });
      const whole = isUndelayed ? atOnce({ ...input, ...(input.Entries !== undefined && { Entries: (input.Entries as readonly object[]).map(atOnce) }) }) : input;
      return forwarded(engine, { ...request, body: Buffer.from(JSON.stringify(whole)) });
    },
    denied: (reason) => jsonError('AccessDenied', reason, 403),
  };
}
