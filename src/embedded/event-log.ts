/**
 * The bus of the embedded platform: the latest events on the disk, numbered, for whoever asks what came after the last one
 * that it has. An event is published when it is on the disk; the oldest leave.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus, PlatformEvent } from '../ports/event-bus.ts';
import type { Ids } from '../ports/ids.ts';
import type { Item, Key, OrderedTable } from '../ports/ordered-table.ts';
import type { Place } from '../operations/control/control-operation.ts';

/** Some hundreds of lives of a data store, or of jobs; a few megabytes. */
export const maxKeptEvents = 10_000;
/** Events of one answer. */
export const maxEventPage = 100;

const partition = 'events';
/** Numbers sort as text. */
const digits = 16;

/** As EventBridge delivers it (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html). */
export interface DeliveredEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second, as EventBridge's. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: PlatformEvent['detail'];
}

export interface EventPage {
  readonly events: readonly DeliveredEvent[];
  /** The number of the last event that the asker has now. */
  readonly next: number;
  /** Events after the number asked for have left already. */
  readonly missed: boolean;
}

export interface EventLog extends EventBus {
  /**
   * Events after the one numbered so, from 0, oldest first.
   * @param waitMs how long to wait for one where there is none yet
   */
  after(number: number, waitMs?: number): Promise<EventPage>;
  /** Lets go of all who wait, and of those to come. */
  release(): void;
}

export interface EventLogOptions {
  readonly table: OrderedTable;
  readonly ids: Pick<Ids, 'uuid'>;
  readonly place: Place;
}

export async function eventLog(options: EventLogOptions): Promise<EventLog> {
  const { table } = options;
  const { items: [last] } = await table.query({ pk: partition, descending: true, limit: 1, strong: true });
  const state = { last: last === undefined ? 0 : Number(last.sk), released: false };
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const stop of waiting) stop();
    waiting.clear();
  };
  const page = async (number: number): Promise<EventPage> => {
    if (number >= state.last) return { events: [], next: state.last, missed: false };
    // What is numbered beyond the last is not on the disk yet.
    const bounds = { from: keyOf(number + 1).sk, to: keyOf(state.last + 1).sk };
    const { items } = await table.query({ pk: partition, ...bounds, limit: maxEventPage, strong: true });
    return { events: items.map(eventOf), next: Number(items.at(-1)?.sk ?? state.last), missed: Number(items[0]?.sk) > number + 1 };
  };
  let writing = Promise.resolve();
  const write = async (event: PlatformEvent): Promise<void> => {
    const number = state.last + 1;
    await table.put({ ...keyOf(number), body: bytesOf(delivered(event, options)) });
    state.last = number;
    wake();
    if (number > maxKeptEvents) await table.delete(keyOf(number - maxKeptEvents));
  };
  return {
    publish(event) {
      const written = writing.then(() => write(event));
      writing = written.catch(() => {});
      return written;
    },
    async after(number, waitMs = 0) {
      if (number < state.last || waitMs === 0 || state.released) return page(number);
      const woken = new AbortController();
      const stop = (): void => woken.abort();
      waiting.add(stop);
      await sleep(waitMs, undefined, { signal: woken.signal, ref: false }).catch(() => {});
      waiting.delete(stop);
      return page(number);
    },
    release() {
      state.released = true;
      wake();
    },
  };
}

function keyOf(number: number): Key {
  return { pk: partition, sk: String(number).padStart(digits, '0') };
}

function delivered({ source, detailType, detail, time, resources }: PlatformEvent, { ids, place: { account, region } }: EventLogOptions): DeliveredEvent {
  const second = new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
  return { version: '0', id: ids.uuid(), 'detail-type': detailType, source, account, time: second, region, resources, detail };
}

function bytesOf(event: DeliveredEvent): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(event));
}

function eventOf({ body }: Item): DeliveredEvent {
  return JSON.parse(new TextDecoder().decode(body)) as DeliveredEvent;
}
