/** Runs that end badly: a data store that is not what its record wants it to be. */
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { datastoreWorkflowName } from '../../src/aws/names.ts';
import { alarm, alarmPeriod } from '../kit/alarm.ts';
import { workflowArn } from '../kit/arns.ts';
import type { Settings } from '../kit/settings.ts';

export function workflowMetric(deployment: string, metricName: string): Metric {
  const StateMachineArn = workflowArn(datastoreWorkflowName(deployment));
  return new Metric({ namespace: 'AWS/States', metricName, statistic: 'sum', period: alarmPeriod, dimensionsMap: { StateMachineArn } });
}

export function workflowAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'workflow-failed-alarm', {
    alarmName: `${settings.name}-datastore-failed`,
    meaning: 'A run of the workflow that makes, changes and deletes data stores has failed.',
    runbookAnchor: 'datastore-failed',
    metric: workflowMetric(settings.name, 'ExecutionsFailed'),
    above: 0,
    topic,
  });
}
