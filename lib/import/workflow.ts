/** The state machine of bulk imports (lib/import/definition.ts), and what tells of its runs that end badly. */
import type { Construct } from 'constructs';
import { importWorkflowName } from '../../src/aws/names.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowAlarm } from '../kit/workflow-alarm.ts';
import type { AlarmSurroundings } from '../kit/workflow-alarm.ts';
import { importDefinition, importSteps } from './definition.ts';

export function importWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = importWorkflowName(surroundings.settings.name);
  // It reads the lists of its maps; no more of what an import keeps has a name that ends so.
  stateMachine(scope, 'import-workflow', { ...surroundings, name, steps: importSteps, define: importDefinition, grants: [{ objects: ['GetObject'], under: 'imports/' }] });
}

/** Jobs that fail for a reason that whoever asked for them can change are none of it: their runs succeed. */
export function importAlarms(scope: Construct, surroundings: AlarmSurroundings): void {
  workflowAlarm(scope, 'import-failed-alarm', {
    ...surroundings,
    what: 'import-failed',
    meaning: 'A bulk import into a data store could not be brought to its end.',
    workflowName: importWorkflowName,
  });
}
