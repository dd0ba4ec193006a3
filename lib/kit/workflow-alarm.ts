/** The one way to tell of runs of a workflow that end badly. */
import type { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarm } from './alarm.ts';
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
}

/** @param id of the alarm: as it is, for a deployed alarm is known by it */
export function workflowAlarm(
  scope: Construct, id: string, { settings, topic, what, workflowName, period, ...spec }: WorkflowAlarmSpec & AlarmSurroundings,
): void {
  const metric = workflowMetric(workflowName(settings.name), 'ExecutionsFailed');
  alarm(scope, id, {
    ...spec,
    alarmName: `${settings.name}-${what}`,
    runbookAnchor: what,
    metric: period === undefined ? metric : metric.with({ period }),
    above: 0,
    topic,
  });
}
