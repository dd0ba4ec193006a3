import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { distributedMap } from '../../lib/kit/distributed-map.ts';
import { definitionOf, runMachine, RunStopped, tasksOf, TaskFailed } from './state-machines.ts';
import type { Interruption, MachineOptions } from './state-machines.ts';
import type { Resource } from './template/assembly.ts';

const arn = (name: string): string => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
const plan = { bucket: 'b', key: 'list', list: [1, 2, 3, 4], concurrency: 2 };
const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 1 }];

const inS3 = { itemsPath: '$.plan', concurrencyPath: '$.plan.concurrency' } as const;
const answered = { listPath: '$.plan.list', concurrency: 2 } as const;
type Items = typeof inS3 | typeof answered;

/** A list is made, each of its items is doubled, and the end is told. */
function definition(toleratedFailurePercentage: number, items: Items) {
  return {
    StartAt: 'plan',
    States: {
      plan: { Type: 'Task', Resource: arn('plan'), ResultPath: '$.plan', Next: 'each' },
      each: distributedMap({
        label: 'each', ...items, toleratedFailurePercentage,
        childInput: { 'job.$': '$.job', 'item.$': '$$.Map.Item.Value' },
        each: { StartAt: 'double', States: { double: { Type: 'Task', Resource: arn('double'), Retry: retry, Next: 'doubled' }, doubled: { Type: 'Succeed', OutputPath: null } } },
      }, { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'failed' }], Next: 'end' }),
      end: { Type: 'Task', Resource: arn('end'), End: true },
      failed: { Type: 'Fail', Error: 'Failed' },
    },
  };
}

function harness(toleratedFailurePercentage = 0, items: Items = inS3) {
  const called: string[] = [];
  const state = { interruption: undefined as Interruption | undefined };
  const machine = {
    ref: 'arn:aws:states:eu-central-1:123456789012:stateMachine:m',
    properties: { RoleArn: 'arn:aws:iam::123456789012:role/m', DefinitionString: JSON.stringify(new Stack().resolve(definition(toleratedFailurePercentage, items))) },
  } as unknown as Resource;
  const options: MachineOptions = {
    machine,
    authority: { authorize: () => ({ allowed: true, reason: '' }) } as never,
    interruption: () => state.interruption,
    read: async (role, bucket, key) => (`${role} ${bucket} ${key}` === 'm b list' ? '[1,2,3,4]' : 'nothing'),
    async invoke(name, event) {
      called.push(`${name} ${JSON.stringify((event as { item?: number }).item ?? '')}`);
      const answer = name === 'plan' ? plan : event;
      return { streamed: false, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(answer)) };
    },
  };
  return { called, state, options };
}

test.each([['in S3', inS3], ['that the step answers', answered]])('every item of a list %s has a child, which has what the state selects for it', async (_where, items) => {
  const { called, options } = harness(0, items);
  const { status, output } = await runMachine(options, { job: 'j' });
  expect(status).toBe('SUCCEEDED');
  expect(output).toEqual({ job: 'j', plan });
  expect(called).toEqual(['plan ""', 'double 1', 'double 2', 'double 3', 'double 4', 'end ""']);
  expect(tasksOf(definitionOf(options.machine))).toEqual(['plan', 'double', 'end']);
});

test('a child repeats its task; one that fails for good fails the state, unless so many may', async () => {
  const failing = (): Interruption => {
    let failures = 0;
    return {
      before(name) {
        if (name !== 'double' || failures === 2) return;
        failures += 1;
        throw new TaskFailed('Lambda.ServiceException', 'Injected.');
      },
    };
  };
  for (const [tolerated, expected] of [[0, 'SUCCEEDED'], [25, 'SUCCEEDED']] as const) {
    const { state, options } = harness(tolerated);
    state.interruption = failing();
    expect((await runMachine(options, { job: 'j' })).status).toBe(expected);
  }
  for (const [tolerated, expected] of [[0, 'FAILED'], [25, 'FAILED'], [100, 'SUCCEEDED']] as const) {
    const { state, options } = harness(tolerated);
    state.interruption = { before: (name) => { if (name === 'double') throw new TaskFailed('Lambda.ServiceException', 'Injected.'); } };
    expect((await runMachine(options, { job: 'j' })).status).toBe(expected);
  }
});

test('a run that was stopped does nothing more, and goes on with the children that had not ended', async () => {
  const { called, state, options } = harness();
  let seen = 0;
  state.interruption = {
    before(name) {
      if (name !== 'double') return;
      seen += 1;
      if (seen === 3) throw new RunStopped('Stopped.');
    },
  };
  const run = await runMachine(options, { job: 'j' });
  expect(run.status).toBe('ABORTED');
  const before = called.length;
  state.interruption = undefined;
  const redriven = await run.redrive();
  expect(redriven.status).toBe('SUCCEEDED');
  expect(called.slice(before)).not.toContain('plan ""');
  expect(called.filter((call) => call.startsWith('double')).map((call) => call.slice(-1)).sort()).toEqual(['1', '2', '3', '4']);
});
