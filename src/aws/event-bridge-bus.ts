/** An `EventBus` of EventBridge (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html). */
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { EventBus } from '../ports/event-bus.ts';

export interface EventBridgeBusOptions {
  readonly client: Pick<EventBridgeClient, 'send'>;
  /** `arn:{partition}:events:{region}:{account}:event-bus/{name}` */
  readonly busArn: string;
}

export function eventBridgeBus({ client, busArn: EventBusName }: EventBridgeBusOptions): EventBus {
  return {
    async publish({ source: Source, detailType: DetailType, detail, time, resources }) {
      const Entries = [{ EventBusName, Source, DetailType, Detail: JSON.stringify(detail), Time: new Date(time), Resources: [...resources] }];
      const { FailedEntryCount, Entries: [entry] = [] } = await client.send(new PutEventsCommand({ Entries }));
      // An entry may be refused out of a call that succeeds.
      if (FailedEntryCount !== 0) throw new Error(`EventBridge did not take an event: ${entry?.ErrorCode}.`);
    },
  };
}
