/** Step Functions: who may begin a run; the machine runs in the harness (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html). */
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Service, ServiceAnswer } from './service.ts';

export interface StartedRun {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: unknown;
}

export type RunStatus = 'SUCCEEDED' | 'FAILED' | 'ABORTED';

export interface EndedRun {
  readonly status: RunStatus;
  /** The error, where it did not succeed. */
  readonly output: unknown;
}

interface Run {
  readonly input: string;
  status: 'RUNNING' | RunStatus;
}

/** @param start begins the run; resolves at its end and never rejects */
export function states(start: (run: StartedRun) => Promise<EndedRun>): Service {
  const runs = new Map<string, Run>();
  return {
    accesses(request) {
      const { operation, input } = jsonCall(request);
      return [{ action: `states:${operation}`, resource: input.stateMachineArn ?? input.executionArn }];
    },
    async answer(request) {
      const { operation, input } = jsonCall(request);
      if (operation === 'StartSyncExecution') return waitedFor(await start({ stateMachineArn: input.stateMachineArn, name: input.name, input: JSON.parse(input.input) as unknown }));
      if (operation === 'DescribeExecution') {
        const run = runs.get(input.executionArn);
        return run === undefined ? jsonError('ExecutionDoesNotExist', 'There is no such run.') : jsonAnswer({ executionArn: input.executionArn, status: run.status });
      }
      if (operation === 'ListExecutions') {
        const ofMachine = [...runs].filter(([arn]) => arn.startsWith(`${(input.stateMachineArn as string).replace(':stateMachine:', ':execution:')}:`));
        const executions = ofMachine.filter(([, { status }]) => status === (input.statusFilter ?? status)).map(([executionArn, { status }]) => ({ executionArn, name: executionArn.split(':').at(-1), status }));
        return jsonAnswer({ executions });
      }
      if (operation !== 'StartExecution') throw unknownOperation('states', operation);
      const executionArn = `${(input.stateMachineArn as string).replace(':stateMachine:', ':execution:')}:${input.name}`;
      // A name is taken once: with the same input it is the same run, with another it is refused.
      const found = runs.get(executionArn);
      if (found !== undefined && (found.input !== input.input || found.status !== 'RUNNING')) return jsonError('ExecutionAlreadyExists', 'The name is taken.');
      if (found === undefined) {
        const run: Run = { input: input.input, status: 'RUNNING' };
        runs.set(executionArn, run);
        void finish(run, start({ stateMachineArn: input.stateMachineArn, name: input.name, input: JSON.parse(input.input) as unknown }));
      }
      return jsonAnswer({ executionArn, startDate: 1_795_348_800 });
    },
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
}

async function finish(run: Run, ended: Promise<EndedRun>): Promise<void> {
  run.status = (await ended).status;
}

/** Runs of the express kind cannot be stopped: what ends one here is its time. The name of a Fail is that of the error behind the run's. */
function waitedFor({ status, output }: EndedRun): ServiceAnswer {
  if (status === 'SUCCEEDED') return jsonAnswer({ status, output: JSON.stringify(output) });
  if (status === 'ABORTED') return jsonAnswer({ status: 'TIMED_OUT' });
  return jsonAnswer({ status, error: ((output as Error).cause as Error | undefined)?.name ?? (output as Error).name });
}
