/** The state machine of bulk exports (lib/export/definition.ts), and what tells of its runs that end badly. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { exportWorkflowName } from '../../src/aws/names.ts';
import { alarm } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowMetric } from '../kit/workflow-metric.ts';
import { exportDefinition, exportSteps } from './definition.ts';

export function exportWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = exportWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'export-workflow', { ...surroundings, name, steps: exportSteps, define: exportDefinition });
}

/** Jobs that fail for a reason that whoever asked for them can change are none of it: their runs succeed. */
export function exportAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'export-failed-alarm', {
    alarmName: `${settings.name}-export-failed`,
    meaning: 'A bulk export of a data store could not be brought to its end.',
    runbookAnchor: 'export-failed',
    metric: workflowMetric(exportWorkflowName(settings.name), 'ExecutionsFailed'),
    above: 0,
    topic,
  });
}
