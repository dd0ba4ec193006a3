/**
 * The workflow of an `$enrich`, as a state machine of Step Functions (https://states-language.net/spec.html).
 *
 * A run begins with `{ datastoreId, jobId }`. One function works on the job until its time is nearly up, or until it has to wait for an
 * engine that answers nobody; where it has come is in the job's record, so that it may be cut off and called again at any point. It has
 * each document read by a run of the other workflow (definition.ts). What stays wrong is recorded, and the run fails.
 */
import type { Definition } from '../kit/state-machine.ts';

/** The functions that the workflow calls. */
export const enrichSteps = ['run-enrich', 'fail-enrich'] as const;
export type EnrichStep = (typeof enrichSteps)[number];

/** Beyond the most that Lambda allows a function, so that the function's own limit tells. */
const stepTimeoutSeconds = 910;

/** 2, 4, 8 … 60 s: what is throttled passes within some five minutes, or does not pass. Fewer than the faults in a row that a job bears, so that a run that ends a job has failed. */
const retries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' }];

/** @param functionArns of the functions that do the steps */
export function enrichDefinition(functionArns: Readonly<Record<EnrichStep, string>>): Definition {
  const step = (name: EnrichStep, flow: Readonly<Record<string, unknown>>) => ({ Type: 'Task', Resource: functionArns[name], TimeoutSeconds: stepTimeoutSeconds, Retry: retries, ...flow });
  return {
    Comment: 'Has the notes of all documents read that searches find.',
    StartAt: 'run-enrich',
    States: {
      'run-enrich': step('run-enrich', { ResultPath: '$.work', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'fail-enrich' }], Next: 'at its end?' }),
      'at its end?': { Type: 'Choice', Choices: [{ Variable: '$.work.done', BooleanEquals: true, Next: 'done' }], Default: 'wait' },
      wait: { Type: 'Wait', SecondsPath: '$.work.waitSeconds', Next: 'run-enrich' },
      'fail-enrich': step('fail-enrich', { ResultPath: null, Next: 'failed' }),
      failed: { Type: 'Fail', Error: 'EnrichFailed', Cause: 'The log of the function run-enrich has the reason.' },
      done: { Type: 'Succeed' },
    },
  };
}
