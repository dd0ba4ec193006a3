/**
 * The workflow of bulk exports, as a state machine of Step Functions (https://states-language.net/spec.html).
 *
 * A run begins with `{ datastoreId, jobId }`. What the steps are is told by src/operations/export/export-job.ts. Where each
 * piece has come is in the store's tables, so that every step may be cut off and called again at any point, and a wish to
 * cancel makes all of them say that they are done. What stays wrong is recorded, and the run fails.
 */
import { distributedMap } from '../kit/distributed-map.ts';
import type { Definition } from '../kit/state-machine.ts';

/** The functions that the workflow calls. */
export const exportSteps = ['plan-export', 'export-piece', 'finish-export', 'fail-export'] as const;
export type ExportStep = (typeof exportSteps)[number];

/**
 * Pieces of one job that are worked on at a time: together they read some 9,000 units a second, of the 12,000 that a new
 * table gives at once, and take a tenth of the functions that an account has by default.
 */
export const piecesAtOnce = 16;

/** Beyond the most that Lambda allows a function, so that the function's own limit tells. */
const stepTimeoutSeconds = 910;

/** 2, 4, 8 … 60 s: what is throttled passes within some five minutes, or does not pass. */
const retries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' }];
const failure = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'fail-export' }];

/** @param functionArns of the functions that do the steps */
export function exportDefinition(functionArns: Readonly<Record<ExportStep, string>>): Definition {
  const step = (name: ExportStep, flow: Readonly<Record<string, unknown>>) => (
    { Type: 'Task', Resource: functionArns[name], TimeoutSeconds: stepTimeoutSeconds, Retry: retries, ...flow }
  );
  return {
    Comment: 'Exports the resources of a data store to files.',
    StartAt: 'plan-export',
    States: {
      'plan-export': step('plan-export', { ResultPath: '$.plan', Catch: failure, Next: 'planned?' }),
      'planned?': { Type: 'Choice', Choices: [{ Variable: '$.plan.done', BooleanEquals: true, Next: 'pieces' }], Default: 'wait' },
      // Until nothing is added to what is exported.
      wait: { Type: 'Wait', SecondsPath: '$.plan.waitSeconds', Next: 'plan-export' },
      pieces: distributedMap({
        label: 'piece', listPath: '$.plan.pieces', concurrency: piecesAtOnce, toleratedFailurePercentage: 0,
        childInput: { 'datastoreId.$': '$.datastoreId', 'jobId.$': '$.jobId', 'piece.$': '$$.Map.Item.Value' },
        each: {
          StartAt: 'export-piece',
          States: {
            'export-piece': step('export-piece', { ResultPath: '$.work', Next: 'at its end?' }),
            'at its end?': { Type: 'Choice', Choices: [{ Variable: '$.work.done', BooleanEquals: true, Next: 'written' }], Default: 'export-piece' },
            written: { Type: 'Succeed', OutputPath: null },
          },
        },
      }, { Catch: failure, Next: 'more?' }),
      // What is organized by patients becomes blocks when all of it has been put aside.
      'more?': { Type: 'Choice', Choices: [{ Variable: '$.plan.more', BooleanEquals: true, Next: 'plan-export' }], Default: 'finish-export' },
      'finish-export': step('finish-export', { ResultPath: null, Catch: failure, Next: 'done' }),
      'fail-export': step('fail-export', { ResultPath: null, Next: 'failed' }),
      failed: { Type: 'Fail', Error: 'ExportFailed', Cause: 'The logs of the functions that do the steps have the reason.' },
      done: { Type: 'Succeed' },
    },
  };
}
