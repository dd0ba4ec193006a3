/** cancel-export: the end of an `$export` before its time, or of what came of it. */
import { cancelExportDependencies } from '../../src/aws/export-requests.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { cancelExport } from '../../src/operations/cancel-export.ts';

const dependenciesOf = cancelExportDependencies();

export const handler = serve('cancel-export', (store) => cancelExport(dependenciesOf(store)));
