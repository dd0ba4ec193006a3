/** A durable queue of small messages, each delivered at least once, in no order. */

/** What every queue takes in one message, as JSON. */
export const maxMessageBytes = 256 * 1024;

export interface Queue<Message> {
  /** Resolves when all that could be sent are durable. @returns the indices of those that were not taken, for another try */
  send(messages: readonly Message[], options?: SendOptions): Promise<readonly number[]>;
}

export interface SendOptions {
  /** Nobody sees the messages before; at most 900. */
  readonly delaySeconds?: number;
}
