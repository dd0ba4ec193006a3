/**
 * The functions of the workflow that reads a note (lib/enrichment/definition.ts). What they answer, and what they throw, says nothing of
 * a note: an error's own words go nowhere, its class and place into the log.
 */
import { FhirError } from '../fhir/outcome.ts';
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import { giveUpDocument } from '../operations/enrichment/enrich-document.ts';
import { NoteClaimed, NoteGone } from '../operations/enrichment/kept-notes.ts';
import type { DocumentKey, Enriched } from '../operations/enrichment/note-reader.ts';
import { extractStep, readStep, settleStep } from '../operations/enrichment/note-steps.ts';
import type { NotePlace, NoteReadCall } from '../operations/enrichment/note-steps.ts';
import { isOfTheMoment } from '../operations/enrichment/read-pending.ts';
import { NlpUnavailable } from '../ports/clinical-nlp.ts';
import { openDataStore } from '../store/open-data-store.ts';
import { comprehendMedicalClient } from './clients.ts';
import { comprehendMedicalNlp, medicalEngine } from './comprehend-medical-nlp.ts';
import { servedStores } from './control-table.ts';
import { logError } from './fault-log.ts';
import { noteFiles } from './note-files.ts';
import { noteTextOf } from './note-ports.ts';
import { storePorts } from './store-ports.ts';

/** What a run of the workflow begins with. */
export interface NoteRun extends DocumentKey {
  readonly datastoreId: string;
  readonly anew?: boolean;
  /** The document is to be told that it was given up, and not to be read. */
  readonly giveUp?: boolean;
}

export interface NoteReadRun extends NoteReadCall {
  readonly datastoreId: string;
}

/** Of the moment: another run will do. The workflow knows it by this name. */
export class NoteWaits extends Error {
  override readonly name = 'NoteWaits';
}

/** Of the document, as far as anybody knows. */
export class NoteFailed extends Error {
  override readonly name = 'NoteFailed';
}

/** No piece is begun after it: with a last one that is tried as often as it may be, the workflow's five minutes are not over. */
export const readForMs = 100 * 1000;

const left: Enriched = { came: 'left' };

export function serveExtractNote(): (run: NoteRun) => Promise<Enriched | NotePlace> {
  const dependenciesOf = servedStores((record) => {
    const ports = storePorts(record);
    return { store: openDataStore(ports, () => {}), textOf: noteTextOf(record), engine: medicalEngine, kept: noteFiles(record.id), secret: record.secret, ids: randomIds };
  });
  return (run) => told(async () => {
    const dependencies = await unlessGone(dependenciesOf(run.datastoreId));
    return dependencies === undefined ? left : extractStep(run, dependencies);
  });
}

export function serveReadNote(): (run: NoteReadRun) => Promise<'read' | 'unfinished'> {
  const nlp = comprehendMedicalNlp({ client: comprehendMedicalClient() });
  return (run) => told(() => readStep(run, { kept: noteFiles(run.datastoreId), nlp, clock: systemClock, until: systemClock.now() + readForMs }));
}

export function serveSettleNote(): (run: NoteRun & { readonly note: NotePlace }) => Promise<Enriched> {
  const dependenciesOf = servedStores((record) => ({ store: openDataStore(storePorts(record), () => {}), engine: medicalEngine, kept: noteFiles(record.id), clock: systemClock }));
  return (run) => told(async () => {
    const dependencies = await unlessGone(dependenciesOf(run.datastoreId));
    if (dependencies === undefined) return left;
    if (run.giveUp !== true) return settleStep(run, dependencies);
    await giveUpDocument(run, dependencies);
    return { came: 'told' };
  });
}

/** With a data store its documents are gone. */
async function unlessGone<Opened>(opening: Promise<Opened>): Promise<Opened | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    logError(error);
    if (error instanceof NlpUnavailable) throw new NlpUnavailable('Amazon Comprehend Medical does not answer.');
    throw isOfTheMoment(error) || error instanceof NoteGone || error instanceof NoteClaimed ? new NoteWaits('The note is to be read later.') : new NoteFailed('The note could not be read.');
  }
}
