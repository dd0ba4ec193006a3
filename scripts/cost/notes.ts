/** What it costs to have a thousand clinical notes read on AWS (docs/enrichment.md), part by part. */
import type { Measurements } from './measured-operations.ts';
import { transactionEntries } from './measured-operations.ts';
import { callLogBytes, callPrice, requestsPerMessage, unitsPrice } from './operation-prices.ts';
import { bytesPerGb, cloudWatch, comprehendMedical, s3, sqs, stepFunctions } from './prices.ts';

export const noteCount = 1000;
/** Of the notes that `npm run bench -- notes` reads. */
export const noteCharacters = 2_700;
export const resourcesPerNote = 51;
const charactersPerUnit = 100;

/** **Assumed**, for a note of this length: the service answers in a second or two, and starts of functions are in it. */
export const noteBilledMs = { 'extract-note': 300, 'read-note': 1_500, 'settle-note': 700 } as const;
/** From the message to the end of the run, which is waited for. */
export const noteRunMs = 3_500;
/** Of what the reading itself wrote: one step finds that there is nothing to do. */
export const ownRunMs = 300;

const calls = 4;
/** An express run is billed in chunks of 64 MB, and takes no more. */
const runGb = 64 / 1024;
/** Assumed: the events of a run's states, without what they hand on; those of the second are few. */
const runLogBytes = 12_000;
/** The text, and for each call who asks and the answer; each is looked for, read, and removed, which is free. */
const puts = 1 + 2 * calls;
const lists = 2 * calls;
const gets = 2 * calls + 1;

export interface NoteLine {
  readonly what: string;
  /** For `noteCount` notes. */
  readonly price: number;
}

export function noteLines({ operations: { transaction } }: Measurements): readonly NoteLine[] {
  const { 'extract-note': extract, 'read-note': read, 'settle-note': settle } = noteBilledMs;
  const functions = callPrice('enrich-notes', noteRunMs) + callPrice('extract-note', extract) + calls * callPrice('read-note', read) + callPrice('settle-note', settle)
    + callPrice('enrich-notes', ownRunMs) + callPrice('extract-note', ownRunMs);
  const runs = 2 * stepFunctions.perExpressRun + runGb * ((noteRunMs + ownRunMs) / 1000) * stepFunctions.perExpressGbSecond;
  const written = (resourcesPerNote / transactionEntries) * unitsPrice(transaction);
  const logged = 2 * runLogBytes + (calls + 5) * callLogBytes;
  const units = noteCharacters / charactersPerUnit;
  const asked = units * (comprehendMedical.perDetectEntitiesUnit + comprehendMedical.perInferIcd10CmUnit + comprehendMedical.perInferRxNormUnit);
  return [
    { what: 'Amazon Comprehend Medical: DetectEntitiesV2, InferICD10CM, InferRxNorm', price: asked },
    { what: `DynamoDB: ${resourcesPerNote} resources, written in one transaction`, price: written },
    { what: 'Lambda: the steps, and waiting for them', price: functions },
    { what: 'Step Functions: two express runs', price: runs },
    { what: 'S3: the text and its answers, for as long as they are needed', price: (puts + lists) * s3.perPut + gets * s3.perGet },
    { what: 'SQS: two messages', price: 2 * requestsPerMessage * sqs.perRequest },
    { what: 'Logs', price: (logged / bytesPerGb) * cloudWatch.perLoggedGb },
  ].map(({ what, price }) => ({ what, price: price * noteCount }));
}
