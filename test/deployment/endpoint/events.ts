/** EventBridge as far as the deployment uses it: takes events (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html). */
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Service } from './service.ts';

/** As they were put. */
export interface PutEvent {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  /** JSON. */
  readonly Detail: string;
  /** Seconds since the epoch. */
  readonly Time: number;
  readonly Resources: readonly string[];
}

export interface Events extends Service {
  readonly put: readonly PutEvent[];
  /** From now on entries are refused, in calls that succeed; `false` ends it. */
  refuse(refusing: boolean): void;
}

export function events(): Events {
  const put: PutEvent[] = [];
  let refusing = false;
  return {
    put,
    refuse: (next) => void (refusing = next),
    accesses(request) {
      const { operation, input } = jsonCall(request);
      const entries = (input.Entries ?? []) as readonly PutEvent[];
      return entries.map(({ EventBusName, Source, DetailType }) => ({
        action: `events:${operation}`, resource: EventBusName, context: { 'events:source': Source, 'events:detail-type': DetailType },
      }));
    },
    async answer(request) {
      const { operation, input } = jsonCall(request);
      if (operation !== 'PutEvents') throw unknownOperation('events', operation);
      const entries = input.Entries as readonly PutEvent[];
      if (refusing) return jsonAnswer({ FailedEntryCount: entries.length, Entries: entries.map(() => ({ ErrorCode: 'InternalFailure', ErrorMessage: 'Injected.' })) });
      put.push(...entries);
      return jsonAnswer({ FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) });
    },
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
}
