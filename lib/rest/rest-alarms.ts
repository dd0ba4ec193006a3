/** What clients notice: answers that failed, and answers that were slow. */
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarm, alarmPeriod } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { stageName } from './rest-api.ts';

/** One request in a hundred, of those of five minutes. */
const maxFailedShare = 0.01;
/** A search may take its whole budget of ten seconds; when one answer in a hundred takes longer, something is wrong. */
const maxLatencyMs = 12_000;

export interface RestAlarms {
  readonly settings: Settings;
  readonly topic: ITopic;
  readonly apiName: string;
}

export function gatewayMetric(apiName: string, metricName: string, statistic: string): Metric {
  return new Metric({ namespace: 'AWS/ApiGateway', metricName, statistic, period: alarmPeriod, dimensionsMap: { ApiName: apiName, Stage: stageName } });
}

export function restAlarms(scope: Construct, { settings, topic, apiName }: RestAlarms): void {
  alarm(scope, 'failing-alarm', {
    alarmName: `${settings.name}-interface-failing`,
    meaning: 'More than one request in a hundred was answered with a fault (5xx).',
    runbookAnchor: 'interface-failing',
    // The average of a metric that is 0 or 1 is a share.
    metric: gatewayMetric(apiName, '5XXError', 'avg'),
    above: maxFailedShare,
    topic,
  });
  alarm(scope, 'slow-alarm', {
    alarmName: `${settings.name}-interface-slow`,
    meaning: 'One answer in a hundred took longer than 12 seconds.',
    runbookAnchor: 'interface-slow',
    metric: gatewayMetric(apiName, 'Latency', 'p99'),
    above: maxLatencyMs,
    periods: 3,
    topic,
  });
  alarm(scope, 'throttled-alarm', {
    alarmName: `${settings.name}-functions-throttled`,
    meaning: 'Functions of this account were refused for want of concurrency.',
    runbookAnchor: 'functions-throttled',
    // Of all functions of the account: concurrency is what they share.
    metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'sum', period: alarmPeriod }),
    above: 0,
    topic,
  });
}
