/**
 * One document, from its text to the resources of its note: extract, read, settle. May be done at any time and any number of times;
 * what is done already is left as it is.
 */
import { createHash } from 'node:crypto';
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { ClinicalNlp } from '../../ports/clinical-nlp.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataStore } from '../../store/data-store.ts';
import { toldDocument, untoldDocument } from './document-extension.ts';
import { assertsNothing, isChosen, isSkipped } from './note-document.ts';
import type { NoteDocument } from './note-reading.ts';
import type { ReadsText } from './note-text.ts';
import { failedDocument, readingDigest, readingMark } from './reading-mark.ts';
import { readText } from './read-text.ts';
import { foundIn, linkage, nameOf, resourcesOfNote } from './resources-of-note.ts';
import { settleReading } from './settle-reading.ts';
import type { Outcome } from './settle-reading.ts';

export interface EnrichDependencies {
  readonly store: Pick<DataStore, 'read' | 'readMany' | 'transact'>;
  readonly nlp: ClinicalNlp;
  readonly textOf: ReadsText;
  readonly clock: Pick<Clock, 'now'>;
}

export interface DocumentKey {
  readonly type: string;
  readonly id: string;
}

export interface Enriched {
  /** `read`: its text was; `told`: it says why not; `left`: there was nothing to do. */
  readonly came: 'read' | 'told' | 'left';
  /** The version of the document that was written, where one was. */
  readonly versionId?: number;
}

/** Writers that come between again and again are a defect of theirs; a later attempt begins anew. */
const maxAttempts = 3;

/**
 * @param anew reads a text also where this engine has read it
 * @throws NlpUnavailable; TableUnavailable and FhirError 409, 412, 507 of the store; any other error is about this document
 */
export async function enrichDocument(key: DocumentKey, dependencies: EnrichDependencies, anew = false): Promise<Enriched> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await enriched(key, dependencies, anew);
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 412 || attempt === maxAttempts) throw error;
    }
  }
}

async function enriched({ type, id }: DocumentKey, dependencies: EnrichDependencies, anew: boolean): Promise<Enriched> {
  const { store } = dependencies;
  const version = await store.read(type, id);
  if (version === undefined) return { came: 'left' };
  if (version.json === undefined) return settled('left', { seen: { resourceType: type, id }, names: [], resources: () => ({ document: { resourceType: type, id }, derived: [] }) }, store);
  const document = parseJson(version.json) as NoteDocument;
  const mark = readingMark(document);
  if (isSkipped(document) || (!anew && mark?.version === version.versionId - 1)) return { came: 'left' };
  const text = assertsNothing(document) || !isChosen(document) ? { kind: 'none' as const } : await dependencies.textOf(document);
  const digest = text.kind === 'text' ? readingDigest(text.text, document) : createHash('sha256').update(text.kind).digest('hex');
  const next = { version: version.versionId, digest, engine: dependencies.nlp.engine };
  const seen = { seen: document, mark: next };
  if (text.kind === 'none') return settled('left', { ...seen, ...nothing(untoldDocument(document)) }, store);
  if (text.kind === 'unreadable') return settled('told', { ...seen, ...nothing(toldDocument(document, { status: 'NOT_READ', message: text.message })) }, store);
  if (!anew && mark?.digest === digest && mark.engine === next.engine) return { came: 'left' };
  return settled('read', { ...seen, ...await readResources(document, text.text, dependencies) }, store);
}

type Results = Pick<Outcome, 'names' | 'resources'>;

async function readResources(document: NoteDocument, text: string, { nlp, clock }: EnrichDependencies): Promise<Results> {
  const answers = await readText(text, nlp);
  const reading = { document, engine: nlp.engine, recorded: new Date(clock.now()).toISOString(), ...answers };
  const found = foundIn(reading);
  return { names: found.map(nameOf), resources: (withdrawn) => resourcesOfNote(reading, withdrawn, found) };
}

/** The document, and what persons removed remembered. */
function nothing(document: NoteDocument): Results {
  return { names: [], resources: (withdrawn) => ({ document, derived: withdrawn.size === 0 ? [] : [linkage(document, [], withdrawn)] }) };
}

async function settled(came: Enriched['came'], outcome: Outcome, store: EnrichDependencies['store']): Promise<Enriched> {
  const versionId = await settleReading(outcome, store);
  return { came, ...(versionId !== undefined && { versionId }) };
}

/**
 * Says on a document that it was given up. What an earlier text gave stays, and the document is read again with its next version.
 *
 * @returns the version that was written
 */
export async function giveUpDocument({ type, id }: DocumentKey, { store }: Pick<EnrichDependencies, 'store'>): Promise<number | undefined> {
  const version = await store.read(type, id);
  if (version?.json === undefined) return undefined;
  const resource = failedDocument(parseJson(version.json) as NoteDocument, version.versionId);
  const [written] = await store.transact([{ interaction: 'update', resource, ifMatch: version.versionId }]);
  return written?.version?.versionId;
}
