/** What the operations on notes say where there is nothing that reads notes. */
import { notSupported } from '../fhir/outcome.ts';
import type { Operation } from './operation.ts';
import type { NoteOperations } from './rest.ts';

export const unread: Operation = async () => {
  throw notSupported('Notes are not read here: this runtime has no engine for them yet (docs/enrichment.md).');
};

export const unreadNotes: NoteOperations = { 'start-enrich': unread, 'enrich-status': unread, 'cancel-enrich': unread, 'de-identify': unread };
