/**
 * The workflow of lakes, as a state machine of Step Functions (https://states-language.net/spec.html).
 *
 * A run begins with `{ datastoreId }` and does whatever there is to do about the store's lake: makes it anew from the store
 * where it is not whole, and makes many files of a table into fewer. Where it has come is in the store's tables, so that every
 * step may be cut off and called again at any point. A run that fails leaves the lake as right as it was, and the next begins
 * where it ended (`due-lakes`).
 */
import { distributedMap } from '../kit/distributed-map.ts';
import type { Definition } from '../kit/state-machine.ts';

/** The functions that the workflow calls. */
export const lakeSteps = ['plan-lake', 'read-lake', 'turn-lake', 'compact-lake', 'finish-lake'] as const;
export type LakeStep = (typeof lakeSteps)[number];

/** Parts of a store that are read at a time: some 4,000 units a second of the 12,000 that a new table gives at once. */
export const segmentsAtOnce = 8;
/** Tables that are worked on at a time: of the few that are large each takes a function for minutes. */
export const tablesAtOnce = 8;

/** Beyond the most that Lambda allows a function, so that the function's own limit tells. */
const stepTimeoutSeconds = 910;

/** 2, 4, 8 … 60 s: what is throttled passes within some five minutes, or does not pass. */
const retries = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' }];

/** @param functionArns of the functions that do the steps */
export function lakeDefinition(functionArns: Readonly<Record<LakeStep, string>>): Definition {
  const step = (name: LakeStep, flow: Readonly<Record<string, unknown>>) => (
    { Type: 'Task', Resource: functionArns[name], TimeoutSeconds: stepTimeoutSeconds, Retry: retries, ...flow }
  );
  /** Calls a step until it says that it is done. */
  const untilDone = (name: LakeStep) => ({
    StartAt: name,
    States: {
      [name]: step(name, { ResultPath: '$.work', Next: 'at its end?' }),
      'at its end?': { Type: 'Choice', Choices: [{ Variable: '$.work.done', BooleanEquals: true, Next: 'ended' }], Default: name },
      ended: { Type: 'Succeed', OutputPath: null },
    },
  });
  return {
    Comment: 'Makes the lake of a data store anew where it is not whole, and its files into fewer.',
    StartAt: 'plan-lake',
    States: {
      'plan-lake': step('plan-lake', { ResultPath: '$.plan', Next: 'anew?' }),
      'anew?': { Type: 'Choice', Choices: [{ Variable: '$.plan.segments[0]', IsPresent: true, Next: 'segments' }], Default: 'fewer?' },
      segments: distributedMap({
        label: 'segment', listPath: '$.plan.segments', concurrency: segmentsAtOnce, toleratedFailurePercentage: 0,
        childInput: { 'datastoreId.$': '$.datastoreId', 'segment.$': '$$.Map.Item.Value' },
        each: untilDone('read-lake'),
      }, { Next: 'turn-lake' }),
      'turn-lake': step('turn-lake', { ResultPath: '$.plan', Next: 'fewer?' }),
      'fewer?': { Type: 'Choice', Choices: [{ Variable: '$.plan.tables[0]', IsPresent: true, Next: 'tables' }], Default: 'finish-lake' },
      tables: distributedMap({
        label: 'table', listPath: '$.plan.tables', concurrency: tablesAtOnce, toleratedFailurePercentage: 0,
        childInput: { 'datastoreId.$': '$.datastoreId', 'table.$': '$$.Map.Item.Value' },
        each: untilDone('compact-lake'),
      }, { Next: 'finish-lake' }),
      'finish-lake': step('finish-lake', { ResultPath: '$.work', Next: 'at the end?' }),
      'at the end?': { Type: 'Choice', Choices: [{ Variable: '$.work.done', BooleanEquals: true, Next: 'done' }], Default: 'finish-lake' },
      done: { Type: 'Succeed' },
    },
  };
}
