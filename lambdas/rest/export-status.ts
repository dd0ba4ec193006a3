/** export-status: how an `$export` goes, and what came of it. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { storePorts } from '../../src/aws/store-ports.ts';
import { exportStatus } from '../../src/operations/export-status.ts';

export const handler = serve('export-status', (store) => exportStatus({ ...storePorts(store), datastoreId: store.id }));
