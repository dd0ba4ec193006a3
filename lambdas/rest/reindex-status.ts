/** reindex-status: how a `$reindex` goes, and what came of it. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { reindexStatus } from '../../src/operations/reindex-status.ts';

export const handler = serve('reindex-status', (store) => reindexStatus(storePorts(store)));
