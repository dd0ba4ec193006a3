/** start-export: the beginning of an `$export`. */
import { startExportDependencies } from '../../src/aws/export-requests.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { startExport } from '../../src/operations/start-export.ts';

const dependenciesOf = startExportDependencies();

export const handler = serve('start-export', (store) => startExport(dependenciesOf(store)));
