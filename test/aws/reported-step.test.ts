/** What a step of a workflow failed at is told in our words alone. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { reportedStep, StepFaulted } from '../../src/aws/reported-step.ts';
import { conflict, notFound } from '../../src/fhir/outcome.ts';

let log: string[];
beforeEach(() => {
  log = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => log.push(String(line)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const failing = (error: Error) => reportedStep('gone', async () => { throw error; });

describe('A step of a workflow', () => {
  test('answers what its work does', async () => {
    expect(await reportedStep('gone', async () => 'done')).toBe('done');
  });

  test('whose data store is gone has nothing left to do', async () => {
    expect(await failing(notFound('There is no data store.'))).toBe('gone');
    expect(log).toEqual([]);
  });

  test.each([
    ['of others', new SyntaxError('Unexpected token in "Zyxwvutson has gout"')],
    ['of FHIR', conflict('Zyxwvutson is being changed.')],
    ['with a cause', new Error('Failed.', { cause: new Error('Zyxwvutson') })],
  ])('throws no words of an error %s, and logs its class and place', async (_of, error) => {
    const thrown = await failing(error).then(() => undefined, (each: unknown) => each as Error);
    expect(thrown).toBeInstanceOf(StepFaulted);
    expect([thrown!.cause, `${thrown!.message}${thrown!.stack}${log.join('')}`.includes('Zyxwvutson')]).toEqual([undefined, false]);
    expect(log).toHaveLength(1);
    expect(JSON.parse(log[0]!)).toMatchObject({ error: error.name, frames: expect.arrayContaining([expect.stringContaining('reported-step.test')]) });
  });
});
