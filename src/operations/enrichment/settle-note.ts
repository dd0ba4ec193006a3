/** The last step of a document's enrichment: what was read in its text becomes resources. */
import type { Clock } from '../../ports/clock.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { ExtractedNote } from './extract-note.ts';
import type { Enriched } from './note-reader.ts';
import type { NoteAnswers } from './read-text.ts';
import { foundIn, nameOf, resourcesOfNote } from './resources-of-note.ts';
import { settleReading } from './settle-reading.ts';

export interface SettleDependencies {
  readonly store: Pick<DataStore, 'read' | 'readMany' | 'transact'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** @throws as `settleReading` */
export async function settleNote({ document, mark }: Omit<ExtractedNote, 'text'>, answers: NoteAnswers, { store, clock }: SettleDependencies): Promise<Enriched> {
  const reading = { document, engine: mark.engine, recorded: new Date(clock.now()).toISOString(), ...answers };
  const found = foundIn(reading);
  const outcome = { seen: document, mark, names: found.map(nameOf), resources: (withdrawn: ReadonlySet<string>) => resourcesOfNote(reading, withdrawn, found) };
  const versionId = await settleReading(outcome, store);
  return { came: 'read', ...(versionId !== undefined && { versionId }) };
}
