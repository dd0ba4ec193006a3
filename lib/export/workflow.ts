/** The state machine of bulk exports (lib/export/definition.ts), and what tells of its runs that end badly. */
import type { Construct } from 'constructs';
import { exportWorkflowName } from '../../src/aws/names.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowAlarm } from '../kit/workflow-alarm.ts';
import type { AlarmSurroundings } from '../kit/workflow-alarm.ts';
import { exportDefinition, exportSteps } from './definition.ts';

export function exportWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = exportWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'export-workflow', { ...surroundings, name, steps: exportSteps, define: exportDefinition });
}

/** Jobs that fail for a reason that whoever asked for them can change are none of it: their runs succeed. */
export function exportAlarms(scope: Construct, surroundings: AlarmSurroundings): void {
  workflowAlarm(scope, 'export-failed-alarm', {
    ...surroundings,
    what: 'export-failed',
    meaning: 'A bulk export of a data store could not be brought to its end.',
    workflowName: exportWorkflowName,
  });
}
