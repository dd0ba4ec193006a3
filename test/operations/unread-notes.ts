/** For who asks nothing of the operations on notes, but has to have them. */
import { notSupported } from '../../src/fhir/outcome.ts';
import type { Operation } from '../../src/operations/operation.ts';
import type { NoteOperations } from '../../src/operations/rest.ts';

const unread: Operation = async () => {
  throw notSupported('Notes are not read here.');
};

export const unreadNotes: NoteOperations = { 'start-enrich': unread, 'enrich-status': unread, 'cancel-enrich': unread, 'de-identify': unread };
