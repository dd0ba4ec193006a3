/** import-status: how an `$import` goes, and what came of it. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { importStatus } from '../../src/operations/import-status.ts';

export const handler = serve('import-status', (store) => importStatus({ ...storePorts(store), datastoreId: store.id }));
