/** A durable queue of small messages, each delivered at least once, in no order. */

/** SQS took this much for long, and a request for ten messages holds no more. */
export const maxMessageBytes = 256 * 1024;

export interface Queue<Message> {
  /** Resolves when all that could be sent are durable. @returns the indices of those that were not taken, for another try */
  send(messages: readonly Message[]): Promise<readonly number[]>;
}
