/** States of workflows that fail because a test wants them to. */
import type { Deployed } from './deployed.ts';
import { TaskFailed } from './state-machines.ts';

export interface FailOnce {
  /** Before a state does its work, or when it is done and its answer is lost. */
  readonly moment: 'before' | 'after';
  /** The states that fail; all of all workflows unless given. */
  readonly states?: readonly string[];
  /** What Step Functions calls the failure. */
  readonly error?: string;
}

/** Has each state fail at its first attempt. @returns those that have, as it happens */
export function failEachOnce(deployed: Pick<Deployed, 'interrupt'>, { moment, states, error = 'Lambda.ServiceException' }: FailOnce): Set<string> {
  const failed = new Set<string>();
  deployed.interrupt({
    [moment]: (state: string) => {
      if (failed.has(state) || states?.includes(state) === false) return;
      failed.add(state);
      throw new TaskFailed(error, 'Injected.');
    },
  });
  return failed;
}

/** @returns what has the states fail at every attempt */
export function failing(...states: readonly string[]): (state: string) => void {
  return (state) => {
    if (states.includes(state)) throw new TaskFailed('Lambda.ServiceException', 'Injected.');
  };
}
