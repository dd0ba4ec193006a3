/**
 * Event source mappings of Lambda, from data stores' streams to the function that carries the change feed
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html).
 */
import {
  CreateEventSourceMappingCommand, DeleteEventSourceMappingCommand, ListEventSourceMappingsCommand, ResourceConflictException,
  ResourceNotFoundException, UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { EventSourceMappingConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import type { StreamMapping, StreamMappings } from '../ports/stream-mappings.ts';
import { itemFieldNames } from '../ports/table-limits.ts';
import { storeTableName } from './names.ts';

/** A batch ends in a few messages to a queue; a larger one saves no calls. */
export const feedBatchSize = 100;
/** Changes wait so long for others, which a bundle flip sends along. */
export const feedWindowSeconds = 1;
/** What one record fails at, the function sets aside itself; these are for faults of the function. */
export const feedRetries = 8;

export interface LambdaStreamMappingsOptions {
  readonly client: Pick<LambdaClient, 'send'>;
  readonly deployment: string;
  /** The name of the function that the streams feed. */
  readonly functionName: string;
  readonly failureQueueArn: string;
}

/** Only puts that are announced: committed versions, and bundles that were. */
const announced = { eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: { [itemFieldNames.announce]: { BOOL: [true] } } } };

/** Everything about a mapping that may change after it was made. */
export function mappingSettings(failureQueueArn: string) {
  return {
    BatchSize: feedBatchSize,
    MaximumBatchingWindowInSeconds: feedWindowSeconds,
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify(announced) }] },
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: feedRetries,
    FunctionResponseTypes: ['ReportBatchItemFailures' as const],
    DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
  };
}

export function lambdaStreamMappings(options: LambdaStreamMappingsOptions): StreamMappings {
  const { client, deployment, functionName: FunctionName, failureQueueArn } = options;
  const settings = mappingSettings(failureQueueArn);
  return {
    async find(datastoreId) {
      const source = `:table/${storeTableName(deployment, datastoreId, 'resources')}/stream/`;
      const found: StreamMapping[] = [];
      let Marker: string | undefined;
      do {
        const page = await client.send(new ListEventSourceMappingsCommand({ FunctionName, Marker }));
        for (const one of page.EventSourceMappings ?? []) {
          if (one.EventSourceArn?.includes(source)) found.push(mappingOf(one, settings));
        }
        Marker = page.NextMarker;
      } while (Marker !== undefined && Marker !== '');
      return found;
    },
    async create(EventSourceArn) {
      const source = { FunctionName, EventSourceArn, StartingPosition: 'TRIM_HORIZON' } as const;
      const command = new CreateEventSourceMappingCommand({ ...source, ...settings });
      await client.send(command).catch((error: unknown) => {
        // There is one already, which the next look finds.
        if (!(error instanceof ResourceConflictException)) throw error;
      });
    },
    async update(UUID) {
      await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true, ...settings }));
    },
    async delete(UUID) {
      await client.send(new DeleteEventSourceMappingCommand({ UUID })).catch((error: unknown) => {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      });
    },
  };
}

const states: Readonly<Record<string, StreamMapping['state']>> = { Enabled: 'enabled', Disabled: 'disabled', Deleting: 'deleting' };

function mappingOf(found: EventSourceMappingConfiguration, settings: ReturnType<typeof mappingSettings>): StreamMapping {
  const current = Object.entries(settings).every(([name, wanted]) => includes(found[name as keyof typeof settings], wanted));
  return { id: found.UUID!, streamArn: found.EventSourceArn!, state: states[found.State ?? ''] ?? 'changing', current };
}

/** Whether what was found says all that is wanted; Lambda adds to what it was given. */
function includes(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  const all = Object(found) as Record<string, unknown>;
  return Object.entries(wanted).every(([name, value]) => includes(all[name], value));
}
