/** start-export: the beginning of an `$export`. */
import { serve } from '../../src/aws/serve-gateway.ts';
import { startExport } from '../../src/operations/start-export.ts';

export const handler = serve('start-export', () => startExport(undefined));
