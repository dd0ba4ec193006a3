/** What failed in the background, and what waits too long for it. */
import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarm, alarmPeriod } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import type { CapabilityQueue } from './queues.ts';

/** Longer than one message may take; beyond it, messages come faster than they are worked on. */
const maxAge = Duration.minutes(30);

export function queueAlarms(scope: Construct, queues: readonly CapabilityQueue[], { settings, topic }: { settings: Settings; topic: ITopic }): void {
  for (const { capability, queue, failures } of queues) {
    alarm(scope, `${capability}-failed-alarm`, {
      alarmName: `${settings.name}-${capability}-failed`,
      meaning: `Messages of ${capability} failed at every attempt and lie in the failure queue.`,
      runbookAnchor: `${capability}-failed`,
      metric: failures.metricApproximateNumberOfMessagesVisible({ period: alarmPeriod, statistic: 'max' }),
      above: 0,
      topic,
    });
    if (queue === undefined) continue;
    alarm(scope, `${capability}-late-alarm`, {
      alarmName: `${settings.name}-${capability}-late`,
      meaning: `The oldest message of ${capability} has waited for more than ${maxAge.toMinutes()} minutes.`,
      runbookAnchor: `${capability}-late`,
      metric: queue.metricApproximateAgeOfOldestMessage({ period: alarmPeriod, statistic: 'max' }),
      above: maxAge.toSeconds(),
      topic,
    });
  }
}
