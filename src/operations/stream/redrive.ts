/**
 * Carries again what the change feed failed at: an operator moves the messages of its failure queue back, and each names
 * a stretch of a stream. What the stream no longer has cannot be carried; its message fails again, and says so.
 */
import type { FailedStretch, StreamReader } from '../../ports/change-feed.ts';
import { fanOut } from './fan-out.ts';
import type { FanOutDependencies } from './fan-out.ts';

export interface RedriveDependencies extends FanOutDependencies {
  readonly reader: StreamReader;
}

export function redrive({ reader, ...dependencies }: RedriveDependencies): (stretch: FailedStretch) => Promise<void> {
  const deliver = fanOut(dependencies);
  return async (stretch) => {
    const left = await deliver(await reader.read(stretch));
    if (left.length > 0) throw new Error(`${left.length} changes of a failed stretch could not be carried.`);
  };
}

/**
 * The stretch that a message of the failure queue is about. Lambda writes one for a batch that it gave up
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html), `fan-out` one for a record it cannot read.
 *
 * @throws Error when it is about none
 */
export function failedStretch(message: unknown): FailedStretch {
  const { DDBStreamBatchInfo: batch, stream, position } = fieldsOf(message);
  if (typeof stream === 'string' && typeof position === 'string') return { stream, from: position, to: position };
  const { streamArn, shardId, startSequenceNumber: from, endSequenceNumber: to } = fieldsOf(batch);
  if (typeof streamArn !== 'string' || typeof shardId !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
    throw new Error('A message of the failure queue names no part of a stream.');
  }
  return { stream: streamArn, shard: shardId, from, to };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Readonly<Record<string, unknown>>;
}
