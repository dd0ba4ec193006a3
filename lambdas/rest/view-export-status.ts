/** view-export-status: how far an export of views is. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { viewExportDependencies } from '../../src/aws/view-requests.ts';
import { viewExportStatus } from '../../src/operations/view-export-status.ts';

const dependenciesOf = viewExportDependencies();

export const handler = serve('view-export-status', (store) => viewExportStatus(dependenciesOf(store)));
