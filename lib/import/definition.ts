/**
 * The workflow of bulk imports, as a state machine of Step Functions (https://states-language.net/spec.html).
 *
 * A run begins with `{ datastoreId, jobId }`. What the steps are is told by src/operations/import/import-workflow.ts; every one
 * may be cut off and called again at any point, and a run that was stopped may be redriven. Each list of work is a
 * Distributed Map: compressed files are unpacked, units of pieces loaded, and files that lie in several units put together.
 * A step that is out of time is called again. What a child gives up at after its retries is told of by finish-import, as long
 * as most children come to their end; else all are tried again after some minutes, and then the job has failed.
 */
import { distributedMap } from '../kit/distributed-map.ts';
import type { Definition, State } from '../kit/state-machine.ts';

/** The functions that the workflow calls. */
export const importSteps = ['plan-import', 'unpack-files', 'cut-import', 'load-pieces', 'assemble-files', 'finish-import', 'fail-import'] as const;
export type ImportStep = (typeof importSteps)[number];

/** Beyond the most that Lambda allows a function, so that the function's own limit tells. */
const stepTimeoutSeconds = 910;

/** 2, 4, 8 … 120 s with chance: throttling paces the workers, and passes within some fifteen minutes or is no throttling. */
const retries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 120, MaxAttempts: 12, JitterStrategy: 'FULL' }];

/** A line that breaks whoever reads it takes its unit, not the job; where more fail it is the platform that does. */
export const toleratedFailurePercentage = 25;
/** The whole list again, in which what is done is passed over. */
const listRetries = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], IntervalSeconds: 300, BackoffRate: 2, MaxAttempts: 2 }];
const failure = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'fail-import' }];

/** @param functionArns of the functions that do the steps */
export function importDefinition(functionArns: Readonly<Record<ImportStep, string>>): Definition {
  const step = (name: ImportStep, flow: Readonly<Record<string, unknown>>): State => (
    { Type: 'Task', Resource: functionArns[name], TimeoutSeconds: stepTimeoutSeconds, Retry: retries, ...flow }
  );
  /** A child for each item of the list, which calls the step until it is done. */
  const forEach = (name: ImportStep, { label, itemsPath, concurrencyPath, next }: Readonly<Record<'label' | 'itemsPath' | 'concurrencyPath' | 'next', string>>): State => {
    const [isDone, done] = [`${label}: done?`, `${label}: done`];
    return distributedMap({
      label, itemsPath, concurrencyPath, toleratedFailurePercentage,
      childInput: { 'datastoreId.$': '$.datastoreId', 'jobId.$': '$.jobId', 'item.$': '$$.Map.Item.Value' },
      each: {
        StartAt: name,
        States: {
          [name]: step(name, { ResultPath: '$.work', Next: isDone }),
          [isDone]: repeated('$.work.done', { yes: done, no: name }),
          [done]: { Type: 'Succeed', OutputPath: null },
        },
      },
    }, { Retry: listRetries, Catch: failure, Next: next });
  };
  return {
    Comment: 'Imports files into a data store.',
    StartAt: 'plan-import',
    States: {
      'plan-import': step('plan-import', { ResultPath: '$.plan', Catch: failure, Next: 'planned?' }),
      'planned?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.plan.done', BooleanEquals: true, Next: 'finish-import' }, { Variable: '$.plan.unpack.items', NumericGreaterThan: 0, Next: 'unpack' }],
        Default: 'cut-import',
      },
      unpack: forEach('unpack-files', { label: 'unpack', itemsPath: '$.plan.unpack', concurrencyPath: '$.plan.workers', next: 'cut-import' }),
      'cut-import': step('cut-import', { ResultPath: '$.cut', Catch: failure, Next: 'cut?' }),
      'cut?': repeated('$.cut.done', { yes: 'finish-import', no: 'load' }),
      load: forEach('load-pieces', { label: 'load', itemsPath: '$.cut.load', concurrencyPath: '$.cut.workers', next: 'large files?' }),
      'large files?': { Type: 'Choice', Choices: [{ Variable: '$.cut.assemble.items', NumericGreaterThan: 0, Next: 'assemble' }], Default: 'finish-import' },
      assemble: forEach('assemble-files', { label: 'assemble', itemsPath: '$.cut.assemble', concurrencyPath: '$.cut.workers', next: 'finish-import' }),
      'finish-import': step('finish-import', { ResultPath: '$.work', Catch: failure, Next: 'finished?' }),
      'finished?': repeated('$.work.done', { yes: 'done', no: 'finish-import' }),
      'fail-import': step('fail-import', { ResultPath: null, Next: 'failed' }),
      failed: { Type: 'Fail', Error: 'ImportFailed', Cause: 'The logs of the functions that do the steps have the reason.' },
      done: { Type: 'Succeed' },
    },
  };
}

function repeated(variable: string, { yes, no }: { readonly yes: string; readonly no: string }): State {
  return { Type: 'Choice', Choices: [{ Variable: variable, BooleanEquals: true, Next: yes }], Default: no };
}
