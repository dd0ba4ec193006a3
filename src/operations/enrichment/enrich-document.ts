/** One document, from its text to the resources of its note, in this process: extract, read, settle. */
import { parseJson } from '../../fhir/json.ts';
import { FhirError } from '../../fhir/outcome.ts';
import type { ClinicalNlp } from '../../ports/clinical-nlp.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataStore } from '../../store/data-store.ts';
import { extractNote } from './extract-note.ts';
import type { DocumentKey, Enriched, NoteReader } from './note-reader.ts';
import type { NoteDocument } from './note-reading.ts';
import type { ReadsText } from './note-text.ts';
import { failedDocument } from './reading-mark.ts';
import { readText } from './read-text.ts';
import { settleNote } from './settle-note.ts';

export interface EnrichDependencies {
  readonly store: Pick<DataStore, 'read' | 'readMany' | 'transact'>;
  readonly nlp: ClinicalNlp;
  readonly textOf: ReadsText;
  readonly clock: Pick<Clock, 'now'>;
}

/** Writers that come between again and again are a defect of theirs; a later attempt begins anew. */
const maxAttempts = 3;

export function noteReader(dependencies: EnrichDependencies): NoteReader {
  return { enrich: (key, anew) => enrichDocument(key, dependencies, anew), giveUp: (key) => giveUpDocument(key, dependencies) };
}

/** As `NoteReader.enrich`. */
export async function enrichDocument(key: DocumentKey, dependencies: EnrichDependencies, anew = false): Promise<Enriched> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await enriched(key, dependencies, anew);
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 412 || attempt === maxAttempts) throw error;
    }
  }
}

async function enriched(key: DocumentKey, { nlp, ...dependencies }: EnrichDependencies, anew: boolean): Promise<Enriched> {
  const extracted = await extractNote(key, { ...dependencies, engine: nlp.engine }, anew);
  return 'came' in extracted ? extracted : settleNote(extracted, await readText(extracted.text, nlp), dependencies);
}

/** As `NoteReader.giveUp`. */
export async function giveUpDocument({ type, id }: DocumentKey, { store }: Pick<EnrichDependencies, 'store'>): Promise<number | undefined> {
  const version = await store.read(type, id);
  if (version?.json === undefined) return undefined;
  const resource = failedDocument(parseJson(version.json) as NoteDocument, version.versionId);
  const [written] = await store.transact([{ interaction: 'update', resource, ifMatch: version.versionId }]);
  return written?.version?.versionId;
}
