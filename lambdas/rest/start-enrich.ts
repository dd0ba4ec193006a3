/** start-enrich: the beginning of an `$enrich`; nothing reads notes on AWS yet. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { unread } from '../../src/operations/unread-notes.ts';

export const handler = serve('start-enrich', () => unread);
