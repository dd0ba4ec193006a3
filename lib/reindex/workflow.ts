/** The state machine that reindexes data stores (lib/reindex/definition.ts), and what tells of its runs that end badly. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { reindexWorkflowName } from '../../src/aws/names.ts';
import { alarm } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowMetric } from '../kit/workflow-metric.ts';
import { reindexDefinition, reindexSteps } from './definition.ts';

export function reindexWorkflow(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = reindexWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'reindex-workflow', { ...surroundings, name, steps: reindexSteps, define: reindexDefinition });
}

export function reindexAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'reindex-failed-alarm', {
    alarmName: `${settings.name}-reindex-failed`,
    meaning: 'A $reindex of a data store has failed: its new search parameters are not searchable.',
    runbookAnchor: 'reindex-failed',
    metric: workflowMetric(reindexWorkflowName(settings.name), 'ExecutionsFailed'),
    above: 0,
    topic,
  });
}
