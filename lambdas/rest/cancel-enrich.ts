/** cancel-enrich: the end of an `$enrich` before its time; nothing reads notes on AWS yet. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { unread } from '../../src/operations/unread-notes.ts';

export const handler = serve('cancel-enrich', () => unread);
