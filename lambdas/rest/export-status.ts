/** export-status: how an `$export` goes, and what came of it. */
import { exportStatusDependencies } from '../../src/aws/export-requests.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { exportStatus } from '../../src/operations/export-status.ts';

export const handler = serve('export-status', (store) => exportStatus(exportStatusDependencies(store)));
