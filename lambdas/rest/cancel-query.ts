/** cancel-query: the end of a question in SQL before its time. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { unasked } from '../../src/operations/sql/unasked.ts';

export const handler = serve('cancel-query', () => unasked);
