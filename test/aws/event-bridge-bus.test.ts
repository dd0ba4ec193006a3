import { expect, test } from '@jest/globals';
import type { PutEventsCommand, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { eventBridgeBus } from '../../src/aws/event-bridge-bus.ts';

const busArn = 'arn:aws:events:eu-central-1:123456789012:event-bus/default';
const event = { source: 'caldera.healthlake', detailType: 'Data Store Active', detail: { datastoreId: 'one' }, time: 1_000, resources: ['arn'] };

function busAnswering(answer: Omit<PutEventsCommandOutput, '$metadata'>) {
  const sent: unknown[] = [];
  const send = async ({ input }: PutEventsCommand) => {
    sent.push(input);
    return { $metadata: {}, ...answer };
  };
  return { sent, bus: eventBridgeBus({ client: { send: send as never }, busArn }) };
}

test('an event is one entry of the bus that the functions may put events on', async () => {
  const { sent, bus } = busAnswering({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  await bus.publish(event);
  expect(sent).toEqual([{
    Entries: [{
      EventBusName: busArn, Source: 'caldera.healthlake', DetailType: 'Data Store Active', Detail: '{"datastoreId":"one"}', Time: new Date(1_000), Resources: ['arn'],
    }],
  }]);
});

test('an entry that is refused out of a call that succeeds is not published', async () => {
  const { bus } = busAnswering({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] });
  await expect(bus.publish(event)).rejects.toThrow('EventBridge did not take an event: ThrottlingException.');
});
