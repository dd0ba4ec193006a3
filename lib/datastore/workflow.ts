/** The state machine that makes, changes and deletes data stores (lib/datastore/definition.ts). */
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { datastoreWorkflowName } from '../../src/aws/names.ts';
import { stateMachine } from '../kit/state-machine.ts';
import type { StateMachineSurroundings } from '../kit/state-machine.ts';
import { datastoreDefinition, workflowSteps } from './definition.ts';

export function datastoreWorkflow(scope: Construct, surroundings: StateMachineSurroundings): CfnStateMachine {
  const name = datastoreWorkflowName(surroundings.settings.name);
  return stateMachine(scope, 'workflow', { ...surroundings, name, steps: workflowSteps, define: datastoreDefinition });
}
