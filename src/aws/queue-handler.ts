/** A function that works on a queue, message by message, and tells Lambda which are to come back. */
import type { QueueAnswer, QueueEvent, QueueRecord } from './transaction-job-handler.ts';

/** @param work does what one message says, given as parsed JSON and when it was sent, ms since the epoch; one that throws comes back, alone */
export function queueHandler(
  work: (message: unknown, sent: number) => Promise<void>, report: (error: unknown) => void,
): (event: QueueEvent) => Promise<QueueAnswer> {
  const succeeds = async ({ body, attributes }: QueueRecord): Promise<boolean> => {
    try {
      await work(JSON.parse(body), Number(attributes.SentTimestamp));
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  };
  return async ({ Records }) => {
    const succeeded = await Promise.all(Records.map(succeeds));
    const failed = Records.filter((_, index) => !succeeded[index]);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
