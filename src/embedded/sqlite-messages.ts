/**
 * What the writer thread and those who write by it, the main thread and others, send each other. Structured cloning costs by the value, so a message is
 * one text, a flat list of fields as JSON, and one buffer of all bodies. An index entry takes three fields.
 */
import type { MessagePort } from 'node:worker_threads';

/** Flags in a write's first field; the table's number stands above them. */
export const writeFlag = {
  delete: 1,
  attributes: 2,
  body: 4,
  announce: 8,
  ifAbsent: 16,
  ifEquals: 32,
  acknowledge: 64,
  trim: 128,
} as const;
export const tableShift = 8;

export type Field = string | number;

/**
 * Requests one behind the other. A request: the number of its writes, then each write: flags and table, pk, sk,
 * [attributes as JSON], [length of its body], [the condition's attribute, [the value it equals]]; or for an
 * acknowledgement: flags and table, consumer, sequence; or for the backup's log to be trimmed: flags, sequence, ''.
 */
export interface WriteMessage {
  readonly requests: number;
  readonly writes: number;
  /** As JSON. */
  readonly fields: string;
  readonly bodies: Uint8Array<ArrayBuffer> | undefined;
}

/** From the main thread: no more comes. */
export interface CloseMessage {
  readonly close: true;
}

/** From here on what is written is logged for backups, or not any more: an earlier log goes. Answered by the same, when it is so. */
export interface LoggingMessage {
  readonly logging: boolean;
  /** In the answer: why it stays as it was. */
  readonly failure?: string;
}

/** From here on the change feeds carry what has keys that begin so, and nothing else. */
export interface FollowMessage {
  readonly follow: readonly string[];
}

/** From the main thread: another thread writes by this port, with messages of its own; its commits may wait for more of them. */
export interface ClientMessage {
  readonly client: MessagePort;
  readonly canWait: boolean;
}

/** What the main thread orders, which ends a group of writes: it counts for those behind it. */
export type Order = CloseMessage | LoggingMessage | FollowMessage;

export type WriterMessage = WriteMessage | ClientMessage | Order;

/** An item as it lies in the table. */
export interface FoundItem {
  readonly pk: string;
  readonly sk: string;
  readonly attributes: string | null;
  readonly body: Uint8Array | null;
}

/** An answer other than "written": the condition failed on `found`, or the write itself failed. */
export type Exception =
  | { readonly request: number; readonly found: FoundItem | undefined }
  | { readonly request: number; readonly failure: string };

/** The next `requests` requests are durable, but for the exceptions (numbered from 0 within them). */
export interface CommitMessage {
  readonly requests: number;
  readonly exceptions: readonly Exception[];
  /** How much the backup's log has grown by, in bytes; the main thread is told of what others wrote too. */
  readonly logged: number;
}
