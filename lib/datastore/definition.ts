/**
 * The workflow that makes, restores, changes and deletes a data store, as a state machine of Step Functions
 * (https://states-language.net/spec.html). Plain states only, so that tests run the definition as it is deployed.
 *
 * A run begins with `{ verb, datastoreId, run }` and each step leaves its result beside them. A step's state is named
 * as its function. Every step may be repeated, so every error is tried again; what stays wrong is recorded, and the
 * run fails.
 */
import type { Definition, State } from '../kit/state-machine.ts';

/** The functions that the workflow calls, `src/operations/datastore/{name}.ts`. */
export const workflowSteps = [
  'create-key', 'create-tables', 'protect-tables', 'check-objects', 'create-stream-mapping', 'preload-data', 'create-lake', 'record-active',
  'restore-tables', 'copy-objects', 'settle-restored', 'rebuild-index',
  'unprotect-tables', 'delete-stream-mapping', 'delete-lake', 'delete-tables', 'delete-objects', 'delete-key', 'record-deleted',
  'record-failure',
] as const;
export type WorkflowStep = (typeof workflowSteps)[number];

/**
 * Raised when the steps want tables, keys, mappings or the catalog to be otherwise than before: the next deployment then updates the
 * default store.
 */
export const storeSettings = 2;

/** Between two looks at something that AWS is making. */
export const pauseSeconds = 5;

/** A restored table takes minutes at least. */
export const restorePauseSeconds = 30;

/** 2, 4, 8 … 60 s: what AWS throttles or is still making passes within some five minutes, or does not pass. */
const retries = [
  { ErrorEquals: ['RunSuperseded', 'TookTooLong'], MaxAttempts: 0 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' },
];

interface StepState {
  readonly step: WorkflowStep;
  /** Where the run's data keeps the result; absent when there is none. */
  readonly result?: 'key' | 'restored' | 'tables' | 'mapping' | 'population' | 'objects' | 'index';
  readonly next: string;
}

/** Beyond the most that Lambda allows a function, so that the function's own limit tells. */
const stepTimeoutSeconds = 910;

/** @param functionArns of the functions that do the steps */
export function datastoreDefinition(functionArns: Readonly<Record<WorkflowStep, string>>): Definition {
  const task = ({ step, result, next }: StepState): State => ({
    Type: 'Task',
    Resource: functionArns[step],
    TimeoutSeconds: stepTimeoutSeconds,
    ResultPath: result === undefined ? null : `$.${result}`,
    Retry: retries,
    Catch: [
      { ErrorEquals: ['RunSuperseded'], ResultPath: null, Next: 'superseded' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'record-failure' },
    ],
    Next: next,
  });
  return {
    Comment: 'Makes, restores, changes and deletes a data store.',
    StartAt: 'which verb?',
    States: {
      'which verb?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.verb', StringEquals: 'create', Next: 'create-key' },
          { Variable: '$.verb', StringEquals: 'update', Next: 'create-key' },
          { Variable: '$.verb', StringEquals: 'restore', Next: 'create-key' },
          { Variable: '$.verb', StringEquals: 'delete', Next: 'unprotect-tables' },
        ],
        Default: 'failed',
      },

      'create-key': task({ step: 'create-key', result: 'key', next: 'from which tables?' }),
      'from which tables?': { Type: 'Choice', Choices: [{ Variable: '$.verb', StringEquals: 'restore', Next: 'restore-tables' }], Default: 'create-tables' },
      'create-tables': task({ step: 'create-tables', result: 'tables', next: 'tables ready?' }),
      'tables ready?': repeated('$.tables.done', { yes: 'protect-tables', no: 'wait for tables' }),
      'wait for tables': pause('create-tables'),
      'protect-tables': task({ step: 'protect-tables', next: 'check-objects' }),
      'check-objects': task({ step: 'check-objects', next: 'with a past?' }),
      'with a past?': { Type: 'Choice', Choices: [{ Variable: '$.verb', StringEquals: 'restore', Next: 'copy-objects' }], Default: 'create-stream-mapping' },
      'create-stream-mapping': task({ step: 'create-stream-mapping', result: 'mapping', next: 'changes flow?' }),
      'changes flow?': repeated('$.mapping.done', { yes: 'preload-data', no: 'wait for mapping' }),
      'wait for mapping': pause('create-stream-mapping'),
      'preload-data': task({ step: 'preload-data', result: 'population', next: 'populated?' }),
      'populated?': repeated('$.population.done', { yes: 'create-lake', no: 'preload-data' }),
      'create-lake': task({ step: 'create-lake', next: 'record-active' }),
      'record-active': task({ step: 'record-active', next: 'done' }),

      ...restoreStates(task),
      ...deletionStates(task),

      'record-failure': {
        Type: 'Task',
        Resource: functionArns['record-failure'],
        TimeoutSeconds: stepTimeoutSeconds,
        ResultPath: null,
        Retry: retries,
        Catch: [{ ErrorEquals: ['RunSuperseded'], ResultPath: null, Next: 'superseded' }],
        Next: 'failed',
      },
      // The run has nothing left to say: the one that came after it decides.
      superseded: { Type: 'Succeed' },
      failed: { Type: 'Fail', Error: 'DatastoreWorkflowFailed', Cause: 'The data store record has the reason.' },
      done: { Type: 'Succeed' },
    },
  };
}

/** What a restore does besides what making a store does: its table comes first, its contents before anything reads them. */
function restoreStates(task: (step: StepState) => State): Definition['States'] {
  return {
    // A restored table is one more that `create-tables` finds: what it still lacks comes as for any other.
    'restore-tables': task({ step: 'restore-tables', result: 'restored', next: 'tables restored?' }),
    'tables restored?': repeated('$.restored.done', { yes: 'create-tables', no: 'wait for restored tables' }),
    'wait for restored tables': pause('restore-tables', restorePauseSeconds),
    'copy-objects': task({ step: 'copy-objects', result: 'objects', next: 'objects copied?' }),
    'objects copied?': repeated('$.objects.done', { yes: 'settle-restored', no: 'copy-objects' }),
    'settle-restored': task({ step: 'settle-restored', next: 'rebuild-index' }),
    'rebuild-index': task({ step: 'rebuild-index', result: 'index', next: 'index rebuilt?' }),
    'index rebuilt?': repeated('$.index.done', { yes: 'create-stream-mapping', no: 'rebuild-index' }),
  };
}

function deletionStates(task: (step: StepState) => State): Definition['States'] {
  return {
    'unprotect-tables': task({ step: 'unprotect-tables', next: 'delete-stream-mapping' }),
    'delete-stream-mapping': task({ step: 'delete-stream-mapping', result: 'mapping', next: 'mapping gone?' }),
    'mapping gone?': repeated('$.mapping.done', { yes: 'delete-lake', no: 'wait for the end of the mapping' }),
    'wait for the end of the mapping': pause('delete-stream-mapping'),
    'delete-lake': task({ step: 'delete-lake', next: 'delete-tables' }),
    'delete-tables': task({ step: 'delete-tables', result: 'tables', next: 'tables gone?' }),
    'tables gone?': repeated('$.tables.done', { yes: 'delete-objects', no: 'wait for the end of tables' }),
    'wait for the end of tables': pause('delete-tables'),
    'delete-objects': task({ step: 'delete-objects', result: 'objects', next: 'objects gone?' }),
    'objects gone?': repeated('$.objects.done', { yes: 'delete-key', no: 'delete-objects' }),
    'delete-key': task({ step: 'delete-key', next: 'record-deleted' }),
    'record-deleted': task({ step: 'record-deleted', next: 'done' }),
  };
}

function repeated(variable: string, { yes, no }: { readonly yes: string; readonly no: string }): State {
  return { Type: 'Choice', Choices: [{ Variable: variable, BooleanEquals: true, Next: yes }], Default: no };
}

function pause(next: string, seconds = pauseSeconds): State {
  return { Type: 'Wait', Seconds: seconds, Next: next };
}
