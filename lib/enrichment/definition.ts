/**
 * The workflow that reads a note, as a state machine of Step Functions (https://states-language.net/spec.html), of the express kind: five
 * minutes at the most, begun and waited for by `enrich-notes` and `run-enrich`.
 *
 * A run begins with `{ datastoreId, type, id }`. The note and what was answered of it lie in S3, and states hand on where: no input and no
 * output has anything of a note. Each step may be cut off and done again, and a run may be followed by another, which asks for what is
 * missing alone. How it failed is told by the name of the error: `NlpUnavailable` and `NoteWaits` are of the moment, `NoteUnfinished` is of
 * a note that is too long for one run, `NoteFailed` is of the document.
 */
import type { Definition, State } from '../kit/state-machine.ts';

/** The functions that the workflow calls. */
export const enrichmentSteps = ['extract-note', 'read-note', 'settle-note'] as const;
export type EnrichmentStep = (typeof enrichmentSteps)[number];

/** The operations of Amazon Comprehend Medical that a note is read by, side by side: those of src/operations/enrichment/read-text.ts. */
export const noteCalls = ['DetectEntitiesV2', 'InferICD10CM', 'InferRxNorm', 'InferSNOMEDCT'] as const;

/** Ten seconds before Step Functions ends it anyway. */
const runTimeoutSeconds = 290;

/** What Lambda itself failed at (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html). */
const ofLambda = ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.ClientExecutionTimeoutException', 'Lambda.TooManyRequestsException'];
const ofTheMoment = ['NlpUnavailable', 'NoteWaits', ...ofLambda];
/** Of a read-note that was cut off nothing is the document's fault: it takes no file apart. */
const cutOff = ['Sandbox.Timedout', 'Lambda.Unknown', 'States.Timeout'];

/** By chance less: who was throttled with others does not come back with them. What lasts is told, and waited for without a run. */
const backoff = { BackoffRate: 2, MaxDelaySeconds: 8, JitterStrategy: 'FULL' };
/** 1, 2, 4 s. */
const retry = [{ ErrorEquals: ['NoteWaits', ...ofLambda], IntervalSeconds: 1, MaxAttempts: 3, ...backoff }];
/** The service has been asked six times already, for up to 105 s (comprehend-medical-nlp.ts): a second time ends within the run. */
const retryReading = [{ ErrorEquals: ['NlpUnavailable'], IntervalSeconds: 4, MaxAttempts: 1, ...backoff }, ...retry];

/** @param functionArns of the functions that do the steps */
export function enrichmentDefinition(functionArns: Readonly<Record<EnrichmentStep, string>>): Definition {
  const step = (name: EnrichmentStep, flow: Readonly<Record<string, unknown>>): State => ({
    Type: 'Task', Resource: functionArns[name], Retry: retry,
    Catch: [{ ErrorEquals: ofTheMoment, ResultPath: null, Next: 'waits' }, { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'failed' }],
    ...flow,
  });
  return {
    Comment: 'Reads the note of a document, and writes what is in it as resources.',
    StartAt: 'given up?',
    TimeoutSeconds: runTimeoutSeconds,
    States: {
      'given up?': { Type: 'Choice', Choices: [{ Variable: '$.giveUp', IsPresent: true, Next: 'give-up' }], Default: 'extract-note' },
      'give-up': step('settle-note', { ResultPath: '$.note', Next: 'done' }),
      'extract-note': step('extract-note', { ResultPath: '$.note', Next: 'to be read?' }),
      'to be read?': { Type: 'Choice', Choices: [{ Variable: '$.note.folder', IsPresent: true, Next: 'read-note' }], Default: 'done' },
      'read-note': { Type: 'Parallel', Branches: noteCalls.map((call) => reading(call, functionArns['read-note'])), ResultPath: '$.calls', Next: 'all read?' },
      // In this order: what is wrong with a document counts more than that an engine is throttled.
      'all read?': { Type: 'Choice', Choices: ['failed', 'waits', 'unfinished'].map(ended), Default: 'settle-note' },
      'settle-note': step('settle-note', { ResultPath: '$.note', Next: 'done' }),
      waits: { Type: 'Fail', Error: 'NoteWaits', Cause: 'Amazon Comprehend Medical, the data store or Lambda does not answer at the moment.' },
      unfinished: { Type: 'Fail', Error: 'NoteUnfinished', Cause: 'The note takes longer than a run. Another goes on with it.' },
      failed: { Type: 'Fail', Error: 'NoteFailed', Cause: 'The logs of the functions that do the steps have the reason.' },
      done: { Type: 'Succeed', OutputPath: '$.note' },
    },
  };
}

/** One operation asks for all of its pieces. It ends with a word in any case, so that the others come to their ends too: what is answered is kept. */
function reading(call: string, functionArn: string): Pick<Definition, 'StartAt' | 'States'> {
  const word = (told: string): State => ({ Type: 'Pass', Result: told, End: true });
  return {
    StartAt: call,
    States: {
      [call]: {
        Type: 'Task', Resource: functionArn, Parameters: { 'datastoreId.$': '$.datastoreId', 'folder.$': '$.note.folder', 'reader.$': '$.note.reader', call }, Retry: retryReading,
        Catch: [{ ErrorEquals: [...ofTheMoment, ...cutOff], ResultPath: null, Next: `${call} waits` }, { ErrorEquals: ['States.ALL'], ResultPath: null, Next: `${call} failed` }],
        End: true,
      },
      [`${call} waits`]: word('waits'),
      [`${call} failed`]: word('failed'),
    },
  };
}

function ended(word: string): object {
  return { Or: noteCalls.map((_, index) => ({ Variable: `$.calls[${index}]`, StringEquals: word })), Next: word };
}
