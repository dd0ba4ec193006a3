/** enrich-status: how an `$enrich` goes, and what came of it. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storeTable } from '../../src/aws/store-tables.ts';
import { enrichStatus } from '../../src/operations/enrich-status.ts';

export const handler = serve('enrich-status', ({ id }) => enrichStatus({ jobs: storeTable(id, 'jobs') }));
