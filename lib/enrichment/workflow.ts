/** The state machines that read notes and have them read, and what tells that they do not. Of single runs that fail nobody is told: their documents wait, or say so. */
import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { enrichmentWorkflowName, enrichWorkflowName } from '../../src/aws/names.ts';
import { alarm } from '../kit/alarm.ts';
import type { Settings } from '../kit/settings.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowMetric } from '../kit/workflow-metric.ts';
import { enrichmentDefinition, enrichmentSteps } from './definition.ts';
import { enrichDefinition, enrichSteps } from './enrich-definition.ts';

/** A document that waits is read again after 15 minutes at the latest, and a run takes up to five: while one waits, each period has a run. */
const failingPeriod = Duration.minutes(20);
/** More than an hour: throttling passes, and a document that cannot be read is given up after half of it. */
const failingPeriods = 4;

export function enrichmentWorkflows(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = enrichmentWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'enrichment-workflow', { ...surroundings, name, kind: 'EXPRESS', steps: enrichmentSteps, define: enrichmentDefinition });
  stateMachine(scope, 'enrich-workflow', { ...surroundings, name: enrichWorkflowName(surroundings.settings.name), steps: enrichSteps, define: enrichDefinition });
}

export function enrichmentAlarms(scope: Construct, { settings, topic }: { settings: Settings; topic: ITopic }): void {
  alarm(scope, 'enrichment-failing-alarm', {
    alarmName: `${settings.name}-enrichment-failing`,
    meaning: 'For more than an hour runs that read notes have failed again and again: notes wait.',
    runbookAnchor: 'enrichment-failing',
    metric: workflowMetric(enrichmentWorkflowName(settings.name), 'ExecutionsFailed').with({ period: failingPeriod }),
    above: 0,
    periods: failingPeriods,
    topic,
  });
  alarm(scope, 'enrich-failed-alarm', {
    alarmName: `${settings.name}-enrich-failed`,
    meaning: 'An $enrich of a data store has failed: some of the notes that it was to read were not.',
    runbookAnchor: 'enrich-failed',
    metric: workflowMetric(enrichWorkflowName(settings.name), 'ExecutionsFailed'),
    above: 0,
    topic,
  });
}
