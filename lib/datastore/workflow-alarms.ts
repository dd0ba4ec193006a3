/** Runs that end badly: a data store that is not what its record wants it to be. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { datastoreWorkflowName } from '../../src/aws/names.ts';
import { alarm } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { workflowMetric } from '../kit/workflow-metric.ts';

export function workflowAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'workflow-failed-alarm', {
    alarmName: `${settings.name}-datastore-failed`,
    meaning: 'A run of the workflow that makes, changes and deletes data stores has failed.',
    runbookAnchor: 'datastore-failed',
    metric: workflowMetric(datastoreWorkflowName(settings.name), 'ExecutionsFailed'),
    above: 0,
    topic,
  });
}
