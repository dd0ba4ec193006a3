/** The state machines that read notes and have them read, and what tells that they do not. Of single runs that fail nobody is told: their documents wait, or say so. */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { enrichmentWorkflowName, enrichWorkflowName, queueName } from '../../src/aws/names.ts';
import { alarm, alarmPeriod } from '../kit/alarm.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { workflowAlarm } from '../kit/workflow-alarm.ts';
import type { AlarmSurroundings } from '../kit/workflow-alarm.ts';
import { enrichmentDefinition, enrichmentSteps } from './definition.ts';
import { enrichDefinition, enrichSteps } from './enrich-definition.ts';

/** A document that waits is read again after 15 minutes at the latest, and a run takes up to five: while one waits, each period has a run. */
const failingPeriod = Duration.minutes(20);
/** More than an hour: throttling passes, and a document that cannot be read is given up after half of it. */
const failingPeriods = 4;

/** Each message is sent anew after five days (`renewAfterMs`) by whoever takes it up: one that is older is taken up by nobody, and there is a week before it is lost. */
const maxMessageAge = Duration.days(7);

export function enrichmentWorkflows(scope: Construct, surroundings: StateMachineSurroundings): void {
  const name = enrichmentWorkflowName(surroundings.settings.name);
  stateMachine(scope, 'enrichment-workflow', { ...surroundings, name, kind: 'EXPRESS', steps: enrichmentSteps, define: enrichmentDefinition });
  stateMachine(scope, 'enrich-workflow', { ...surroundings, name: enrichWorkflowName(surroundings.settings.name), steps: enrichSteps, define: enrichDefinition });
}

export function enrichmentAlarms(scope: Construct, surroundings: AlarmSurroundings): void {
  workflowAlarm(scope, 'enrichment-failing-alarm', {
    ...surroundings,
    what: 'enrichment-failing',
    meaning: 'For more than an hour runs that read notes have failed again and again: notes wait.',
    workflowName: enrichmentWorkflowName,
    period: failingPeriod,
    periods: failingPeriods,
    timesOut: true,
  });
  messagesAlarm(scope, surroundings);
  workflowAlarm(scope, 'enrich-failed-alarm', {
    ...surroundings,
    what: 'enrich-failed',
    meaning: 'An $enrich of a data store has failed: some of the notes that it was to read were not.',
    workflowName: enrichWorkflowName,
  });
}

/** Later than the alarm that messages wait for half an hour, which rings with every large import. */
function messagesAlarm(scope: Construct, { settings, topic }: AlarmSurroundings): void {
  const dimensionsMap = { QueueName: queueName(settings.name, 'enrichment') };
  alarm(scope, 'enrichment-expiring-alarm', {
    alarmName: `${settings.name}-enrichment-expiring`,
    meaning: `A document has waited to be read for more than ${maxMessageAge.toDays()} days: nobody takes up messages, and SQS drops them after 14.`,
    runbookAnchor: 'enrichment-expiring',
    metric: new Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateAgeOfOldestMessage', statistic: 'max', period: alarmPeriod, dimensionsMap }),
    above: maxMessageAge.toSeconds(),
    topic,
  });
}
