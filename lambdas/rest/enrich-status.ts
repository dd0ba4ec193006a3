/** enrich-status: how an `$enrich` goes; nothing reads notes on AWS yet. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { unread } from '../../src/operations/unread-notes.ts';

export const handler = serve('enrich-status', () => unread);
