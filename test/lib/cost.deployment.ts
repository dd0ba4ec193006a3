/** What docs/cost.md counts is what the stacks make: keys, alarms by their metrics, dashboards, metrics of methods. */
import { beforeAll, expect, test } from '@jest/globals';
import { deployed } from '../../scripts/cost/idle.ts';
import { synthesizedByDefault } from './synthesized.ts';
import type { Properties, Synthesized } from './synthesized.ts';

let made: Synthesized;

beforeAll(() => {
  made = synthesizedByDefault();
});

test('the cost page counts what is deployed by default', () => {
  const alarms = made.resources('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
  const stages = made.resources('AWS::ApiGateway::Stage').flatMap(({ properties }) => properties['MethodSettings'] as Properties[]);
  expect({
    keys: made.resources('AWS::KMS::Key').length,
    alarms: alarms.length,
    alarmMetrics: alarms.reduce((sum, { Metrics }) => sum + (Metrics?.filter((each: Properties) => each['MetricStat']).length ?? 1), 0),
    dashboards: made.resources('AWS::CloudWatch::Dashboard').length,
    detailedMetrics: stages.some(({ MetricsEnabled }) => MetricsEnabled === true),
  }).toEqual(deployed);
});

test('nothing else is deployed that is paid by the hour', () => {
  const byTheHour = ['AWS::WAFv2::WebACL', 'AWS::SecretsManager::Secret', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::NatGateway'];
  expect(byTheHour.flatMap((type) => made.resources(type))).toEqual([]);
});
