/**
 * Has a note read by the workflow of enrichment, and waits for its end
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html).
 */
import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { NoteUnfinished, ReaderBroken } from '../operations/enrichment/note-reader.ts';
import type { DocumentKey, Enriched, NoteReader } from '../operations/enrichment/note-reader.ts';
import { NlpUnavailable } from '../ports/clinical-nlp.ts';

export interface NoteWorkflowOptions {
  readonly client: Pick<SFNClient, 'send'>;
  /** Of a state machine of the express kind. */
  readonly stateMachineArn: string;
}

/** How a run ends of whose document nothing is wrong (lib/enrichment/definition.ts). */
const ofTheMoment: ReadonlySet<string | undefined> = new Set(['NlpUnavailable', 'NoteWaits']);

/** Refusals that pass; all others of the client's kind do not. */
const throttling = /Throttl|TooManyRequests|LimitExceeded/;

/** A run that cannot be begun now, or of which nobody knows how it ended, is of the moment: another finds what it did. */
function unbegun(error: unknown): never {
  const { name, $metadata } = Object(error) as { readonly name?: string; readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 400 && status < 500 && !throttling.test(name ?? '')) throw new ReaderBroken('The workflow of enrichment cannot be begun.', { cause: error });
  throw new NlpUnavailable('The workflow of enrichment does not answer.');
}

/** @returns who reads the documents of a data store */
export function noteWorkflow({ client, stateMachineArn }: NoteWorkflowOptions): (datastoreId: string) => NoteReader {
  const run = async (input: object): Promise<Enriched> => {
    const { status, error, output } = await client.send(new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(input) })).catch(unbegun);
    if (status === 'SUCCEEDED') return JSON.parse(output ?? 'null') as Enriched;
    if (status === 'FAILED' && error === 'NoteUnfinished') throw new NoteUnfinished('The note takes longer than a run of the workflow.');
    if (status !== 'FAILED' || ofTheMoment.has(error)) throw new NlpUnavailable('The workflow of enrichment could not read a note at the moment.');
    throw new Error('The workflow of enrichment failed at a note.');
  };
  return (datastoreId) => ({
    enrich: ({ type, id }: DocumentKey, anew = false) => run({ datastoreId, type, id, ...(anew && { anew }) }),
    giveUp: async ({ type, id }) => (await run({ datastoreId, type, id, giveUp: true })).versionId,
  });
}
