/** The state machine of lakes (lib/analytics/definition.ts), and what tells of its runs that end badly. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { lakeWorkflowName } from '../../src/aws/names.ts';
import { alarm } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowMetric } from '../kit/workflow-metric.ts';
import { lakeDefinition, lakeSteps } from './definition.ts';

export function lakeWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = lakeWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'lake-workflow', { ...surroundings, name, steps: lakeSteps, define: lakeDefinition });
}

export function lakeAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'lake-workflow-failed-alarm', {
    alarmName: `${settings.name}-lake-workflow-failed`,
    meaning: 'The lake of a data store could not be made anew, or its files not into fewer.',
    runbookAnchor: 'lake-workflow-failed',
    metric: workflowMetric(lakeWorkflowName(settings.name), 'ExecutionsFailed'),
    above: 0,
    topic,
  });
}
