/**
 * Has a long job worked on by a state machine (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
 *
 * A run is named after its job, so that there is one however often it is asked for. A run that ended before its job did, as
 * one that an operator stopped, is followed by another: the job's record tells where to go on.
 */
import { DescribeExecutionCommand, ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../ports/clock.ts';

export interface StepFunctionsJobsOptions {
  readonly client: Pick<SFNClient, 'send'>;
  /** Of a state machine of the standard kind, which takes a name once in 90 days. */
  readonly stateMachineArn: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** @returns what resolves when a run is at work on the job, or certain to begin */
export function stepFunctionsJobs({ client, stateMachineArn, clock }: StepFunctionsJobsOptions): (datastoreId: string, jobId: string) => Promise<void> {
  const start = async (name: string, input: string): Promise<boolean> => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return true;
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return false;
      throw error;
    }
  };
  return async (datastoreId, jobId) => {
    const input = JSON.stringify({ datastoreId, jobId });
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${jobId}`;
    // With the same input a run that is at work is started again to no effect.
    if (await start(jobId, input)) return;
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING' && status !== 'PENDING_REDRIVE') await start(`${jobId}-${clock.now()}`, input);
  };
}
