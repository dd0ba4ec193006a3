/**
 * The workflow of a `$reindex`, as a state machine of Step Functions (https://states-language.net/spec.html).
 *
 * A run begins with `{ datastoreId, jobId }`. One function works on the job until its time is nearly up, or until the job has
 * to wait for writers that may be under way by older rules; where it has come is in the job's record, so that it may be cut
 * off and called again at any point. What stays wrong is recorded, and the run fails.
 */
import type { Definition } from '../kit/state-machine.ts';

/** The functions that the workflow calls. */
export const reindexSteps = ['run-reindex', 'fail-reindex'] as const;
export type ReindexStep = (typeof reindexSteps)[number];

/** Beyond the most that Lambda allows a function, so that the function's own limit tells. */
const stepTimeoutSeconds = 910;

/** 2, 4, 8 … 60 s: what is throttled passes within some five minutes, or does not pass. */
const retries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' }];

/** @param functionArns of the functions that do the steps */
export function reindexDefinition(functionArns: Readonly<Record<ReindexStep, string>>): Definition {
  return {
    Comment: 'Makes the search parameters of a data store searchable.',
    StartAt: 'run-reindex',
    States: {
      'run-reindex': {
        Type: 'Task',
        Resource: functionArns['run-reindex'],
        TimeoutSeconds: stepTimeoutSeconds,
        ResultPath: '$.work',
        Retry: retries,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'fail-reindex' }],
        Next: 'at its end?',
      },
      'at its end?': { Type: 'Choice', Choices: [{ Variable: '$.work.done', BooleanEquals: true, Next: 'done' }], Default: 'wait' },
      wait: { Type: 'Wait', SecondsPath: '$.work.waitSeconds', Next: 'run-reindex' },
      'fail-reindex': {
        Type: 'Task',
        Resource: functionArns['fail-reindex'],
        TimeoutSeconds: stepTimeoutSeconds,
        ResultPath: null,
        Retry: retries,
        Next: 'failed',
      },
      failed: { Type: 'Fail', Error: 'ReindexFailed', Cause: 'The log of the function run-reindex has the reason.' },
      done: { Type: 'Succeed' },
    },
  };
}
