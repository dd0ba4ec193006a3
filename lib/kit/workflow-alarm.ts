/** The one way to tell of runs of a workflow that end badly. */
import type { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarm, alarmPeriod } from './alarm.ts';
import type { AlarmSpec } from './alarm.ts';
import type { Settings } from './settings.ts';
import { workflowMetric } from './workflow-metric.ts';

export interface AlarmSurroundings {
  readonly settings: Settings;
  readonly topic: ITopic;
}

export interface WorkflowAlarmSpec extends Pick<AlarmSpec, 'meaning' | 'periods'> {
  /** What has failed: the alarm is called so behind the deployment's name, and its section in the runbook is. */
  readonly what: string;
  /** The name of the state machine in a deployment. */
  readonly workflowName: (deployment: string) => string;
  /** How long runs are counted for one point, where it is not `alarmPeriod`. */
  readonly period?: Duration;
  /** Whether the state machine has a time-out of its own: such runs are none of those that failed. */
  readonly timesOut?: boolean;
}

/** @param id of the alarm: as it is, for a deployed alarm is known by it */
export function workflowAlarm(
  scope: Construct, id: string, { settings, topic, what, workflowName, period, timesOut = false, ...spec }: WorkflowAlarmSpec & AlarmSurroundings,
): void {
  const name = workflowName(settings.name);
  const metric = timesOut ? endedBadly(name) : workflowMetric(name, 'ExecutionsFailed');
  alarm(scope, id, {
    ...spec,
    alarmName: `${settings.name}-${what}`,
    runbookAnchor: what,
    metric: period === undefined ? metric : metric.with({ period }),
    above: 0,
    topic,
  });
}

/** Runs that failed, and those whose time was over. */
function endedBadly(name: string): MathExpression {
  const usingMetrics = { failed: workflowMetric(name, 'ExecutionsFailed'), timedOut: workflowMetric(name, 'ExecutionsTimedOut') };
  return new MathExpression({ expression: 'FILL(failed, 0) + FILL(timedOut, 0)', usingMetrics, label: 'Runs that failed or timed out', period: alarmPeriod });
}
