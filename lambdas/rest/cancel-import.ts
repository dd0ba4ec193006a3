/** cancel-import: the end of an `$import` before its time. */
import { announcedPorts } from '../../src/aws/announced-jobs.ts';
import { importRuns } from '../../src/aws/import-runs.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { cancelImport } from '../../src/operations/cancel-import.ts';

const run = importRuns();

export const handler = serve('cancel-import', (store) => cancelImport({ ...announcedPorts(store), wake: (jobId) => run(store.id, jobId) }));
