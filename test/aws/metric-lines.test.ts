import { describe, expect, test } from '@jest/globals';
import { gatewayHandler } from '../../src/aws/gateway-handler.ts';
import { measured, metricLine } from '../../src/aws/metric-lines.ts';
import { notFound } from '../../src/fhir/outcome.ts';
import { datastoreId, gatewayEvent } from './gateway-events.ts';

const request = { name: 'read', datastoreId, status: 200, at: 5_000, latencyMs: 12 } as const;

describe('a line of metrics', () => {
  test('has HealthLake\'s names, by operation and data store', () => {
    expect(JSON.parse(metricLine(request))).toEqual({
      _aws: {
        Timestamp: 5_000,
        CloudWatchMetrics: [{
          Namespace: 'Caldera',
          Dimensions: [['Operation', 'DatastoreId']],
          Metrics: [{ Name: 'CallCount', Unit: 'Count' }, { Name: 'SuccessfulRequests', Unit: 'Count' }, { Name: 'Latency', Unit: 'Milliseconds' }],
        }],
      },
      Operation: 'ReadResource', DatastoreId: datastoreId, CallCount: 1, SuccessfulRequests: 1, Latency: 12,
    });
  });

  test.each([[201, 'SuccessfulRequests'], [304, 'SuccessfulRequests'], [404, 'UserErrors'], [412, 'UserErrors'], [429, 'Throttles'], [500, 'SystemErrors'], [504, 'SystemErrors']])(
    'counts %i among %s', (status, outcome) => {
      expect(JSON.parse(metricLine({ ...request, status }))).toMatchObject({ [outcome]: 1 });
    });
});

async function linesOf(path: string, asked = datastoreId): Promise<readonly string[]> {
  const lines: string[] = [];
  let now = 1_000;
  const clock = { now: () => (now += 10) };
  const operationOf = async (id: string) => {
    if (id !== datastoreId) throw notFound('There is no such data store.');
    return async () => ({ status: 200, headers: {}, json: '{"resourceType":"Patient","name":[{"family":"Rivera"}]}' });
  };
  const { end, ...options } = measured({ name: 'read', operationOf }, { clock, write: (line) => lines.push(line) });
  const event = gatewayEvent({ path });
  const { status } = await gatewayHandler({ ...options, ids: { uuid: () => 'fault' }, report: () => {} })({ ...event, path: event.path.replace(datastoreId, asked) });
  end(status);
  return lines;
}

describe('a request', () => {
  test('to a store that there is has one line, and nothing of the request or its answer in it', async () => {
    const [line, ...others] = await linesOf('/Patient/secret-id');
    expect(others).toEqual([]);
    expect(JSON.parse(line!)).toMatchObject({ Operation: 'ReadResource', DatastoreId: datastoreId, Latency: 10, SuccessfulRequests: 1 });
    expect(line).not.toMatch(/secret-id|Rivera|Patient/);
  });

  test('to a store that there is not has none', async () => {
    expect(await linesOf('/Patient/secret-id', 'f'.repeat(32))).toEqual([]);
  });
});
