/** The state machine of lakes (lib/analytics/definition.ts), and what tells of its runs that end badly. */
import type { Construct } from 'constructs';
import { lakeWorkflowName } from '../../src/aws/names.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowAlarm } from '../kit/workflow-alarm.ts';
import type { AlarmSurroundings } from '../kit/workflow-alarm.ts';
import { lakeDefinition, lakeSteps } from './definition.ts';

export function lakeWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = lakeWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'lake-workflow', { ...surroundings, name, steps: lakeSteps, define: lakeDefinition });
}

export function lakeAlarms(scope: Construct, surroundings: AlarmSurroundings): void {
  workflowAlarm(scope, 'lake-workflow-failed-alarm', {
    ...surroundings,
    what: 'lake-workflow-failed',
    meaning: 'The lake of a data store could not be made anew, or its files not into fewer.',
    workflowName: lakeWorkflowName,
  });
}
