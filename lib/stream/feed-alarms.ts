/** A change feed that stands still, and schedules that do. */
import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { functions } from '../../src/aws/functions.ts';
import { functionName } from '../../src/aws/names.ts';
import { alarm, alarmPeriod } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';

/** The function that carries the feed of every data store. */
export const feedFunction = 'fan-out';

/** DynamoDB keeps a stream for 24 hours: time enough is left to look. */
const maxFeedAge = Duration.hours(1);

/** A schedule that was not called for so many of its intervals has stopped. */
const missedIntervals = 3;

/** The longest that one point of an alarm can be (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html). */
const maxAlarmPeriodMinutes = 24 * 60;

export function functionMetric(deployment: string, name: string, { metricName, statistic, minutes = alarmPeriod.toMinutes() }: { metricName: string; statistic: string; minutes?: number }): Metric {
  return new Metric({
    namespace: 'AWS/Lambda', metricName, statistic, period: Duration.minutes(minutes), dimensionsMap: { FunctionName: functionName(deployment, name) },
  });
}

export function feedAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'feed-late-alarm', {
    alarmName: `${settings.name}-change-feed-late`,
    meaning: 'The oldest change that the feed has not carried yet is more than an hour old.',
    runbookAnchor: 'change-feed-late',
    metric: functionMetric(settings.name, feedFunction, { metricName: 'IteratorAge', statistic: 'max' }),
    above: maxFeedAge.toMilliseconds(),
    topic,
  });
  for (const { name, everyMinutes } of functions) {
    if (everyMinutes === undefined) continue;
    const minutes = Math.min(everyMinutes * missedIntervals, maxAlarmPeriodMinutes);
    alarm(scope, `${name}-stopped-alarm`, {
      alarmName: `${settings.name}-${name}-stopped`,
      meaning: `The schedule ${name} has not run without an error for ${missedIntervals} of its intervals.`,
      runbookAnchor: `${name}-stopped`,
      metric: succeeded(settings.name, name, minutes),
      below: 1,
      periods: Math.max(1, Math.floor((everyMinutes * missedIntervals) / minutes)),
      topic,
    });
  }
}

function succeeded(deployment: string, name: string, minutes: number): MathExpression {
  const metric = (metricName: string): Metric => functionMetric(deployment, name, { metricName, statistic: 'sum', minutes });
  return new MathExpression({
    expression: 'invocations - errors', usingMetrics: { invocations: metric('Invocations'), errors: metric('Errors') }, period: Duration.minutes(minutes),
  });
}
