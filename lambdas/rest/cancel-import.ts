/** cancel-import: the end of an `$import` before its time. */
import { announcedPorts } from '../../src/aws/announced-jobs.ts';
import { serve } from '../../src/aws/serve-gateway.ts';
import { cancelImport } from '../../src/operations/cancel-import.ts';

export const handler = serve('cancel-import', (store) => cancelImport(announcedPorts(store)));
