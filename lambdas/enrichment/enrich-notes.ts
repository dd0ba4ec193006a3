/** Has the notes of documents read that have changed, from their queue. */
import { serveEnrichNotes } from '../../src/aws/serve-enrich-notes.ts';

export const handler = serveEnrichNotes();
