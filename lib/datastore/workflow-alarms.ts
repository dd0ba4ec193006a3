/** Runs that end badly: a data store that is not what its record wants it to be. */
import type { Construct } from 'constructs';
import { datastoreWorkflowName } from '../../src/aws/names.ts';
import { workflowAlarm } from '../kit/workflow-alarm.ts';
import type { AlarmSurroundings } from '../kit/workflow-alarm.ts';

export function workflowAlarms(scope: Construct, surroundings: AlarmSurroundings): void {
  workflowAlarm(scope, 'workflow-failed-alarm', {
    ...surroundings,
    what: 'datastore-failed',
    meaning: 'A run of the workflow that makes, changes and deletes data stores has failed.',
    workflowName: datastoreWorkflowName,
  });
}
