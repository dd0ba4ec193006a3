/** A queue whose messages can be looked at, and which can refuse some. */
import type { Queue, SendOptions } from '../../../src/ports/queue.ts';

export class MemoryQueue<Message> implements Queue<Message> {
  readonly messages: Message[] = [];
  readonly options: SendOptions[] = [];
  refuses: (message: Message) => boolean = () => false;

  async send(messages: readonly Message[], options: SendOptions = {}): Promise<readonly number[]> {
    this.options.push(options);
    this.messages.push(...messages.filter((message) => !this.refuses(message)));
    return messages.flatMap((message, index) => (this.refuses(message) ? [index] : []));
  }
}
