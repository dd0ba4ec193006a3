/**
 * The workflow of data stores in Step Functions
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
 */
import { DescribeExecutionCommand, ExecutionAlreadyExists, ExecutionDoesNotExist, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Workflow } from '../ports/workflow.ts';

export interface StepFunctionsWorkflowOptions {
  readonly client: Pick<SFNClient, 'send'>;
  /** Of a state machine of the standard kind, which takes a name once in 90 days. */
  readonly stateMachineArn: string;
}

export function stepFunctionsWorkflow({ client, stateMachineArn }: StepFunctionsWorkflowOptions): Workflow {
  return {
    async start({ verb, datastoreId, run }) {
      const input = JSON.stringify({ verb, datastoreId, run });
      await client.send(new StartExecutionCommand({ stateMachineArn, name: run, input })).catch((error: unknown) => {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      });
    },
    async isRunning(run) {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn: runArn(stateMachineArn, run) }));
        return status === 'RUNNING' || status === 'PENDING_REDRIVE';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return false;
        throw error;
      }
    },
  };
}

function runArn(stateMachineArn: string, run: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${run}`;
}
