/**
 * Where the platform tells what becomes of data stores and jobs, for whoever wants to follow: EventBridge on AWS
 * (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html), a log with an endpoint
 * embedded. Nothing of a resource is ever in an event.
 */
import type { JsonObject } from '../fhir/json.ts';

export interface PlatformEvent {
  /** Whose event it is, in EventBridge's sense. */
  readonly source: string;
  /** What happened, as `Data Store Active`. */
  readonly detailType: string;
  readonly detail: JsonObject;
  /** When it happened, in milliseconds since the epoch. An event that is told again has the same. */
  readonly time: number;
  /** ARNs of what it happened to. */
  readonly resources: readonly string[];
}

export interface EventBus {
  /** Resolves when the event is certain to reach those who follow. @throws Error when it is not, and it is to be told again */
  publish(event: PlatformEvent): Promise<void>;
}
