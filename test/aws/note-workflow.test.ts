/** Notes read by a workflow: how a run ends says whose fault it is. */
import { expect, test } from '@jest/globals';
import type { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { noteWorkflow } from '../../src/aws/note-workflow.ts';
import { NoteUnfinished, ReaderBroken } from '../../src/operations/enrichment/note-reader.ts';
import { NlpUnavailable } from '../../src/ports/clinical-nlp.ts';

const note = { type: 'DocumentReference', id: 'n1' };

function reading(answer: object | Error) {
  const inputs: unknown[] = [];
  const send = async ({ input }: StartSyncExecutionCommand) => {
    inputs.push(JSON.parse(input.input!));
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { inputs, reader: noteWorkflow({ client: { send } as never, stateMachineArn: 'arn' })('0'.repeat(32)) };
}

test('a run names the document and nothing else, and answers what became of it', async () => {
  const { reader, inputs } = reading({ status: 'SUCCEEDED', output: '{"came":"read"}' });
  expect(await reader.enrich(note)).toEqual({ came: 'read' });
  await reader.enrich(note, true);
  await reader.giveUp(note);
  const named = { datastoreId: '0'.repeat(32), ...note };
  expect(inputs).toEqual([named, { ...named, anew: true }, { ...named, giveUp: true }]);
});

test.each([
  ['that ran out of time', { status: 'TIMED_OUT' }, NlpUnavailable],
  ['whose engine is throttled', { status: 'FAILED', error: 'NlpUnavailable' }, NlpUnavailable],
  ['that has to wait', { status: 'FAILED', error: 'NoteWaits' }, NlpUnavailable],
  ['of which nobody heard', new Error('ECONNRESET'), NlpUnavailable],
  ['that could not be begun for others', Object.assign(new Error('Later.'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }), NlpUnavailable],
  ['that may not be begun', Object.assign(new Error('No.'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }), ReaderBroken],
  ['that is not at its end', { status: 'FAILED', error: 'NoteUnfinished' }, NoteUnfinished],
])('a run %s is no fault of the document', async (_how, answer, expected) => {
  await expect(reading(answer).reader.enrich(note)).rejects.toThrow(expected);
});

test('any other failure is the document’s, and is told in our own words', async () => {
  await expect(reading({ status: 'FAILED', error: 'NoteFailed', cause: 'words' }).reader.enrich(note)).rejects.toThrow(/^The workflow of enrichment failed at a note\.$/);
});
