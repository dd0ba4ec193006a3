/** de-identify: a copy of a document without what tells who it is about; nothing reads notes on AWS yet. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { unread } from '../../src/operations/unread-notes.ts';

export const handler = serve('de-identify', () => unread);
