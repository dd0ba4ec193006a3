/** The state machine that reindexes data stores (lib/reindex/definition.ts), and what tells of its runs that end badly. */
import type { Construct } from 'constructs';
import { reindexWorkflowName } from '../../src/aws/names.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowAlarm } from '../kit/workflow-alarm.ts';
import type { AlarmSurroundings } from '../kit/workflow-alarm.ts';
import { reindexDefinition, reindexSteps } from './definition.ts';

export function reindexWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = reindexWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'reindex-workflow', { ...surroundings, name, steps: reindexSteps, define: reindexDefinition });
}

export function reindexAlarms(scope: Construct, surroundings: AlarmSurroundings): void {
  workflowAlarm(scope, 'reindex-failed-alarm', {
    ...surroundings,
    what: 'reindex-failed',
    meaning: 'A $reindex of a data store has failed: its new search parameters are not searchable.',
    workflowName: reindexWorkflowName,
  });
}
