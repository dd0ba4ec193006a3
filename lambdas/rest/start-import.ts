/** start-import: the beginning of an `$import`. */
import { announcedPorts } from '../../src/aws/announced-jobs.ts';
import { importStarter } from '../../src/aws/import-runs.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { startImportOperation } from '../../src/operations/start-import.ts';

const start = importStarter(announcedPorts);

export const handler = serve('start-import', (store) => startImportOperation({ start: (wanted) => start(store, wanted) }));
