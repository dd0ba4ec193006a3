/** query-result: what came of a question in SQL. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { unasked } from '../../src/operations/sql/unasked.ts';

export const handler = serve('query-result', () => unasked);
