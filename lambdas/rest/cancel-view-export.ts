/** cancel-view-export: the end of an export of views before its time. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { viewExportDependencies } from '../../src/aws/view-requests.ts';
import { cancelViewExport } from '../../src/operations/cancel-view-export.ts';

const dependenciesOf = viewExportDependencies();

export const handler = serve('cancel-view-export', (store) => cancelViewExport(dependenciesOf(store)));
