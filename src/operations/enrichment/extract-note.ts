/** The first step of a document's enrichment: its text. What has none that is to be read is settled here. */
import { createHash } from 'node:crypto';
import { parseJson } from '../../fhir/json.ts';
import type { DataStore } from '../../store/data-store.ts';
import { toldDocument, untoldDocument } from './document-extension.ts';
import { assertsNothing, isChosen, isSkipped } from './note-document.ts';
import type { DocumentKey, Enriched } from './note-reader.ts';
import type { NoteDocument } from './note-reading.ts';
import type { ReadsText } from './note-text.ts';
import { isGivenUp, readingDigest, readingMark } from './reading-mark.ts';
import type { ReadingMark } from './reading-mark.ts';
import { linkage } from './resources-of-note.ts';
import type { NoteResources } from './resources-of-note.ts';
import { settleReading } from './settle-reading.ts';
import type { Outcome } from './settle-reading.ts';

export interface ExtractDependencies {
  readonly store: Pick<DataStore, 'read' | 'readMany' | 'transact'>;
  readonly textOf: ReadsText;
  /** `ClinicalNlp.engine`, of the one that is to read it. */
  readonly engine: string;
}

/** A text that is to be read, and what its document will say of it then. */
export interface ExtractedNote {
  readonly document: NoteDocument;
  readonly mark: ReadingMark;
  readonly text: string;
}

/** @param anew answers a text also where this engine has read it. @throws as `NoteReader.enrich` */
export async function extractNote({ type, id }: DocumentKey, dependencies: ExtractDependencies, anew = false): Promise<Enriched | ExtractedNote> {
  const { store, textOf, engine } = dependencies;
  const version = await store.read(type, id);
  if (version === undefined) return { came: 'left' };
  if (version.json === undefined) return endOfDeleted({ type, id }, dependencies);
  const document = parseJson(version.json) as NoteDocument;
  const mark = readingMark(document);
  if (isSkipped(document) || (!anew && mark !== undefined && isGivenUp(mark, version.versionId))) return { came: 'left' };
  const found = assertsNothing(document) || !isChosen(document) ? { kind: 'none' as const } : await textOf(document);
  const digest = found.kind === 'text' ? readingDigest(found.text, document) : createHash('sha256').update(found.kind).digest('hex');
  const next = { version: version.versionId, digest, engine };
  const seen = { seen: document, mark: next };
  if (found.kind === 'none') return settled('left', { ...seen, ...nothing(untoldDocument(document)) }, store);
  if (found.kind === 'unreadable') {
    const told = await settled('told', { ...seen, ...nothing(toldDocument(document, { status: 'NOT_READ', message: found.message })) }, store);
    // It may be the version that says so.
    return anew || told.versionId !== undefined ? told : { came: 'left' };
  }
  if (!anew && mark?.digest === digest && mark.engine === engine) return { came: 'left' };
  return { document, mark: next, text: found.text };
}

/** What it gave goes. It may have been written again before that was done, by whose reading its results were found to be there. */
async function endOfDeleted({ type, id }: DocumentKey, dependencies: ExtractDependencies): Promise<Enriched | ExtractedNote> {
  const { store } = dependencies;
  const document = { resourceType: type, id };
  const left = await settled('left', { seen: document, ...unsaid(document) }, store);
  const version = await store.read(type, id);
  return version?.json === undefined ? left : extractNote({ type, id }, dependencies, true);
}

type Results = Pick<Outcome, 'names' | 'resources'>;

/** Of a document that is there no more. */
function unsaid(document: NoteDocument): Results {
  return { names: [], resources: (): NoteResources => ({ document, derived: [] }) };
}

/** The document, and what persons removed remembered. */
function nothing(document: NoteDocument): Results {
  return { names: [], resources: (withdrawn) => ({ document, derived: withdrawn.size === 0 ? [] : [linkage(document, [], withdrawn)] }) };
}

async function settled(came: Enriched['came'], outcome: Outcome, store: ExtractDependencies['store']): Promise<Enriched> {
  const versionId = await settleReading(outcome, store);
  return { came, ...(versionId !== undefined && { versionId }) };
}
